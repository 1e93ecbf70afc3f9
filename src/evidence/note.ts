import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { decodeBase64, decodeUtf8, encodeBase64 } from './strict-decoding.ts';

/** The signature type of Ed25519 in C2SP signed-note. */
const ED25519 = 0x01;
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURES_MAX = 100;

/** Checks what one key has signed. */
export interface NoteVerifier {
  readonly name: string;
  /** Eight lower-case hexadecimal digits. */
  readonly keyId: string;
  /** The key as C2SP writes it: `name+keyId+base64`. */
  readonly vkey: string;
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

/** Tells whether a text can name a key: not empty, no white space, no plus sign. */
export const isKeyName = (name: string): boolean =>
  name !== '' && !/[\s+\u0085]/u.test(name) && isPrintable(name);

/** Reads a verifier key, `name+keyId+base64(0x01 ‖ key)`; `undefined` for any other algorithm or form. */
export function parseVerifierKey(vkey: string): NoteVerifier | undefined {
  const parts = splitKey(vkey);
  if (parts === undefined) return undefined;
  const { name, keyId, key } = parts;
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, key]),
    format: 'der',
    type: 'spki',
  });
  return keyIdOf(name, key) === keyId ? verifierOf(name, key, publicKey) : undefined;
}

/** Makes a signer from a name and 32 secret bytes. @throws {RangeError} for another name or length. */
export function signerFromSeed(name: string, seed: Uint8Array): NoteSigner {
  if (!isKeyName(name) || seed.byteLength !== 32) {
    throw new RangeError('Expected a key name without spaces or plus signs, and 32 bytes');
  }
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  const verifier = verifierOf(name, key, publicKey);
  const body = encodeBase64(Buffer.concat([Uint8Array.of(ED25519), seed]));
  return {
    verifier,
    skey: `PRIVATE+KEY+${name}+${verifier.keyId}+${body}`,
    sign: (message) => sign(null, message, privateKey),
  };
}

/** Reads a private key, `PRIVATE+KEY+name+keyId+base64(0x01 ‖ seed)`; `undefined` for any other form. */
export function parseSignerKey(skey: string): NoteSigner | undefined {
  const prefix = 'PRIVATE+KEY+';
  if (!skey.startsWith(prefix)) return undefined;
  const parts = splitKey(skey.slice(prefix.length));
  if (parts === undefined) return undefined;
  const signer = signerFromSeed(parts.name, parts.key);
  return signer.verifier.keyId === parts.keyId ? signer : undefined;
}

/** Signs a text that ends in a newline. @throws {RangeError} for a text that no note can hold. */
export function signNote(text: string, signer: NoteSigner): string {
  if (!text.endsWith('\n') || !isPrintable(text)) {
    throw new RangeError('Expected a text without control characters that ends in a newline');
  }
  const { name, keyId } = signer.verifier;
  const signature = signer.sign(Buffer.from(text));
  const blob = encodeBase64(Buffer.concat([Buffer.from(keyId, 'hex'), signature]));
  return `${text}\n— ${name} ${blob}\n`;
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

function splitKey(
  text: string,
): { readonly name: string; readonly keyId: string; readonly key: Uint8Array } | undefined {
  const [name, keyId, ...rest] = text.split('+');
  if (name === undefined || keyId === undefined || !isKeyName(name)) return undefined;
  const body = decodeBase64(rest.join('+'));
  if (!/^[0-9a-f]{8}$/.test(keyId) || body?.byteLength !== 33) return undefined;
  return body[0] === ED25519 ? { name, keyId, key: body.subarray(1) } : undefined;
}

function keyIdOf(name: string, key: Uint8Array): string {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(ED25519))
    .update(key)
    .digest('hex')
    .slice(0, 8);
}

function verifierOf(name: string, key: Uint8Array, publicKey: KeyObject): NoteVerifier {
  const keyId = keyIdOf(name, key);
  const body = encodeBase64(Buffer.concat([Uint8Array.of(ED25519), key]));
  return {
    name,
    keyId,
    vkey: `${name}+${keyId}+${body}`,
    verify: (message, signature) =>
      signature.byteLength === 64 && verify(null, message, publicKey, signature),
  };
}

/** A note holds no ASCII control character but the newline. */
const isPrintable = (text: string): boolean => !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text);
