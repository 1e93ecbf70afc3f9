import { join } from 'node:path';
import type { Files } from '../core/index.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { corrupt, type LedgerLayout } from './layout.ts';
import { type NoteVerifier, parseVerifierKey } from './note.ts';
import { decodeUtf8 } from './strict-decoding.ts';

/** Names the public key's file of a verifier: `log` or `runner` and the key id. */
export const keyFileName = (verifier: NoteVerifier, use: string): string =>
  `${use}-${verifier.keyId}.vkey`;

/** Writes the C2SP tlog-policy of a ledger without witnesses. */
export const policyText = (logKey: string): string => `log ${logKey}\nquorum none\n`;

/** Reads `keys/*.vkey`. @throws {AppError} `ledger-corrupt` for a file that holds no key. */
export async function readPublicKeys(
  layout: LedgerLayout,
  files: Files,
): Promise<readonly NoteVerifier[]> {
  const keys: NoteVerifier[] = [];
  for (const name of await files.list(layout.keys)) {
    if (name.endsWith('.tmp')) continue;
    const path = join(layout.keys, name);
    const key = parsePublicKey((await files.read(path)) ?? new Uint8Array());
    if (key === undefined) throw corrupt('Expected a public key, got another form', path);
    keys.push(key);
  }
  return keys;
}

/** Reads the file of a public key: the key and a newline. */
export function parsePublicKey(bytes: Uint8Array): NoteVerifier | undefined {
  const text = decodeUtf8(bytes);
  return text?.endsWith('\n') === true ? parseVerifierKey(text.slice(0, -1)) : undefined;
}

/** Reads the newest checkpoint; `undefined` before the first. @throws {AppError} `ledger-corrupt`. */
export async function readCheckpoint(
  layout: LedgerLayout,
  known: readonly NoteVerifier[],
  files: Files,
): Promise<Checkpoint | undefined> {
  const bytes = await files.read(layout.checkpoint);
  if (bytes === undefined) return undefined;
  const checkpoint = openCheckpoint(bytes, known);
  if (checkpoint === undefined) {
    throw corrupt(
      'Expected a checkpoint signed by the key of its log, got another form or signature',
      layout.checkpoint,
    );
  }
  return checkpoint;
}
