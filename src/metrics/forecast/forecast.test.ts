import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  decimal,
  parsePlainDate,
  type PlainDate,
  periodOfDates,
} from '../../core/index.ts';
import { findAnomalies, findPriceJumps } from './anomalies.ts';
import { daySeries, type KnownDay } from './day-series.ts';
import {
  chanceOfReaching,
  estimate,
  type ForecastInput,
  forecastPeriod,
} from './forecast-period.ts';
import { lookAhead } from './outlook.ts';
import { seededRandom } from './seeded-random.ts';
import { mase, naiveError, smape, wape } from './scores.ts';
import { sumOfDays, weekdayProfile } from './profile.ts';
import { valueAt } from './value-at.ts';

const on = (text: string): PlainDate => parsePlainDate(text) ?? bad();
function bad(): never {
  throw new Error('no date');
}

const UNTIL = on('2026-11-11');
const NOVEMBER = periodOfDates(on('2026-11-01'), on('2026-12-01'), 'UTC');

/** A weekly season with noise from a seed; `change` edits single days, counted from the oldest. */
function daysOf(
  count: number,
  change: Readonly<Record<number, number | null>> = {},
  seed = 7,
): readonly KnownDay[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const usual = (index % 7 < 5 ? 40 : 12) * (0.8 + 0.4 * random());
    const value = change[index] === undefined ? usual : change[index];
    const date = addDays(UNTIL, index - count);
    return { date, value: value === null ? null : estimate(value) };
  });
}

const forecast = (days: readonly KnownDay[], more: Partial<ForecastInput> = {}) =>
  forecastPeriod({ days, until: UNTIL, period: NOVEMBER, ...more }) ?? bad();

describe('the ladder', () => {
  it('says nothing before fourteen days are known', () => {
    const of = (count: number) =>
      forecastPeriod({ days: daysOf(count), until: UNTIL, period: NOVEMBER });
    expect(of(13)).toBeUndefined();
    expect(of(14)).toMatchObject({ method: 'weekday-median-28', confidence: 'low', days: 14 });
  });

  it('tries all models from eight weeks on', () => {
    expect(forecast(daysOf(55)).confidence).toBe('low');
    expect(forecast(daysOf(200))).toMatchObject({ method: 'pool', confidence: 'normal' });
  });

  it('takes weekday means where most days are zero', () => {
    const rare = daysOf(120).map((day, index) =>
      index % 3 === 0 ? day : { ...day, value: decimal('0') },
    );
    const found = forecast(rare);
    expect(found).toMatchObject({ method: 'weekday-mean-56', confidence: 'normal' });
    expect(found.rest).toBeGreaterThan(0);
    expect(forecast(rare.slice(-50))).toMatchObject({
      method: 'weekday-mean-56',
      confidence: 'low',
    });
  });

  it('has nothing to say of a period that is over', () => {
    const period = periodOfDates(on('2026-10-01'), on('2026-11-01'), 'UTC');
    expect(forecastPeriod({ days: daysOf(90), until: UNTIL, period })).toBeUndefined();
  });
});

