import { createHash } from 'node:crypto';

declare const digestBrand: unique symbol;

/** Holds `sha256:` and 64 lower-case hexadecimal digits (the form of OCI and in-toto). */
export type Digest = string & { readonly [digestBrand]: true };

/** Digests bytes, or a text as UTF-8. */
export function sha256(data: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(data).digest('hex')}` as Digest;
}

/**
 * Makes a digest of 32 bytes that were hashed elsewhere, such as a stream.
 *
 * @throws {RangeError} for any other length.
 */
export function digestOf(bytes: Uint8Array): Digest {
  if (bytes.length !== 32) throw new RangeError(`Expected 32 bytes, got ${bytes.length}`);
  return `sha256:${Buffer.from(bytes).toString('hex')}` as Digest;
}

/** Reads a digest; `undefined` for any other form. */
export function parseDigest(text: string): Digest | undefined {
  return /^sha256:[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined;
}

/** Gives the 64 digits, for file names. */
export const digestHex = (digest: Digest): string => digest.slice('sha256:'.length);

const SHORT_DIGITS = 12;

/** Gives the first twelve digits of what is named by its digest, for people; scripts get all of them. */
export const shortDigest = (digest: string): string =>
  digest.slice('sha256:'.length, 'sha256:'.length + SHORT_DIGITS);
