import { type NoteSigner, type NoteVerifier, noteSigners, parseNote, signNote } from './note.ts';
import { isKeyName } from './note-keys.ts';
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

/** A checkpoint whose signatures hold. */
export interface OpenCheckpoint extends Checkpoint {
  /** What was signed: the text of the note. */
  readonly text: string;
  readonly signers: readonly NoteVerifier[];
  readonly cosigners: readonly NoteVerifier[];
  /** Signature lines by keys that are not known, and second ones of a key: nobody has vouched for their bytes. */
  readonly strange: number;
}

/**
 * Reads a checkpoint that known keys have signed; the key's name must be the origin.
 *
 * @param reviewers cosigners' keys; they count only beside a known log key.
 * @returns `undefined` for a wrong form, a wrong signature of a known key, an extension line or no known log key.
 */
export function openCheckpoint(
  bytes: Uint8Array,
  known: readonly NoteVerifier[],
  reviewers: readonly NoteVerifier[] = [],
): OpenCheckpoint | undefined {
  const note = parseNote(bytes);
  const checkpoint = note === undefined ? undefined : checkpointOf(note.text);
  if (note === undefined || checkpoint === undefined) return undefined;
  const logs = known.filter((key) => key.name === checkpoint.origin);
  const all = noteSigners(note, [...logs, ...reviewers]);
  const signers = all?.filter((key) => logs.includes(key));
  if (all === undefined || signers === undefined || signers.length === 0) return undefined;
  const cosigners = all.filter((key) => !logs.includes(key));
  const strange = note.signatures.length - all.length;
  return { ...checkpoint, text: note.text, signers, cosigners, strange };
}

function checkpointOf(text: string): Checkpoint | undefined {
  const body = parseCheckpointText(text);
  if (body === undefined || body.hash.byteLength !== 32 || !isKeyName(body.origin))
    return undefined;
  if (body.size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const checkpoint = { origin: body.origin, size: Number(body.size), root: body.hash };
  return checkpointText(checkpoint) === text ? checkpoint : undefined;
}

function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${encodeBase64(checkpoint.root)}\n`;
}
