import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggest } from './suggest.ts';

const KNOWN = ['period', 'amount', 'threshold', 'exports', 'id'];

describe('suggest', () => {
  it.each([
    ['perod', 'period'],
    ['preiod', 'period'],
    ['amountt', 'amount'],
    ['tresholds', 'threshold'],
    ['xports', 'exports'],
    ['di', 'id'],
  ])('mends %s as %s', (word, expected) => {
    expect(suggest(word, KNOWN)).toBe(expected);
  });

  it.each(['', 'zzzzzz', 'per', 'budgets'])('suggests nothing for %j', (word) => {
    expect(suggest(word, KNOWN)).toBeUndefined();
  });

  it('takes the nearest, and the first of equally near ones', () => {
    expect(suggest('daat', ['date', 'data'])).toBe('data');
    expect(suggest('lane', ['line', 'lone'])).toBe('line');
  });

  it('finds a word after one letter was dropped, doubled, or swapped with its neighbour', () => {
    const word = fc.stringMatching(/^[a-z]{3,20}$/);
    fc.assert(
      fc.property(word, fc.nat(), (known, seed) => {
        const index = seed % (known.length - 1);
        const [head, tail] = [known.slice(0, index), known.slice(index)];
        expect(suggest(head + tail.slice(1), [known])).toBe(known);
        expect(suggest(head + tail.slice(0, 1) + tail, [known])).toBe(known);
        expect(suggest(`${head}${tail[1]}${tail[0]}${tail.slice(2)}`, [known])).toBe(known);
      }),
    );
  });

  it('answers at once for a word of any length', () => {
    expect(suggest('x'.repeat(5_000_000), KNOWN)).toBeUndefined();
  });
});