describe('a forecast', () => {
  it('is exact for a constant series, its band included', () => {
    const flat = daysOf(100).map((day) => ({ ...day, value: decimal('5') }));
    const found = forecast(flat);
    expect(found.rest).toBeCloseTo(100, 9);
    expect(found.band).toEqual([found.rest, found.rest, found.rest]);
    expect(found.backTest).toMatchObject({ wape: 0, bias: 0, widenedBy: 1 });
  });

  it('is the same for the same days in any order', () => {
    const days = daysOf(150);
    fc.assert(
      fc.property(fc.shuffledSubarray([...days], { minLength: days.length }), (order) => {
        const [one, other] = [forecast(days), forecast(order)];
        expect(other.samples).toEqual(one.samples);
        expect(other.backTest).toEqual(one.backTest);
      }),
      { numRuns: 5 },
    );
  });

  it('grows with the scale of its series, and with nothing else', () => {
    const days = daysOf(150);
    const scaled = days.map((day) => ({ ...day, value: estimate(Number(day.value) / 1e15) }));
    const [one, other] = [forecast(days), forecast(scaled)];
    expect(other.rest / one.rest / 1000).toBeCloseTo(1, 4);
    expect(other.backTest.wape).toBeCloseTo(one.backTest.wape ?? 0, 3);
  });

  describe('with holidays', () => {
    /** Forty a day and ten on Sundays, but for the days that are named. */
    const weeks = (odd: Readonly<Record<string, string>> = {}) =>
      daysOf(150).map(({ date }) => {
        const isSunday = new Date(`${date}T00:00:00Z`).getUTCDay() === 0;
        return { date, value: decimal(odd[date] ?? (isSunday ? '10' : '40')) };
      });
    const withHolidays = (holidays: readonly string[], days = weeks()) =>
      forecastPeriod({ days, until: UNTIL, period: NOVEMBER, holidays });

    it('expects a Sunday on each of them that is ahead, and shows no event for it', () => {
      const [plain, quiet] = [withHolidays([]), withHolidays(['2026-11-18', '2026-11-22'])];
      // The 18th is a Wednesday, the 22nd a Sunday already.
      expect((plain?.rest ?? 0) - (quiet?.rest ?? 0)).toBeCloseTo(30, 6);
      expect(quiet?.events).toBe(0);
      expect((plain?.band[2] ?? 0) - (quiet?.band[2] ?? 0)).toBeCloseTo(30, 6);
    });

    it('learns no weekday from those that are over', () => {
      const days = weeks({ '2026-11-04': '0', '2026-10-28': '0' });
      const learnt = withHolidays(['2026-11-04', '2026-10-28'], days)?.rest ?? 0;
      expect(learnt).toBeCloseTo(withHolidays([])?.rest ?? 0, 6);
      expect(withHolidays([], days)?.rest ?? 0).toBeLessThan(learnt);
    });
  });

  it('takes a gap for unknown, not for zero', () => {
    const gap = { 143: null, 144: null, 120: null };
    const [whole, gapped] = [forecast(daysOf(150)), forecast(daysOf(150, gap))];
    expect(gapped.daysExpected).toBe(whole.daysExpected + 2);
    const zeroed = forecast(daysOf(150, { 143: 0, 144: 0, 120: 0 }));
    expect(gapped.rest).toBeGreaterThan(zeroed.rest);
  });

  describe('behind gaps', () => {
    /** Days from 0 to 200 that nobody measured, as runs of `[start, length]`. */
    const gapsOf = (runs: readonly (readonly [start: number, days: number])[]) =>
      daysOf(
        200,
        Object.fromEntries(
          runs.flatMap(([start, days]) =>
            Array.from({ length: days }, (_, step) => [start + step, null] as const),
          ),
        ),
      );

    it.each([
      ['in front of an open period', [[165, 35]]],
      ['of eight weeks in front of it', [[140, 60]]],
      ['of five weeks that earlier origins look back on', [[100, 35]]],
      ['of five weeks while the series is young', [[16, 150]]],
    ] as const)('expects what was known before a gap %s', (_, runs) => {
      const found = forecast(gapsOf(runs));
      const usual = (found.daysExpected * (5 * 40 + 2 * 12)) / 7;
      expect(found.rest / usual).toBeGreaterThan(0.8);
      expect(found.rest / usual).toBeLessThan(1.25);
      expect(found.band[0]).toBeLessThan(found.band[2]);
    });

    it('looks no further back than the gap that its longest history begins with', () => {
      const days = daysOf(400).map((day, index) =>
        index > 0 && index < 200 ? { ...day, value: null } : day,
      );
      expect(forecast(days)).toEqual({
        ...forecast(days.slice(200)),
        exhaustion: expect.any(Function),
      });
    });

    it('has numbers for everything, wherever fourteen days are known', () => {
      const run = fc.tuple(fc.nat({ max: 199 }), fc.integer({ min: 20, max: 90 }));
      fc.assert(
        fc.property(fc.array(run, { minLength: 1, maxLength: 3 }), (runs) => {
          const found = forecastPeriod({
            days: gapsOf(runs.map(([start, days]) => [start, Math.min(days, 200 - start)])),
            until: UNTIL,
            period: NOVEMBER,
          });
          if (found === undefined) return;
          const numbers = [found.rest, ...found.band, ...found.samples];
          expect(numbers.filter((one) => !Number.isFinite(one))).toEqual([]);
          expect(found.backTest.wape === null).toBe(found.backTest.origins === 0);
        }),
        { numRuns: 60 },
      );
    });
  });

  it('stays finite and near the usual after one corrupt row', () => {
    const found = forecast(daysOf(150, { 140: 9990 }));
    expect(found.rest).toBeLessThan(2 * forecast(daysOf(150)).rest);
  });

  it('moves by no more than its band when a day inside the band arrives', () => {
    const days = daysOf(150);
    const before = forecast(days);
    const more = [...days, { date: UNTIL, value: decimal('40') }];
    const after = forecast(more, { until: addDays(UNTIL, 1) });
    const width = before.band[2] - before.band[0];
    expect(Math.abs(after.rest + 40 - before.rest)).toBeLessThan(width);
  });

  it('lays events that have not begun over the baseline, apart from it', () => {
    const days = daysOf(150).map((day) => ({ ...day, value: decimal('10') }));
    const events = [
      { from: '2026-11-21', delta: '+50%' },
      { from: '2026-11-26', until: '2026-11-28', delta: '-2.5' },
      { from: '2026-11-05', delta: '+900%' },
    ];
    expect(forecast(days, { events })).toMatchObject({ events: 45, rest: 245 });
  });

  it('looks over the days between the data and a period that has not begun', () => {
    const period = periodOfDates(on('2026-12-01'), on('2026-12-15'), 'UTC');
    const days = daysOf(150).map((day) => ({ ...day, value: decimal('10') }));
    expect(forecast(days, { period })).toMatchObject({ daysExpected: 14, rest: 140 });
  });

  it('is as likely to reach an amount as its samples do', () => {
    const found = forecast(daysOf(150));
    expect(chanceOfReaching(found, 0)).toBe(1);
    expect(chanceOfReaching(found, found.samples.at(-1) ?? 0)).toBeGreaterThan(0);
    expect(chanceOfReaching(found, (found.samples.at(-1) ?? 0) + 1)).toBe(0);
    expect(chanceOfReaching({ samples: [1, 2, 3, 4] }, 3)).toBe(0.5);
  });

  it('names the day on which an amount is reached, or none', () => {
    const days = daysOf(150).map((day) => ({ ...day, value: decimal('10') }));
    const { exhaustion } = forecast(days);
    expect(exhaustion(95)).toEqual({ expectedOn: '2026-11-20', likelyOn: '2026-11-20' });
    expect(exhaustion(201)).toEqual({ expectedOn: null, likelyOn: null });
  });

  it('widens a band that has held too little', () => {
    // A wave of three months, which no model knows: each month ahead is unlike the one before.
    const values = Float64Array.from({ length: 300 }, (_, day) => 100 + 80 * Math.sin(day / 15));
    const found = lookAhead(values, 30) ?? bad();
    expect(found.backTest.coverage).toBeLessThan(0.65);
    expect(found.backTest.widenedBy).toBeGreaterThan(1);
    expect(found.samples).toHaveLength(400);
  });
});

