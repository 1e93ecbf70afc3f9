import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestHex, digestOf, parseDigest, sha256 } from './digest.ts';

describe('sha256', () => {
  it('gives the known digest of the empty text', () => {
    expect(sha256('')).toBe(
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('digests a text as its UTF-8 bytes, in a form that parseDigest takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const digest = sha256(text);
        expect(sha256(Buffer.from(text, 'utf8'))).toBe(digest);
        expect(parseDigest(digest)).toBe(digest);
        expect(`sha256:${digestHex(digest)}`).toBe(digest);
        expect(digestOf(createHash('sha256').update(text).digest())).toBe(digest);
      }),
    );
  });
});

describe('parseDigest', () => {
  const hex = digestHex(sha256('x'));
  it.each([
    hex,
    `sha256:${hex.toUpperCase()}`,
    `sha256:${hex.slice(1)}`,
    `sha256:${hex}0`,
    `sha512:${hex}`,
    `sha256:${hex}\n`,
    ` sha256:${hex}`,
    '',
  ])('refuses %j', (text) => {
    expect(parseDigest(text)).toBeUndefined();
  });
});

describe('digestOf', () => {
  it.each([0, 31, 33])('refuses %i bytes', (length) => {
    expect(() => digestOf(new Uint8Array(length))).toThrow(RangeError);
  });
});
