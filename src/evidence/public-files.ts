import { join } from 'node:path';
import type { Files } from '../core/index.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { parseCosignerKey } from './cosignature.ts';
import type { KeyRing } from './key-ring.ts';
import { corrupt, type LedgerLayout } from './layout.ts';
import { type NoteVerifier, parseVerifierKey } from './note.ts';
import { decodeUtf8 } from './strict-decoding.ts';
import { bytesAt } from './bytes-at.ts';

/** Reads the keys of logs and runners in `keys/`. @throws {AppError} `ledger-corrupt` for a file that holds no key. */
export async function readPublicKeys(
  layout: LedgerLayout,
  files: Files,
): Promise<readonly NoteVerifier[]> {
  const keys: NoteVerifier[] = [];
  for (const name of await files.list(layout.keys)) {
    if (name.endsWith('.tmp')) continue;
    const path = join(layout.keys, name);
    const key = parsePublicKey(await bytesAt(path, files));
    if (key === undefined) throw corrupt('Expected a public key, got another form', path);
    // A cosigner's key must never stand beside those that may sign a checkpoint (threat L6).
    if (parseCosignerKey(key.vkey) === undefined) keys.push(key);
  }
  return keys;
}

/** Reads the file of a public key: the key and a newline. */
export function parsePublicKey(bytes: Uint8Array): NoteVerifier | undefined {
  const text = decodeUtf8(bytes);
  if (text?.endsWith('\n') !== true) return undefined;
  const vkey = text.slice(0, -1);
  return parseVerifierKey(vkey) ?? parseCosignerKey(vkey);
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

/** Names the reviewers who counted then and have cosigned a checkpoint of more than `index` records. */
export async function readCosigners(
  layout: LedgerLayout,
  of: { readonly ring: KeyRing; readonly index: number },
  files: Files,
): Promise<readonly string[]> {
  const names = new Set<string>();
  const reviewers = of.ring.ever('reviewer');
  if (reviewers.length === 0) return [];
  for (const name of await files.list(layout.checkpoints)) {
    if (!(Number(name) > of.index)) continue;
    const bytes = await bytesAt(join(layout.checkpoints, name), files);
    const checkpoint = openCheckpoint(bytes, of.ring.ever('log'), reviewers);
    const counted = of.ring.at('reviewer', (checkpoint?.size ?? 0) - 1);
    for (const by of checkpoint?.cosigners ?? []) if (counted.includes(by)) names.add(by.name);
  }
  return [...names].toSorted();
}
