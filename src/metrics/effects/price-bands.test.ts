import { describe, expect, it } from 'vitest';
import { decimal, type Measured, periodAt, wholeDecimal } from '../../core/index.ts';
import type { Aggregate } from '../../usage/index.ts';
import { leftPriceBands } from './price-bands.ts';

const PERIOD = periodAt('month', '2026-11-23T00:00:00Z' as never, 'UTC');
const OF = { dimension: 'model', cost: 'chargedCost' } as const;

const sum = (value: Measured['value'], knownRows = 1): Measured => ({
  value,
  knownRows,
  totalRows: 1,
});

/** One row a day: what 1,000 tokens of a model cost. */
function answer(prices: Readonly<Record<string, readonly string[]>>): Aggregate {
  const rows = Object.entries(prices).flatMap(([model, costs]) =>
    costs.map((cost, day) => ({
      group: { model, day: `2026-11-${String(day + 1).padStart(2, '0')}` },
      measures: { chargedCost: sum(decimal(cost)), tokens: sum(wholeDecimal(1000)) },
    })),
  );
  return {
    period: PERIOD,
    rows,
    total: { group: {}, measures: {} },
    days: [],
    coverage: { expected: 0, present: 0, missing: [], completeThrough: null },
    currencies: ['USD'],
    exports: [],
    flags: [],
    requestsAre: 'operations',
  };
}

const WEEK = ['1.0', '1.1', '0.9', '1.0', '1.05', '0.95', '1.0'];

describe('the price of a token', () => {
  it.each([
    ['rises by a half', ['1.6', '1.7', '1.5'], ['m']],
    ['falls by a half', ['0.5', '0.45', '0.55'], ['m']],
    ['stays in the band', ['1.1', '0.9', '1.0'], []],
    ['is a tenth above the highest day, which is the slack', ['1.21', '1.21', '1.21'], []],
    ['is just beyond the slack', ['1.2101', '1.2101', '1.2101'], ['m']],
    ['is far off on one day of three', ['9', '1', '1'], []],
    ['is known of one day alone', ['9'], []],
  ])('that %s: %j is left by %j', (_, now, left) => {
    expect(leftPriceBands(answer({ m: WEEK }), answer({ m: now }), OF)).toStrictEqual(left);
  });

  it('of a model without a week of days before has no band to leave', () => {
    const short = answer({ m: WEEK.slice(1), other: WEEK });
    expect(leftPriceBands(short, answer({ m: ['9', '9'] }), OF)).toStrictEqual([]);
  });

  it('of a day that was credited is none, low as it is', () => {
    const credited = answer({ m: [...WEEK, '-3', '0'] });
    expect(leftPriceBands(credited, answer({ m: ['0.5', '0.5'] }), OF)).toEqual(['m']);
    expect(leftPriceBands(answer({ m: WEEK }), answer({ m: ['-3', '0', '1', '1'] }), OF)).toEqual(
      [],
    );
  });

  it('of a model that is new has no band, and one without tokens no price', () => {
    expect(leftPriceBands(answer({ m: WEEK }), answer({ n: ['9', '9'] }), OF)).toEqual([]);
    const now = answer({ m: ['9', '9'] });
    const silent = now.rows.map(({ group, measures: { chargedCost } }) => ({
      group,
      measures: chargedCost === undefined ? {} : { chargedCost },
    }));
    expect(leftPriceBands(answer({ m: WEEK }), { ...now, rows: silent }, OF)).toEqual([]);
  });

  it('is not compared over currencies', () => {
    const euro = { ...answer({ m: ['9', '9'] }), currencies: ['EUR'] };
    expect(leftPriceBands(answer({ m: WEEK }), euro, OF)).toStrictEqual([]);
  });

  it('is not judged on a day of which a row does not know its cost', () => {
    const now = answer({ m: ['9', '9'] });
    const rows = now.rows.map((row) => ({
      ...row,
      measures: { ...row.measures, chargedCost: { ...sum(decimal('9')), knownRows: 0 } },
    }));
    expect(leftPriceBands(answer({ m: WEEK }), { ...now, rows }, OF)).toStrictEqual([]);
  });
});
