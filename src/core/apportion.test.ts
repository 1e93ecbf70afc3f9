import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { apportion, roundTogether } from './apportion.ts';
import { addDecimals, decimal, formatDecimal, fromAtto, roundDecimal } from './decimal.ts';

const amount = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(fromAtto);
const parties = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      weight: fc.bigInt({ min: 0n, max: 10n ** 24n }),
    }),
    { minLength: 1, maxLength: 30, selector: ({ id }) => id },
  )
  .filter((all) => all.some(({ weight }) => weight > 0n));

describe('a split (budgets.md 10.8)', () => {
  test.prop([amount, parties])('adds up to the amount exactly', (total, all) => {
    const parts = apportion(total, all) ?? [];
    expect(parts).toHaveLength(all.length);
    expect(addDecimals(...parts)).toBe(total);
  });

  test.prop([amount, parties])('gives each party its share to within one step', (total, all) => {
    const whole = all.reduce((sum, { weight }) => sum + weight, 0n);
    for (const [index, part] of (apportion(total, all) ?? []).entries()) {
      const off = part * whole - total * (all[index]?.weight ?? 0n);
      expect(off < whole && off > -whole).toBe(true);
    }
  });

  test.prop([amount, parties])('does not depend on the order of the parties', (total, all) => {
    const parts = apportion(total, all);
    expect(apportion(total, all.toReversed())?.toReversed()).toEqual(parts);
  });

  test.prop([amount, parties])('of a negative amount mirrors the positive one', (total, all) => {
    const mirrored = apportion(fromAtto(-total), all)?.map((part) => -part);
    expect(mirrored?.map(BigInt)).toEqual(apportion(total, all)?.map(BigInt));
  });

  test.prop([amount, fc.integer({ min: 1, max: 30 })])(
    'in even parts differs by one step at most',
    (total, count) => {
      const all = Array.from({ length: count }, (_, index) => ({ id: `w${index}`, weight: 1n }));
      const parts = (apportion(total, all) ?? []).toSorted((a, b) => (a < b ? -1 : 1));
      const spread = (parts.at(-1) ?? 0n) - (parts[0] ?? 0n);
      expect(spread).toBeLessThanOrEqual(1n);
    },
  );

  it('gives the odd step to the larger remainder, and between equals to the first id', () => {
    const of = (ids: readonly string[]) => ids.map((id) => ({ id, weight: 1n }));
    expect(apportion(fromAtto(10n), of(['b', 'a', 'c']))).toEqual([3n, 4n, 3n]);
    const uneven = [
      { id: 'a', weight: 1n },
      { id: 'b', weight: 2n },
    ];
    expect(apportion(fromAtto(10n), uneven)).toEqual([3n, 7n]);
  });

  it('is none where no party has a weight, and refuses a negative one', () => {
    expect(apportion(fromAtto(10n), [{ id: 'a', weight: 0n }])).toBeUndefined();
    expect(apportion(fromAtto(10n), [])).toBeUndefined();
    expect(() => apportion(fromAtto(1n), [{ id: 'a', weight: -1n }])).toThrow(RangeError);
  });
});

describe('a printed column', () => {
  test.prop([fc.array(amount, { maxLength: 40 }), fc.integer({ min: 0, max: 18 })])(
    'adds up to its printed total, each value less than a step away',
    (values, places) => {
      const rounded = roundTogether(values, places);
      expect(addDecimals(...rounded)).toBe(roundDecimal(addDecimals(...values), places));
      const step = 10n ** BigInt(18 - places);
      for (const [index, value] of rounded.entries()) {
        const off = value - (values[index] ?? 0n);
        expect(off < step && off > -step).toBe(true);
      }
    },
  );

  it('prints thirds of ten as 3.34, 3.33 and 3.33', () => {
    const thirds = apportion(decimal('10'), [
      { id: 'a', weight: 1n },
      { id: 'b', weight: 1n },
      { id: 'c', weight: 1n },
    ]);
    expect(roundTogether(thirds ?? [], 2).map(formatDecimal)).toEqual(['3.34', '3.33', '3.33']);
  });
});
