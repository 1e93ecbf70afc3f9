import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError, type Json, terminalText } from '../../core/index.ts';
import {
  openLedger,
  proveRecord,
  type StoredRecord,
  verifyLedger,
  verifyProof,
} from '../../evidence/index.ts';
import { homeFolder, openPlan } from '../../review/index.ts';
import type { Act, CommandDefinition } from '../command.ts';
import type { Call, CommandResult } from '../world.ts';

export const ledger: CommandDefinition = {
  build: (command, act) => {
    command
      .description('Evidence: read, verify and prove the records; all of it offline.')
      .addHelpText(
        'after',
        '\nExamples:\n  spendproof ledger verify\n  spendproof ledger show 4be1c2d\n  spendproof ledger prove 4be1c2d --out record.proof',
      );
    command
      .command('log', { isDefault: true })
      .description('the records, newest first')
      .option('--limit <count>', 'how many', '20')
      .action(async (options: { readonly limit: string }) => {
        await act(async (call) => await log(call, options.limit));
      });
    command
      .command('show')
      .description('one record as it is signed')
      .argument('<record>', 'its digest or the beginning of it')
      .action(async (prefix: string) => await act(async (call) => await show(call, prefix)));
    buildProof(command, act);
  },
};

function buildProof(command: Command, act: Act): void {
  command
    .command('verify')
    .description('check every byte: signatures, tree, tiles, chain, records')
    .action(async () => await act(verify));
  command
    .command('prove')
    .description('write a proof of one record that needs no ledger')
    .argument('<record>', 'its digest or the beginning of it')
    .action(async (prefix: string) => await act(async (call) => await prove(call, prefix)));
  command
    .command('verify-proof')
    .description('check a proof against a verifier key')
    .argument('<file>', 'the proof')
    .requiredOption('--key <file>', 'a .vkey file of ledger/keys that you trust')
    .action(async (file: string, options: { readonly key: string }) => {
      await act(async (call) => await checkProof(call, file, options.key));
    });
}

async function log(call: Call, limit: string): Promise<CommandResult> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1) {
    throw new AppError('usage', {
      message: `Expected --limit to be a count of 1 or more, got ${JSON.stringify(limit)}`,
    });
  }
  const records = await (await open(call)).records();
  const newest = records.slice(-count).toReversed();
  const rows = newest.map(({ ref, index, context, body }) => ({
    index,
    record: ref,
    at: context.at,
    kind: body.kind,
    about: aboutOf(body),
    operator: context.operator,
  }));
  const text = rows.map(({ index, record, at, kind, about, operator }) =>
    [
      String(index).padStart(6),
      record.slice(7, 19),
      at,
      kind.padEnd(15),
      about.padEnd(28),
      operator,
    ]
      .join('  ')
      .trimEnd(),
  );
  return {
    exit: 0,
    data: { size: records.length, records: rows },
    text: text.join('\n'),
    notes: [`${records.length} records. One whole: spendproof ledger show RECORD`],
  };
}

/** Names what a record is about, in one word of the plan. */
function aboutOf(body: StoredRecord['body']): string {
  for (const field of [
    'review',
    'document',
    'metric',
    'budget',
    'smoke',
    'export',
    'assumption',
    'guard',
    'channel',
    'origin',
  ] as const) {
    const value: unknown = Reflect.get(body, field);
    if (
      typeof value === 'string' &&
      !(
        field === 'review' &&
        body.kind !== 'review' &&
        body.kind !== 'review-start' &&
        body.kind !== 'handoff'
      )
    ) {
      return value.startsWith('sha256:') ? value.slice(7, 19) : value;
    }
  }
  return '';
}

async function show(call: Call, prefix: string): Promise<CommandResult> {
  const { ref, index, context, body } = await (await open(call)).get(prefix);
  const data = { record: ref, index, context, body } as unknown as Json;
  return { exit: 0, data, text: terminalJson(data) };
}

async function verify(call: Call): Promise<CommandResult> {
  const found = await verifyLedger(
    { folder: await folderOf(call), home: homeFolder(call.ports.env) },
    call.ports,
  );
  const data = JSON.parse(JSON.stringify(found)) as Json;
  if (!found.ok) {
    const lines = found.problems.map(
      ({ code, message, index }) =>
        `${code}${index === undefined ? '' : ` at ${index}`}: ${terminalText(message)}`,
    );
    return {
      exit: 7,
      data,
      text: ['FAILED  the ledger does not verify', ...lines].join('\n'),
      notes: ['Nothing was changed. Keep the folder as it is and compare it with a copy.'],
    };
  }
  const text = `ok   ${found.size} entries, chain intact, ${found.checkpoints} signed checkpoint${found.checkpoints === 1 ? '' : 's'}, signed by ${found.signedBy.join(', ')}`;
  return { exit: 0, data, text };
}

async function prove(call: Call, prefix: string): Promise<CommandResult> {
  // With the key a record that no checkpoint covers yet is put under one first.
  const home = homeFolder(call.ports.env);
  const opened = await openLedger({ folder: await folderOf(call), home }, call.ports);
  const { ref } = await opened.get(prefix);
  const proof = await proveRecord(opened, ref, call.ports);
  return {
    exit: 0,
    data: { record: ref, proof },
    text: proof,
    notes: ['Check it anywhere: spendproof ledger verify-proof FILE --key KEY.vkey'],
  };
}

async function checkProof(call: Call, file: string, key: string): Promise<CommandResult> {
  const text = await readNamed(call, file);
  const vkey = (await readNamed(call, key)).trim();
  const found = verifyProof(text, vkey);
  if (found.kind === 'refused') {
    const data = { ok: false, reason: found.reason };
    return { exit: 7, data, text: `FAILED  ${WHY_REFUSED[found.reason]}` };
  }
  const { record, origin, size } = found;
  return {
    exit: 0,
    data: {
      ok: true,
      record: record.ref,
      kind: record.body.kind,
      index: record.index,
      size,
      origin,
    },
    text: `ok   ${record.body.kind} record ${record.ref.slice(7, 19)}… is entry ${record.index} of ${size} in ${terminalText(origin)}`,
  };
}

const WHY_REFUSED = {
  form: 'the file is no proof',
  key: 'the key is no verifier key',
  checkpoint: 'the checkpoint is not signed by this key',
  inclusion: 'the record is not in the tree that the checkpoint names',
  record: 'the entry is no record',
} as const;

async function readNamed(call: Call, file: string): Promise<string> {
  try {
    return await readFile(resolve(call.cwd, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AppError('file-missing', {
      message: 'Expected a file, found none',
      file,
      cause: error,
    });
  }
}

async function folderOf(call: Call): Promise<string> {
  const loaded = await openPlan(
    { cwd: call.cwd, config: call.global.config, operator: undefined },
    call.ports,
  );
  return join(loaded.folder, '.spendproof', 'ledger');
}

/** Reading needs no key, and must not repair anything. */
const open = async (call: Call) => await openLedger({ folder: await folderOf(call) }, call.ports);

const terminalJson = (data: Json): string =>
  JSON.stringify(data, null, 2)
    .split('\n')
    .map((line) => terminalText(line))
    .join('\n');
