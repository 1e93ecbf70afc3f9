import { AppError, type Json, terminalText } from '../core/index.ts';
import { type LedgerVerdict, type Trust, verifyLedger } from '../evidence/index.ts';
import { homeFolder } from '../review/index.ts';
import { readFileHistory } from '../verify/index.ts';
import { ledgerFolder } from './ledger-folder.ts';
import { readNamed, readSize } from './ledger-proof.ts';
import type { Call, CommandResult } from './world.ts';

/** What a verifier brings along. */
export interface VerifyOptions {
  readonly policy?: string;
  readonly trusted?: readonly string[];
  readonly at?: string;
  readonly ledger?: string;
}

/** Verifies a ledger offline; nothing in its folder is trusted but as data. */
export async function verify(call: Call, options: VerifyOptions): Promise<CommandResult> {
  const folder = await ledgerFolder(call, options.ledger);
  const home = homeFolder(call.ports.env);
  const trust = await trustOf(call, options, folder);
  const found = await verifyLedger({ folder, home }, call.ports, trust);
  const data = JSON.parse(JSON.stringify(found)) as Json;
  if (found.ok) return { exit: 0, data, text: textOf(found) };
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

async function trustOf(call: Call, options: VerifyOptions, folder: string): Promise<Trust> {
  const { policy, at } = options;
  const trusted = [];
  for (const name of options.trusted ?? []) {
    if (name === GIT) trusted.push(...(await committedCheckpoints(call, folder)));
    else trusted.push({ name, bytes: await readNamed(call, name) });
  }
  return {
    ...(policy === undefined ? {} : { policy: await readNamed(call, policy) }),
    ...(at === undefined ? {} : { at: readSize(at) }),
    trusted,
  };
}

/** In the place of a file: every checkpoint that the repository around the ledger has committed. */
const GIT = 'git';

/**
 * Reads the checkpoints that git has seen: a weak witness, and one that everybody with a clone has.
 *
 * @throws {AppError} `usage` where git has none, or not all of them.
 */
async function committedCheckpoints(call: Call, folder: string): Promise<Trusted> {
  const history = await readFileHistory(folder, 'checkpoint', call.ports.env);
  switch (history.kind) {
    case 'whole':
      return history.versions.map(({ commit, bytes }) => ({
        name: `the checkpoint of commit ${commit.slice(0, 12)}`,
        bytes,
      }));
    case 'cut-off':
      throw new AppError('usage', {
        message: 'Expected the whole history for --trusted git, got a part of it',
        hint: 'Fetch it: git fetch --unshallow (in CI, fetch-depth: 0).',
      });
    case 'none':
      throw new AppError('usage', {
        message: 'Expected a ledger whose checkpoint is committed for --trusted git, found none',
        file: folder,
        hint: 'Commit the ledger folder, or name a file (./git for one of that name).',
      });
    default:
      history satisfies never;
      throw new RangeError('Unknown history');
  }
}

type Trusted = NonNullable<Trust['trusted']>;

function textOf(found: LedgerVerdict): string {
  const { size, checkpoints, signedBy, cosigned, unpublished } = found;
  const plural = checkpoints === 1 ? '' : 's';
  const lines = [
    `ok   ${size} entries, chain intact, ${checkpoints} signed checkpoint${plural}, signed by ${signedBy.join(', ')}`,
    ...(unpublished === 0 ? [] : [`     ${unpublished} of them under no checkpoint yet`]),
    cosigned.size === 0
      ? '     UNWITNESSED: no reviewer has cosigned a checkpoint'
      : `     ${cosigned.size} of them cosigned by ${cosigned.by.join(', ')}`,
  ];
  return lines.join('\n');
}
