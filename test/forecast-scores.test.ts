import { describe, expect, it } from 'vitest';
import { scoreM4 } from '../bench/series/m4.ts';
import { coverageOf, DAYS, errorAt, tryMonths } from '../bench/series/nn5.ts';
import { hasSeries } from '../bench/series/read.ts';

describe.skipIf(!hasSeries())('forecasts of public series (skipped without ../shared)', () => {
  it.each([
    ['weekly', 'Naive', 2.777],
    ['weekly', 'SES', 2.685],
    ['weekly', 'Theta', 2.637],
    ['hourly', 'sNaive', 1.193],
  ] as const)('score %s %s as the M4 table does', (set, name, mase) => {
    expect(scoreM4(set, name).mase).toBeCloseTo(mase, 2);
  });

  it('miss the totals of NN5 months by less than linear run rate, and their bands hold (budgets.md 10.13)', () => {
    const trials = tryMonths(24);
    expect(trials.length).toBeGreaterThan(250);
    for (const day of DAYS) {
      expect(errorAt(trials, day, 'chosen')).toBeLessThan(errorAt(trials, day, 'runRate'));
    }
    expect(coverageOf(trials)).toBeGreaterThan(72);
    expect(coverageOf(trials)).toBeLessThan(88);
  });
});
