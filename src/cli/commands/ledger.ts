import type { Command } from 'commander';
import { AppError, type Json, shortDigest, terminalText } from '../../core/index.ts';
import { openLedger, type StoredRecord } from '../../evidence/index.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import { ledgerFolder } from '../ledger-folder.ts';
import { checkProof, type ProofOptions, prove } from '../ledger-proof.ts';
import { compare, exportAs } from '../ledger-share.ts';
import { verify, type VerifyOptions } from '../ledger-verify.ts';
import { logTable } from '../show/ledger-log.ts';
import type { Call, CommandResult } from '../world.ts';

export const ledger: CommandDefinition = {
  examples: [
    'spendproof ledger',
    'spendproof ledger log --limit 50 --format csv',
    'spendproof ledger show 4be1c2d',
    'spendproof ledger verify',
    'spendproof ledger verify --trusted git',
    'spendproof ledger prove 4be1c2d --out record.proof',
    'spendproof ledger verify-proof record.proof --key ledger.vkey',
    'spendproof ledger diff 100 120',
    'spendproof ledger export --as svr --out reviews.jsonl',
  ],
  exits: '0 read, or it verifies · 5 there is no ledger · 7 it does not verify',
  build: (command, act) => {
    command.description('Evidence: read, verify and prove the records; all of it offline.');
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
    .description('check every byte: signatures, tree, tiles, chain, keys, records')
    .option('--policy <file>', 'a tlog-policy of your own: which logs count, who must cosign')
    .option(
      '--trusted <file...>',
      'checkpoints seen before or elsewhere, or the word git for all that were committed: the ledger must contain them',
    )
    .option('--at <size>', 'judge the checkpoint of this size, not the newest')
    .option('--ledger <folder>', 'a ledger that stands elsewhere; then no plan is needed')
    .action(async (options: VerifyOptions) => {
      await act(async (call) => await verify(call, options));
    });
  command
    .command('prove')
    .description('write a proof of one record that needs no ledger')
    .argument('<record>', 'its digest or the beginning of it')
    .option('--at <size>', 'end in the checkpoint of this size, such as a cosigned one')
    .action(async (prefix: string, options: { readonly at?: string }) => {
      await act(async (call) => await prove(call, prefix, options.at));
    });
  command
    .command('verify-proof')
    .description('check a proof against a verifier key or a policy')
    .argument('<file>', 'the proof')
    .option('--key <file>', 'a .vkey file of ledger/keys that you trust')
    .option('--policy <file>', 'a tlog-policy of your own: which logs count, who must cosign')
    .action(async (file: string, options: ProofOptions) => {
      await act(async (call) => await checkProof(call, file, options));
    });
  command
    .command('diff')
    .description('what the ledger gained between two sizes, with the proof that it only grew')
    .argument('<from>', 'a size')
    .argument('<to>', 'another size')
    .action(async (from: string, to: string) => {
      await act(async (call) => await compare(call, from, to));
    });
  command
    .command('export')
    .description('records as lines of JSON for other tools')
    .option('--as <form>', 'records, test-result (smoke tests) or svr (reviews)', 'records')
    .option('--from <index>', 'the first record', '0')
    .action(async (options: { readonly as: string; readonly from: string }) => {
      await act(async (call) => await exportAs(call, options.as, options.from));
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
  return {
    ...inTableFormats(call, logTable(rows)),
    exit: 0,
    data: { size: records.length, records: rows },
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
      return value.startsWith('sha256:') ? shortDigest(value) : value;
    }
  }
  return '';
}

async function show(call: Call, prefix: string): Promise<CommandResult> {
  const { ref, index, context, body } = await (await open(call)).get(prefix);
  const data = { record: ref, index, context, body } as unknown as Json;
  return { exit: 0, data, text: terminalJson(data) };
}

/** Reading needs no key, and must not repair anything. */
const open = async (call: Call) =>
  await openLedger({ folder: await ledgerFolder(call) }, call.ports);

const terminalJson = (data: Json): string =>
  JSON.stringify(data, null, 2)
    .split('\n')
    .map((line) => terminalText(line))
    .join('\n');
