import {
  isKeyName,
  type NoteSigner,
  type NoteVerifier,
  noteSigners,
  parseNote,
  signNote,
} from './note.ts';
import { decodeBase64, encodeBase64 } from './strict-decoding.ts';

/** Says which log has how many entries under which root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** Writes and signs a checkpoint; the same head gives the same bytes. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  return signNote(checkpointText(checkpoint), signer);
}

/** Reads the text of a checkpoint; `undefined` for another form, a size with a sign or leading zero, or a short root. */
export function parseCheckpointText(
  text: string,
): { readonly origin: string; readonly size: bigint; readonly hash: Uint8Array } | undefined {
  const lines = text.split('\n');
  const [origin, size, root, ...rest] = lines;
  if (origin === undefined || origin === '' || size === undefined || root === undefined) {
    return undefined;
  }
  const extensions = rest.slice(0, -1);
  const hash = decodeBase64(root);
  if (rest.at(-1) !== '' || extensions.includes('')) return undefined;
  if (!/^(0|[1-9]\d{0,18})$/.test(size) || root === '' || hash === undefined) return undefined;
  return { origin, size: BigInt(size), hash };
}

/**
 * Reads a checkpoint that known keys have signed; the key's name must be the origin.
 *
 * @returns `undefined` for a wrong form, a wrong signature of a known key, an extension line or no known key.
 */
export function openCheckpoint(
  bytes: Uint8Array,
  known: readonly NoteVerifier[],
): (Checkpoint & { readonly signers: readonly NoteVerifier[] }) | undefined {
  const note = parseNote(bytes);
  const body = note === undefined ? undefined : parseCheckpointText(note.text);
  if (note === undefined || body === undefined || body.hash.byteLength !== 32) return undefined;
  if (!isKeyName(body.origin) || body.size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const checkpoint = { origin: body.origin, size: Number(body.size), root: body.hash };
  if (checkpointText(checkpoint) !== note.text) return undefined;
  const signers = noteSigners(
    note,
    known.filter((key) => key.name === body.origin),
  );
  return signers === undefined ? undefined : { ...checkpoint, signers };
}

function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${encodeBase64(checkpoint.root)}\n`;
}
