import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLUG, ulid } from './id.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('ulid', () => {
  it('has 26 characters of the alphabet and starts with 0 to 7', () => {
    fc.assert(
      fc.property(time, random, (ms, bytes) => {
        expect(ulid(ms, bytes)).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      }),
    );
  });

  it('sorts by time, then by its random part', () => {
    fc.assert(
      fc.property(time, random, time, random, (ms, bytes, otherMs, otherBytes) => {
        const order = ms - otherMs || Buffer.compare(Buffer.from(bytes), Buffer.from(otherBytes));
        const [left, right] = [ulid(ms, bytes), ulid(otherMs, otherBytes)];
        expect(left < right).toBe(order < 0);
        expect(left === right).toBe(order === 0);
      }),
    );
  });

  it('writes the known text of a known time', () => {
    expect(ulid(1_469_918_176_385, new Uint8Array(10))).toBe('01ARYZ6S410000000000000000');
    expect(ulid(2 ** 48 - 1, new Uint8Array(12).fill(255))).toBe('7ZZZZZZZZZZZZZZZZZZZZZZZZZ');
  });

  it.each([-1, 2 ** 48, 1.5, NaN])('refuses the time %d', (ms) => {
    expect(() => ulid(ms, new Uint8Array(10))).toThrow(RangeError);
  });

  it('refuses fewer than ten random bytes', () => {
    expect(() => ulid(0, new Uint8Array(9))).toThrow(RangeError);
  });
});

describe('SLUG', () => {
  it.each(['a', '0', 'cost-per-1k-requests', 'a'.repeat(63)])('takes %s', (text) => {
    expect(text).toMatch(SLUG);
  });

  it.each(['', '-a', 'A', 'a_b', 'a b', 'ä', 'a\n', 'a'.repeat(64)])('refuses %j', (text) => {
    expect(text).not.toMatch(SLUG);
  });
});
