import type { Command } from 'commander';
import { AppError } from '../../core/index.ts';
import { type KeyRing, makeReviewerKey, openLedger, ringOf } from '../../evidence/index.ts';
import { cell, type TableContent } from '../../report/index.ts';
import { homeFolder, makeLedger } from '../../review/index.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { enrolKey, matchPlanQuorum, revokeKey, rotateKey } from '../key-changes.ts';
import { inTableFormats } from '../formats.ts';
import { ledgerFolder } from '../ledger-folder.ts';
import type { Call, CommandResult } from '../world.ts';

interface EnrolOptions {
  readonly reviewer?: string;
  readonly key?: string;
  readonly ledger?: string;
}

export const key: CommandDefinition = {
  examples: [
    'spendproof key enrol',
    'spendproof key enrol --reviewer finance',
    'spendproof key enrol --key VKEY',
    'spendproof key list',
    'spendproof key rotate runner',
    'spendproof key revoke 1a2b3c4d',
    'spendproof key quorum',
  ],
  exits: '0 done · 4 no key of the ledger on this machine · 7 the ledger does not verify',
  build: (command, act) => {
    command.description('Signing keys: make, list, enrol, rotate and revoke them.');
    buildEnrol(command, act);
    command
      .command('list')
      .description('the keys of the ledger and for which records they count')
      .action(async () => await act(list));
    command
      .command('rotate')
      .description("replace this machine's key; the old one ceases to count")
      .argument('<use>', 'log or runner')
      .action(async (use: string) => await act(async (call) => await rotateKey(call, use)));
    command
      .command('revoke')
      .description('record that a key no longer counts')
      .argument('<key>', 'its eight digits, or the whole verifier key')
      .action(async (name: string) => await act(async (call) => await revokeKey(call, name)));
    command
      .command('quorum')
      .description("make the ledger's quorum that of the plan")
      .action(async () => await act(matchPlanQuorum));
  },
};

function buildEnrol(command: Command, act: Act): void {
  command
    .command('enrol', { isDefault: true })
    .description('make the keys that are missing on this machine, or record one of another machine')
    .option('--reviewer <role>', "make a reviewer's key on this machine and print its public half")
    .option('--key <vkey>', "record a reviewer's or runner's public key in the ledger")
    .option('--ledger <folder>', 'with --reviewer: a ledger that stands elsewhere')
    .action(async (options: EnrolOptions) => {
      await act(async (call) => await enrol(call, options));
    });
}

async function enrol(call: Call, options: EnrolOptions): Promise<CommandResult> {
  if (options.reviewer !== undefined && options.key !== undefined) {
    throw new AppError('usage', { message: 'Expected --reviewer or --key, got both' });
  }
  if (options.reviewer !== undefined) {
    return await makeReviewer(call, options.reviewer, options.ledger);
  }
  if (options.key !== undefined) return await enrolKey(call, options.key);
  const { folder, made } = await makeLedger(
    { cwd: call.cwd, config: call.global.config, operator: call.global.operator },
    call.ports,
  );
  return {
    exit: 0,
    data: { folder, made },
    text: made
      ? `Made the ledger and its keys in ${folder} (mode 0600)`
      : `The keys are in ${folder} already`,
  };
}

async function makeReviewer(
  call: Call,
  role: string,
  ledger: string | undefined,
): Promise<CommandResult> {
  const folder = await ledgerFolder(call, ledger);
  const { origin } = await openLedger({ folder }, call.ports);
  const home = homeFolder(call.ports.env);
  const { verifier } = await makeReviewerKey({ home, origin, role }, call.ports);
  return {
    exit: 0,
    data: { origin, role, key: verifier.vkey },
    text: verifier.vkey,
    notes: [
      'The private half stays on this machine. Give the line above to the operator of the ledger:',
      `spendproof key enrol --key '${verifier.vkey}'`,
    ],
  };
}

async function list(call: Call): Promise<CommandResult> {
  const ledger = await openLedger({ folder: await ledgerFolder(call) }, call.ports);
  const ring = ringOf(await ledger.records());
  const rows = ring.keys.map(({ use, verifier, from, until }) => ({
    use,
    key: verifier.vkey,
    from,
    until: Number.isFinite(until) ? until : null,
  }));
  const table = inTableFormats(call, keyTable(rows));
  return {
    ...table,
    exit: 0,
    data: { quorum: ring.quorum, keys: rows },
    text: `${table.text}${quorumWords(ring)}`,
  };
}

const keyTable = (
  rows: readonly { use: string; key: string; from: number; until: number | null }[],
): TableContent => ({
  columns: [
    { key: 'use', title: 'Use', align: 'left' },
    { key: 'from', title: 'From record', align: 'right' },
    { key: 'until', title: 'Until', align: 'right' },
    { key: 'key', title: 'Key', align: 'left' },
  ],
  rows: rows.map(({ use, key: vkey, from, until }) => [
    cell(use),
    cell(from),
    cell(until),
    cell(vkey),
  ]),
});

const quorumWords = ({ quorum }: KeyRing): string =>
  quorum === 0
    ? 'UNWITNESSED: no reviewer needs to cosign a change of keys'
    : `${quorum} reviewer${quorum === 1 ? '' : 's'} must cosign a change of keys or quorum`;
