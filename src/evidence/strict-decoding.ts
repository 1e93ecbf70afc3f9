import { canonicalJson, type Json } from '../core/index.ts';

/**
 * Reads standard base64 in its one canonical form; `undefined` for anything else.
 *
 * Node's own decoder skips junk and takes non-zero padding bits, so the bytes are written back and compared.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Writes standard base64 with padding. */
export const encodeBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** Reads UTF-8 without replacing anything; `undefined` for invalid bytes. A byte order mark stays a character. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Reads a file of one line, without its end; bytes that are no UTF-8 are an empty line, which no reader takes. */
export const decodeLine = (bytes: Uint8Array): string =>
  (decodeUtf8(bytes) ?? '').replace(/\n$/, '');

/**
 * Reads JSON that stands in the form of RFC 8785 and no other; `undefined` otherwise.
 *
 * The comparison refuses duplicate keys, rounded numbers, other orders and white space at once.
 */
export function parseCanonicalJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return canonicalJson(value) === text ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Tells whether two runs of bytes are the same. */
export const sameBytes = (left: Uint8Array, right: Uint8Array): boolean =>
  left.byteLength === right.byteLength && Buffer.compare(left, right) === 0;
