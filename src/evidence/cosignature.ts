import { sign, verify } from 'node:crypto';
import { type NoteVerifier, signatureLine } from './note.ts';
import {
  type NamedKey,
  type NamedSecret,
  readPublicKey,
  readSecretKey,
  secretFromSeed,
  SIGNATURE_TYPE,
} from './note-keys.ts';

/** A timestamp of eight bytes stands before the signature. */
const SIGNATURE_BYTES = 8 + 64;

/** Cosigns checkpoints with a reviewer's key. */
export interface Cosigner {
  readonly verifier: NoteVerifier;
  /** The private key as C2SP writes it; never shown. */
  readonly skey: string;
  /** Writes the signature line for a checkpoint's text, with its newline; `seconds` since 1970. */
  readonly cosign: (text: string, seconds: number) => string;
}

/** Reads a cosigner's verifier key, `name+keyId+base64(0x04 ‖ key)`; `undefined` for a log's key or any other form. */
export function parseCosignerKey(vkey: string): NoteVerifier | undefined {
  const key = readPublicKey(vkey, SIGNATURE_TYPE.cosigner);
  return key === undefined ? undefined : verifierOf(key);
}

/** Makes a cosigner from a name and 32 secret bytes. @throws {RangeError} for another name or length. */
export const cosignerFromSeed = (name: string, seed: Uint8Array): Cosigner =>
  cosignerOf(secretFromSeed(name, SIGNATURE_TYPE.cosigner, seed));

/** Reads a cosigner's private key; `undefined` for any other form. */
export function parseCosignerSecret(skey: string): Cosigner | undefined {
  const secret = readSecretKey(skey, SIGNATURE_TYPE.cosigner);
  return secret === undefined ? undefined : cosignerOf(secret);
}

/** Reads when a cosignature says that it was made, in seconds since 1970; `undefined` for another length or no time. */
export function cosignedAt(signature: Uint8Array): number | undefined {
  if (signature.byteLength !== SIGNATURE_BYTES) return undefined;
  const view = new DataView(signature.buffer, signature.byteOffset, signature.byteLength);
  const seconds = view.getBigUint64(0);
  return seconds > 0n && seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : undefined;
}

/** The message of C2SP tlog-cosignature v1: no checkpoint can begin so, and no cosignature pass for a log's signature. */
const messageOf = (text: string, seconds: number): Uint8Array =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

function verifierOf({ name, keyId, vkey, publicKey }: NamedKey): NoteVerifier {
  return {
    name,
    keyId,
    vkey,
    publicKey,
    verify: (message, signature) => {
      const seconds = cosignedAt(signature);
      if (seconds === undefined) return false;
      const signed = messageOf(Buffer.from(message).toString('utf8'), seconds);
      return verify(null, signed, publicKey, signature.subarray(8));
    },
  };
}

function cosignerOf(secret: NamedSecret): Cosigner {
  return {
    verifier: verifierOf(secret),
    skey: secret.skey,
    cosign: (text, seconds) => {
      const stamp = Buffer.alloc(8);
      stamp.writeBigUInt64BE(BigInt(seconds));
      const signature = sign(null, messageOf(text, seconds), secret.privateKey);
      return signatureLine(secret, Buffer.concat([stamp, signature]));
    },
  };
}
