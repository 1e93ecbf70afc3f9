import { type KeyObject, sign, verify } from 'node:crypto';
import {
  isKeyName,
  isPrintable,
  type NamedKey,
  readPublicKey,
  readSecretKey,
  type NamedSecret,
  secretFromSeed,
  SIGNATURE_TYPE,
} from './note-keys.ts';
import { decodeBase64, decodeUtf8, encodeBase64 } from './strict-decoding.ts';

const SIGNATURES_MAX = 100;

/** Checks what one key has signed. */
export interface NoteVerifier {
  readonly name: string;
  /** Eight lower-case hexadecimal digits. */
  readonly keyId: string;
  /** The key as C2SP writes it: `name+keyId+base64`. */
  readonly vkey: string;
  readonly publicKey: KeyObject;
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
}

/** Signs with one key, and can say how to check it. */
export interface NoteSigner {
  readonly verifier: NoteVerifier;
  /** The private key as C2SP writes it; never shown. */
  readonly skey: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Holds a signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Holds a signed note: its text with the last newline, and its signatures in order. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Reads a log's or runner's verifier key, `name+keyId+base64(0x01 ‖ key)`; `undefined` for any other type or form. */
export function parseVerifierKey(vkey: string): NoteVerifier | undefined {
  const key = readPublicKey(vkey, SIGNATURE_TYPE.log);
  return key === undefined ? undefined : verifierOf(key);
}

/** Makes a signer from a name and 32 secret bytes. @throws {RangeError} for another name or length. */
export const signerFromSeed = (name: string, seed: Uint8Array): NoteSigner =>
  signerOf(secretFromSeed(name, SIGNATURE_TYPE.log, seed));

/** Reads a private key, `PRIVATE+KEY+name+keyId+base64(0x01 ‖ seed)`; `undefined` for any other form. */
export function parseSignerKey(skey: string): NoteSigner | undefined {
  const secret = readSecretKey(skey, SIGNATURE_TYPE.log);
  return secret === undefined ? undefined : signerOf(secret);
}

/** Signs a text that ends in a newline. @throws {RangeError} for a text that no note can hold. */
export function signNote(text: string, signer: NoteSigner): string {
  if (!text.endsWith('\n') || !isPrintable(text)) {
    throw new RangeError('Expected a text without control characters that ends in a newline');
  }
  return `${text}\n${signatureLine(signer.verifier, signer.sign(Buffer.from(text)))}`;
}

/** Writes one signature line of a note, with its newline. */
export function signatureLine(
  { name, keyId }: Pick<NoteVerifier, 'name' | 'keyId'>,
  signature: Uint8Array,
): string {
  return `— ${name} ${encodeBase64(Buffer.concat([Buffer.from(keyId, 'hex'), signature]))}\n`;
}

/** Reads a signed note strictly (C2SP signed-note); `undefined` for any other form. Signatures are not checked here. */
export function parseNote(bytes: Uint8Array): SignedNote | undefined {
  const whole = decodeUtf8(bytes);
  if (whole === undefined || !isPrintable(whole)) return undefined;
  const split = whole.lastIndexOf('\n\n');
  if (split < 0 || !whole.endsWith('\n')) return undefined;
  const lines = whole.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: whole.slice(0, split + 1), signatures };
}

/**
 * Names the known keys that have signed a note.
 *
 * @returns `undefined` when a signature by a known key is wrong, or none is by a known key.
 */
export function noteSigners(
  note: SignedNote,
  known: readonly NoteVerifier[],
): readonly NoteVerifier[] | undefined {
  const message = Buffer.from(note.text);
  const signers = new Set<NoteVerifier>();
  for (const { name, keyId, signature } of note.signatures) {
    const verifier = known.find((key) => key.name === name && key.keyId === keyId);
    if (verifier === undefined || signers.has(verifier)) continue;
    if (!verifier.verify(message, signature)) return undefined;
    signers.add(verifier);
  }
  return signers.size === 0 ? undefined : [...signers];
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const match = /^— (\S+) (\S+)$/u.exec(line);
  const name = match?.[1] ?? '';
  const blob = decodeBase64(match?.[2] ?? '');
  if (!isKeyName(name) || blob === undefined || blob.byteLength < 5) return undefined;
  return {
    name,
    keyId: Buffer.from(blob.subarray(0, 4)).toString('hex'),
    signature: blob.subarray(4),
  };
}

const signerOf = (secret: NamedSecret): NoteSigner => ({
  verifier: verifierOf(secret),
  skey: secret.skey,
  sign: (message) => sign(null, message, secret.privateKey),
});

const verifierOf = ({ name, keyId, vkey, publicKey }: NamedKey): NoteVerifier => ({
  name,
  keyId,
  vkey,
  publicKey,
  verify: (message, signature) =>
    signature.byteLength === 64 && verify(null, message, publicKey, signature),
});
