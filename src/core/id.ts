const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_BYTES = 10;

/**
 * Makes a ULID: 48 bits of time and 80 random bits, sortable by time.
 *
 * @param ms milliseconds since 1970, 0 to 2⁴⁸ − 1.
 * @param random ten random bytes; more are ignored.
 * @throws {RangeError} when either is out of bounds, because the text would sort wrongly.
 */
export function ulid(ms: number, random: Uint8Array): string {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms >= 2 ** 48 || random.length < RANDOM_BYTES) {
    throw new RangeError(
      `Expected a time of 48 bits and ten bytes, got ${ms} and ${random.length}`,
    );
  }
  let bits = BigInt(ms);
  for (const byte of random.subarray(0, RANDOM_BYTES)) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text = `${ALPHABET.charAt(Number(bits & 31n))}${text}`;
    bits >>= 5n;
  }
  return text;
}

/** Matches the slugs that name things in a plan. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