describe('scores', () => {
  it('know nothing of nothing', () => {
    expect(wape([])).toBeNaN();
    expect(naiveError({ values: [1, 1, 1], period: 1 })).toBeNaN();
    expect(smape([0, 10], [0, 5])).toBeCloseTo(100 / 3, 9);
    expect(mase([4], [2], { values: [1, 2, Number.NaN, 4, 5], period: 1 })).toBe(2);
  });
});

it('reads no value where there is none', () => {
  expect(valueAt(new Float64Array([1]), 0)).toBe(1);
  expect(() => valueAt(new Float64Array([1]), 1)).toThrow(RangeError);
});

describe('a profile', () => {
  it('weighs weekdays as they were, and is unknown too early', () => {
    const profile = weekdayProfile(daysOf(140), UNTIL) ?? bad();
    expect(profile(addDays(UNTIL, -140))).toBeGreaterThan(2n * profile(addDays(UNTIL, -135)));
    expect(weekdayProfile(daysOf(13), UNTIL)).toBeUndefined();
    const nothing = daysOf(30).map((day) => ({ ...day, value: decimal('0') }));
    expect(weekdayProfile(nothing, UNTIL)).toBeUndefined();
    const gaps = daysOf(28, Object.fromEntries([...Array(15).keys()].map((day) => [day, null])));
    expect(weekdayProfile(gaps, UNTIL)).toBeUndefined();
  });

  it('sums days, and knows no sum of which a day is unknown or missing', () => {
    const [one, two, three] = [UNTIL, addDays(UNTIL, 1), addDays(UNTIL, 2)];
    const days = new Map([
      [one, decimal('1')],
      [two, decimal('2')],
      [three, null],
    ]);
    expect(sumOfDays(days, [one, two])).toBe(decimal('3'));
    expect(sumOfDays(days, [one, three])).toBeNull();
    expect(sumOfDays(days, [one, addDays(UNTIL, 9)])).toBeNull();
    expect(sumOfDays(days, [])).toBe(0n);
  });
});

