import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError, shortDigest, terminalText } from '../core/index.ts';
import {
  openLedger,
  type ProofRefusal,
  proveRecord,
  verifyProof,
  verifyProofByPolicy,
} from '../evidence/index.ts';
import { homeFolder } from '../review/index.ts';
import { ledgerFolder } from './ledger-folder.ts';
import type { Call, CommandResult } from './world.ts';

/** How a proof is judged: by the log's key alone, or by a policy with its quorum. */
export interface ProofOptions {
  readonly key?: string;
  readonly policy?: string;
}

/** Writes a proof of one record. */
export async function prove(call: Call, prefix: string, at?: string): Promise<CommandResult> {
  // With the key a record that no checkpoint covers yet is put under one first.
  const home = homeFolder(call.ports.env);
  const opened = await openLedger({ folder: await ledgerFolder(call), home }, call.ports);
  const { ref } = await opened.get(prefix);
  const size = at === undefined ? undefined : readSize(at);
  const proof = await proveRecord(opened, ref, call.ports, size);
  return {
    exit: 0,
    data: { record: ref, proof },
    text: proof,
    notes: ['Check it anywhere: spendproof ledger verify-proof FILE --key KEY.vkey'],
  };
}

/** Checks a proof that came from elsewhere; no ledger is needed. */
export async function checkProof(
  call: Call,
  file: string,
  options: ProofOptions,
): Promise<CommandResult> {
  const text = (await readNamed(call, file)).toString('utf8');
  const found = await judge(call, text, options);
  if (found.kind === 'refused') {
    const data = { ok: false, reason: found.reason };
    return { exit: 7, data, text: `FAILED  ${WHY_REFUSED[found.reason]}` };
  }
  const { record, origin, size, cosigners } = found;
  const by =
    cosigners.length === 0 ? '' : `, cosigned by ${cosigners.map(terminalText).join(', ')}`;
  const { index } = record;
  return {
    exit: 0,
    data: {
      ok: true,
      record: record.ref,
      kind: record.body.kind,
      index,
      size,
      origin,
      cosigners: [...cosigners],
    },
    text: `ok   ${record.body.kind} record ${shortDigest(record.ref)}… is entry ${index} of ${size} in ${terminalText(origin)}${by}`,
  };
}

/** Reads a size or an index from the command line. @throws {AppError} `usage` for anything but a whole number. */
export function readSize(text: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw new AppError('usage', {
    message: `Expected a whole number of records, got ${JSON.stringify(text)}`,
  });
}

/** Reads a file that the command line names. @throws {AppError} `file-missing`. */
export async function readNamed(call: Call, file: string): Promise<Buffer> {
  try {
    return await readFile(resolve(call.cwd, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AppError('file-missing', {
      message: 'Expected a file, found none',
      file,
      cause: error,
    });
  }
}

const WHY_REFUSED = {
  form: 'the file is no proof',
  key: 'the key is no verifier key',
  policy: 'the policy is no tlog-policy',
  checkpoint: 'the checkpoint is not signed by this key',
  quorum: 'the checkpoint is not cosigned as the policy asks',
  inclusion: 'the record is not in the tree that the checkpoint names',
  record: 'the entry is no record',
} as const satisfies Record<ProofRefusal['reason'], string>;

async function judge(
  call: Call,
  text: string,
  { key, policy }: ProofOptions,
): Promise<ReturnType<typeof verifyProof>> {
  if ((key === undefined) === (policy === undefined)) {
    throw new AppError('usage', { message: 'Expected one of --key and --policy' });
  }
  return policy === undefined
    ? verifyProof(text, (await readNamed(call, key ?? '')).toString('utf8'))
    : verifyProofByPolicy(text, await readNamed(call, policy));
}
