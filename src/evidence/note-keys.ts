import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './strict-decoding.ts';

/** Signature types of C2SP signed-note: what a log signs with, and what a cosigner does. */
export const SIGNATURE_TYPE = { log: 0x01, cosigner: 0x04 } as const;
export type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SECRET_PREFIX = 'PRIVATE+KEY+';

/** Holds a public key with the names that C2SP gives it. */
export interface NamedKey {
  readonly name: string;
  /** Eight lower-case hexadecimal digits: the key's name and type are in it. */
  readonly keyId: string;
  /** `name+keyId+base64(type ‖ key)`. */
  readonly vkey: string;
  readonly publicKey: KeyObject;
}

/** Holds a private key beside its public one. */
export interface NamedSecret extends NamedKey {
  /** `PRIVATE+KEY+name+keyId+base64(type ‖ seed)`; never shown. */
  readonly skey: string;
  readonly privateKey: KeyObject;
}

/** Tells whether a text can name a key: not empty, no white space, no plus sign. */
export const isKeyName = (name: string): boolean =>
  name !== '' && !/[\s+\u0085]/u.test(name) && isPrintable(name);

/** A note holds no ASCII control character but the newline. */
export const isPrintable = (text: string): boolean =>
  !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text);

/** Reads a verifier key of one type; `undefined` for another type or form, or a key id that is not the key's. */
export function readPublicKey(vkey: string, type: SignatureType): NamedKey | undefined {
  const parts = splitKey(vkey, type);
  if (parts === undefined) return undefined;
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, parts.key]),
    format: 'der',
    type: 'spki',
  });
  const named = nameKey(parts.name, type, publicKey);
  return named.keyId === parts.keyId ? named : undefined;
}

/** Makes a key of a name and 32 secret bytes. @throws {RangeError} for another name or length. */
export function secretFromSeed(name: string, type: SignatureType, seed: Uint8Array): NamedSecret {
  if (!isKeyName(name) || seed.byteLength !== 32) {
    throw new RangeError('Expected a key name without spaces or plus signs, and 32 bytes');
  }
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const named = nameKey(name, type, createPublicKey(privateKey));
  const body = encodeBase64(Buffer.concat([Uint8Array.of(type), seed]));
  return { ...named, privateKey, skey: `${SECRET_PREFIX}${name}+${named.keyId}+${body}` };
}

/** Reads a private key of one type; `undefined` for any other form. */
export function readSecretKey(skey: string, type: SignatureType): NamedSecret | undefined {
  if (!skey.startsWith(SECRET_PREFIX)) return undefined;
  const parts = splitKey(skey.slice(SECRET_PREFIX.length), type);
  if (parts === undefined) return undefined;
  const secret = secretFromSeed(parts.name, type, parts.key);
  return secret.keyId === parts.keyId ? secret : undefined;
}

/** Tells whether two keys are one key under two names or types; such a key must not have two uses. */
export const isSameKey = (left: string, right: string): boolean =>
  keyBytes(left) === keyBytes(right);

const keyBytes = (vkey: string): string =>
  Buffer.from(vkey.split('+').slice(2).join('+'), 'base64').subarray(1).toString('hex');

function nameKey(name: string, type: SignatureType, publicKey: KeyObject): NamedKey {
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  const typed = Buffer.concat([Uint8Array.of(type), key]);
  const keyId = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8);
  return { name, keyId, vkey: `${name}+${keyId}+${encodeBase64(typed)}`, publicKey };
}

function splitKey(
  text: string,
  type: SignatureType,
): { readonly name: string; readonly keyId: string; readonly key: Uint8Array } | undefined {
  const [name, keyId, ...rest] = text.split('+');
  if (name === undefined || keyId === undefined || !isKeyName(name)) return undefined;
  const body = decodeBase64(rest.join('+'));
  if (!/^[0-9a-f]{8}$/.test(keyId) || body?.byteLength !== 33) return undefined;
  return body[0] === type ? { name, keyId, key: body.subarray(1) } : undefined;
}