describe('anomalies', () => {
  const span = { from: addDays(UNTIL, -14), until: UNTIL };

  it('are days far from their own weekday, above the minimum', () => {
    const found = findAnomalies(daysOf(140, { 136: 200 }), { ...span, amountMin: 5 });
    expect(found.map(({ date, value }) => [date, value])).toEqual([[addDays(UNTIL, -4), 200]]);
    expect(findAnomalies(daysOf(140, { 136: 200 }), { ...span, amountMin: 500 })).toEqual([]);
    expect(findAnomalies([], { ...span, amountMin: 0 })).toEqual([]);
    // Four weeks before are enough, three are not; and a day that is unknown is no zero.
    const fourWeeks = findAnomalies(daysOf(33, { 32: 200 }), { ...span, amountMin: 5 });
    expect(fourWeeks.map(({ value }) => value)).toEqual([200]);
    expect(findAnomalies(daysOf(26, { 25: 200 }), { ...span, amountMin: 5 })).toEqual([]);
    const gap = findAnomalies(daysOf(140, { 136: null, 129: null }), { ...span, amountMin: 5 });
    expect(gap).toEqual([]);
  });

  it('name the day whose price of a unit is more than twenty times its median', () => {
    const units = daysOf(60).map((day) => ({ ...day, value: decimal('1000') }));
    const found = findPriceJumps(daysOf(60, { 57: 9990 }), units, span);
    expect(found.map(({ date }) => date)).toEqual([addDays(UNTIL, -3)]);
    const none = units.map((day) => ({ ...day, value: decimal('0') }));
    expect(findPriceJumps(daysOf(60, { 57: 9990 }), none, span)).toEqual([]);
    const unsaid = units.filter(({ date }) => date !== addDays(UNTIL, -3));
    expect(findPriceJumps(daysOf(60, { 57: 9990 }), unsaid, span)).toEqual([]);
    const backwards = daysOf(60, { 57: 9990, 1: 9990 }).toReversed();
    expect(findPriceJumps(backwards, units, span).map(({ date }) => date)).toEqual([
      addDays(UNTIL, -3),
    ]);
  });
});

describe('a series of days', () => {
  it('starts with the first known day and ends before the first open one', () => {
    const days = [
      { date: on('2026-11-02'), value: decimal('2') },
      { date: on('2026-10-30'), value: null },
      { date: on('2026-10-31'), value: decimal('1') },
      { date: UNTIL, value: decimal('9') },
    ];
    const { first, values } = daySeries(days, on('2026-11-04'));
    expect(first).toBe('2026-10-31');
    expect([...values]).toEqual([1, Number.NaN, 2, Number.NaN]);
  });
});
