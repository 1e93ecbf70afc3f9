const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Makes a ULID: 48 bits of time and 80 random bits, sortable by time.
 *
 * @param ms milliseconds since 1970, 0 to 2⁴⁸ − 1.
 * @param random ten random bytes.
 */
export function ulid(ms: number, random: Uint8Array): string {
  let bits = BigInt(ms);
  for (const byte of random.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text = `${ALPHABET[Number(bits & 31n)] ?? ''}${text}`;
    bits >>= 5n;
  }
  return text;
}

/** Matches the slugs that name things in a plan. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
