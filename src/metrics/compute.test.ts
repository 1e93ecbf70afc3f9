import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  type DayCoverage,
  decimal,
  formatDecimal,
  fromAtto,
  type Measured,
  parsePlainDate,
  periodOfDates,
  type PlainDate,
} from '../core/index.ts';
import type { MeasureId, PlanMetric } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { computeMetric, type MetricInput } from './compute.ts';
import { metricRequest } from './request.ts';

const date = (text: string): PlainDate => {
  const parsed = parsePlainDate(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const FIRST = date('2026-11-16');
const PERIOD = periodOfDates(FIRST, addDays(FIRST, 7), 'Europe/Berlin');

const metric = (change: Partial<PlanMetric> = {}): PlanMetric => ({
  id: 'cost-per-1k-requests',
  kind: 'resource',
  owner: 'finops',
  numerator: { cost: 'charged', include: ['usage', 'adjustment'] },
  denominator: { count: 'requests' },
  scale: 1000,
  minDenominator: 0,
  compare: { to: 'previous' },
  ...change,
});

const known = (value: string, rows = 1): Measured => ({
  value: decimal(value),
  knownRows: rows,
  totalRows: rows,
});
const UNKNOWN: Measured = { value: null, knownRows: 0, totalRows: 1 };

type Day = readonly [cost: Measured | null, units: Measured | null];

function aggregateOf(days: readonly Day[], change: Partial<Aggregate> = {}): Aggregate {
  const sum = (half: 0 | 1): Measured => {
    const parts = days.flatMap((day) => day[half] ?? []);
    const values = parts.flatMap(({ value }) => (value === null ? [] : [value]));
    return {
      value: values.length === 0 ? null : fromAtto(values.reduce((a, b) => a + b, 0n)),
      knownRows: parts.reduce((a, part) => a + part.knownRows, 0),
      totalRows: parts.reduce((a, part) => a + part.totalRows, 0),
    };
  };
  const measures = (cost: Measured | null, units: Measured | null) => {
    const all: Partial<Record<MeasureId, Measured>> = {};
    if (cost !== null) all.chargedCost = cost;
    if (units !== null) all.requests = units;
    return all;
  };
  const coverage: DayCoverage = {
    expected: 7,
    present: 7,
    missing: [],
    completeThrough: PERIOD.end,
  };
  const total = { group: {}, measures: measures(sum(0), sum(1)) };
  return {
    period: PERIOD,
    rows: [total],
    total,
    days: days.map(([cost, units], index) => ({
      date: addDays(FIRST, index),
      measures: measures(cost, units),
    })),
    coverage,
    currencies: ['USD'],
    exports: ['quota'],
    flags: [],
    requestsAre: 'operations',
    ...change,
  };
}

const compute = (aggregate: Aggregate, change: Partial<MetricInput> = {}) =>
  computeMetric({
    metric: metric(),
    currency: 'USD',
    current: [aggregate],
    previous: null,
    ...change,
  });

const week = (cost: string, units: string): readonly Day[] =>
  Array.from({ length: 7 }, () => [known(cost), known(units)]);

describe('computeMetric', () => {
  it('divides the sum of cost by the sum of units, never the mean of daily ratios', () => {
    const result = compute(
      aggregateOf([
        [known('1'), known('1')],
        [known('1'), known('999')],
      ]),
    );
    expect(result).toMatchObject({
      outcome: 'pass',
      value: '2',
      numerator: { value: '2' },
      denominator: { value: '1000' },
      counted: 'operations',
    });
  });

  it('rounds once, half away from zero, at 18 digits', () => {
    const result = compute(aggregateOf([[known('2'), known('3')]]), {
      metric: metric({ scale: 1 }),
    });
    expect(result.value).toBe('0.666666666666666667');
  });

  it('leaves a day of which one half is unknown out of both sums, and names it above 5 % of the days', () => {
    const result = compute(aggregateOf([...week('1', '100').slice(0, 6), [known('500'), UNKNOWN]]));
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['denominator-missing'],
      missing: ['day:2026-11-22'],
      value: '10',
      numerator: { value: '6', knownRows: 6, totalRows: 7 },
    });
  });

  it('names the day whose cost is unknown', () => {
    const result = compute(aggregateOf([...week('1', '100').slice(0, 6), [null, known('9')]]));
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['numerator-missing'],
      missing: ['day:2026-11-22'],
      value: '10',
    });
  });

  it('tolerates one excluded day in twenty', () => {
    const days: Day[] = Array.from({ length: 19 }, () => [known('1'), known('10')]);
    expect(compute(aggregateOf([...days, [known('1'), UNKNOWN]])).outcome).toBe('pass');
    expect(compute(aggregateOf([...days.slice(1), [known('1'), UNKNOWN]])).outcome).toBe(
      'inconclusive',
    );
  });

  it('calls cost known in 95 of 100 rows known, and in 94 not', () => {
    const rows = (knownRows: number): Measured => ({
      value: decimal('5'),
      knownRows,
      totalRows: 100,
    });
    expect(compute(aggregateOf([[rows(95), known('10', 100)]])).reasons).toEqual([]);
    expect(compute(aggregateOf([[rows(94), known('10', 100)]]))).toMatchObject({
      reasons: ['numerator-missing'],
      missing: ['export:quota'],
      value: '500',
    });
    expect(compute(aggregateOf([[known('10', 100), rows(94)]])).reasons).toEqual([
      'denominator-missing',
    ]);
  });

  it('is inconclusive without cost, and names the exports that lack it', () => {
    const result = compute(aggregateOf([[null, known('5')]], { exports: ['a', 'b'] }));
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['numerator-missing'],
      value: null,
      missing: ['day:2026-11-16'],
    });
  });

  it('is inconclusive without units: the cost is not to blame', () => {
    expect(compute(aggregateOf([[known('5'), null]]))).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['denominator-missing'],
      value: null,
    });
  });

  it('gives no infinity: cost without any unit is a reason', () => {
    expect(compute(aggregateOf(week('1', '0')))).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['denominator-zero'],
      missing: ['metric:cost-per-1k-requests'],
      value: null,
    });
  });

  it('tells neither cost nor units from cost without units', () => {
    expect(compute(aggregateOf(week('0', '0'))).reasons).toEqual(['no-activity']);
  });

  it('says that nothing was imported, and which days are missing', () => {
    const empty = aggregateOf([], {
      rows: [],
      exports: [],
      currencies: [],
      requestsAre: 'unknown',
      coverage: { expected: 1, present: 0, missing: [FIRST], completeThrough: null },
    });
    expect(compute(empty)).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['no-data'],
      missing: ['day:2026-11-16'],
      value: null,
    });
    const open = { ...empty, coverage: { ...empty.coverage, expected: 0, missing: [] } };
    expect(compute(open).missing).toEqual(['metric:cost-per-1k-requests']);
  });

  it('shows a value of few units and says that it is not judged', () => {
    const few = { metric: metric({ minDenominator: 100 }) };
    expect(compute(aggregateOf([[known('1'), known('99')]]), few)).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['denominator-low'],
      value: '10.10101010101010101',
    });
    expect(compute(aggregateOf([[known('1'), known('100')]]), few).outcome).toBe('pass');
  });

  it('never sums or relabels another currency', () => {
    const mixed = aggregateOf(week('1', '10'), {
      currencies: ['EUR', 'USD'],
      flags: ['currency-mixed'],
    });
    const foreign = aggregateOf(week('1', '10'), { currencies: ['EUR'] });
    for (const aggregate of [mixed, foreign]) {
      expect(compute(aggregate)).toMatchObject({
        outcome: 'inconclusive',
        reasons: ['currency-mixed'],
        missing: ['export:quota'],
        value: null,
        numerator: { value: null, knownRows: 0, totalRows: 7 },
      });
    }
    const nothingSummed = aggregateOf([[null, known('5')]], { flags: ['currency-mixed'] });
    expect(compute(nothingSummed).reasons).toEqual(['currency-mixed']);
  });

  it('passes on the days that are present: the plan demands no others', () => {
    const coverage: DayCoverage = {
      expected: 7,
      present: 5,
      missing: [date('2026-11-21'), date('2026-11-22')],
      completeThrough: PERIOD.end,
    };
    expect(compute(aggregateOf(week('1', '100').slice(0, 5), { coverage }))).toMatchObject({
      outcome: 'pass',
      value: '10',
      coverage: { expected: 7, present: 5, missing: ['2026-11-21', '2026-11-22'] },
    });
  });

  it('labels attempts that stand in for requests', () => {
    const result = compute(aggregateOf(week('1', '10'), { requestsAre: 'attempts' }));
    expect(result).toMatchObject({ outcome: 'pass', counted: 'attempts' });
  });

  it('throws when it is given no answer', () => {
    expect(() => compute(aggregateOf([]), { current: [] })).toThrow(RangeError);
  });
});

describe('change against the preceding period', () => {
  const against = (previous: Aggregate, current = aggregateOf(week('1.2', '100'))) =>
    compute(current, { previous: [previous] });

  it('is the difference over the earlier value', () => {
    const result = against(aggregateOf(week('1', '100')));
    expect(result).toMatchObject({ change: '0.2', previous: { value: '10' } });
  });

  it('has the sign of the move beside a credit, and the size of the credit as its base', () => {
    expect(against(aggregateOf(week('-0.8', '100'))).change).toBe('2.5');
    const more = aggregateOf(week('-1.6', '100'));
    expect(against(aggregateOf(week('-0.8', '100')), more).change).toBe('-1');
  });

  it('is unknown where the coverage, or what is counted, differs', () => {
    const coverage = { expected: 7, present: 6, missing: [FIRST], completeThrough: null };
    expect(against(aggregateOf(week('1', '100'), { coverage })).change).toBeNull();
    expect(against(aggregateOf(week('1', '100'), { requestsAre: 'attempts' })).change).toBeNull();
  });

  it('is unknown where the earlier value is unknown or zero', () => {
    expect(against(aggregateOf(week('1', '0')))).toMatchObject({
      change: null,
      previous: { value: null },
    });
    expect(against(aggregateOf(week('0', '100'))).change).toBeNull();
    expect(against(aggregateOf(week('1', '100')), aggregateOf(week('1', '0'))).change).toBeNull();
  });
});

describe('denominators (budgets.md 10.10)', () => {
  it('counts only what `where` allows, over cost of everything', () => {
    const narrowed = metric({
      denominator: { count: 'requests', where: { outcome: ['ok'] } },
      numerator: { cost: 'charged', include: ['usage'], where: { environment: ['production'] } },
    });
    expect(metricRequest(narrowed)).toEqual([
      {
        measures: ['chargedCost'],
        by: [],
        filter: { environment: ['production'] },
        include: ['usage'],
      },
      {
        measures: ['requests'],
        by: [],
        filter: { environment: ['production'], outcome: ['ok'] },
        include: [],
      },
    ]);
    const cost = aggregateOf([[known('10'), known('100')]]);
    const ok = aggregateOf([[null, known('80')]], {
      exports: ['app'],
      coverage: {
        expected: 7,
        present: 6,
        missing: [FIRST],
        completeThrough: PERIOD.start,
      },
    });
    expect(compute(cost, { metric: narrowed, current: [cost, ok] })).toMatchObject({
      outcome: 'pass',
      value: '125',
      exports: ['app', 'quota'],
      coverage: { present: 6, missing: ['2026-11-16'], completeThrough: PERIOD.start },
    });
    const endless = { ...ok, coverage: { ...ok.coverage, completeThrough: null } };
    for (const current of [
      [cost, endless],
      [{ ...endless, ...cost, coverage: endless.coverage }, ok],
    ]) {
      const { coverage } = compute(cost, { metric: narrowed, current });
      expect(coverage.completeThrough).toBeNull();
    }
    const earlier = compute(cost, { metric: narrowed, current: [ok, cost] });
    expect(earlier.coverage.completeThrough).toBe(PERIOD.start);
    const second = addDays(FIRST, 1);
    const other = { ...cost, coverage: { ...ok.coverage, missing: [second] } };
    // Each half lacks a day of its own: five days have both.
    expect(compute(cost, { metric: narrowed, current: [other, ok] }).coverage).toMatchObject({
      present: 5,
      missing: [FIRST, second],
    });
  });

  it.each(['attempts', 'operations', 'tokens'] as const)('labels %s as what they are', (count) => {
    const cost = aggregateOf([[known('10'), null]]);
    const measures = { ...cost.total.measures, [count]: known('4') };
    const current = [{ ...cost, days: cost.days.map((one) => ({ ...one, measures })) }];
    const counting = metric({ denominator: { count }, scale: 1 });
    expect(
      computeMetric({ metric: counting, currency: 'USD', current, previous: null }),
    ).toMatchObject({ counted: count, value: '2.5', outcome: 'pass' });
    expect(metricRequest(counting)[0]?.measures).toEqual(['chargedCost', count]);
  });

  it('knows nothing where an answer lacks the measures it was asked for', () => {
    const seats = metric({ denominator: { count: 'seats' } });
    const bare = aggregateOf([[known('1'), null]], { total: { group: {}, measures: {} } });
    expect(compute(bare, { metric: seats })).toMatchObject({
      reasons: ['numerator-missing', 'denominator-missing'],
      missing: ['export:quota'],
    });
    const nameless = { ...bare, exports: [] };
    expect(compute(nameless, { metric: seats }).missing).toEqual(['metric:cost-per-1k-requests']);
  });

  it('asks one question where both halves look at the same records', () => {
    expect(metricRequest(metric())).toEqual([
      {
        measures: ['chargedCost', 'requests'],
        by: [],
        filter: {},
        include: ['usage', 'adjustment'],
      },
    ]);
  });

  it('takes seats of the whole period: one seat on two days is one seat', () => {
    const seats = metric({ denominator: { count: 'seats' }, scale: 1 });
    const aggregate = aggregateOf(week('10', '5'));
    const withSeats = {
      ...aggregate,
      total: {
        group: {},
        measures: { ...aggregate.total.measures, seats: known('14', 7) },
      },
    };
    expect(compute(withSeats, { metric: seats })).toMatchObject({
      outcome: 'pass',
      value: '5',
      counted: 'seats',
    });
    expect(compute(aggregate, { metric: seats }).reasons).toEqual(['denominator-missing']);
  });

  it('counts named workloads, and is inconclusive where much is in none', () => {
    const perWorkload = metric({ denominator: { count: 'workloads' }, scale: 1 });
    expect(metricRequest(perWorkload)[0]?.by).toEqual(['workload']);
    const row = (workload: string | null) => ({ group: { workload }, measures: {} });
    const days = week('10', '5');
    const named = aggregateOf(days, { rows: [row('search'), row('support-bot')] });
    expect(compute(named, { metric: perWorkload })).toMatchObject({ outcome: 'pass', value: '35' });
    const partly = aggregateOf(days, {
      rows: [row('search'), row('unallocated/no-rule'), row(null)],
    });
    expect(compute(partly, { metric: perWorkload })).toMatchObject({
      reasons: ['denominator-missing'],
      denominator: { value: '1', knownRows: 1, totalRows: 3 },
    });
    expect(
      compute(aggregateOf(days, { rows: [row(null)] }), { metric: perWorkload }).value,
    ).toBeNull();
    const narrowed = { count: 'workloads' as const, where: { environment: ['production'] } };
    expect(metricRequest(metric({ denominator: narrowed }))[1]).toMatchObject({
      by: ['workload'],
      measures: ['chargedCost'],
    });
  });

  const seatsMetric = metric({ denominator: { series: 'active-seats' }, scale: 1 });
  const seat = (offset: number, amount: string) => ({
    date: addDays(FIRST, offset),
    amount: decimal(amount),
  });

  it('asks for cost alone where the units are a series', () => {
    expect(metricRequest(seatsMetric)).toMatchObject([{ measures: ['chargedCost'] }]);
  });

  it('averages a stock over the dates inside the period, or takes the last', () => {
    const days = [seat(3, '14'), seat(0, '8'), seat(0, '2'), seat(7, '9999'), seat(-1, '9999')];
    const stock = (kind: 'average' | 'last') =>
      compute(aggregateOf(week('12', '1')), {
        metric: seatsMetric,
        series: { id: 'active-seats', stock: kind, days },
      });
    expect(stock('average')).toMatchObject({ value: '7', counted: 'series', outcome: 'pass' });
    expect(stock('last').value).toBe('6');
  });

  it('knows no stock without an amount inside the period', () => {
    for (const stock of ['average', 'last'] as const) {
      const series = { id: 'active-seats', stock, days: [seat(-1, '9999')] };
      const result = compute(aggregateOf(week('12', '1')), { metric: seatsMetric, series });
      expect(result).toMatchObject({ value: null, reasons: ['denominator-missing'] });
    }
  });

  it('adds up a flow day by day', () => {
    const series = { id: 'active-seats', days: [seat(0, '4'), seat(1, '6')] };
    const result = compute(aggregateOf(week('5', '1').slice(0, 2)), {
      metric: seatsMetric,
      series,
    });
    expect(result).toMatchObject({ value: '1', outcome: 'pass' });
  });

  it('names the series that is missing, or that has a negative amount', () => {
    const missing = { reasons: ['denominator-missing'], missing: ['series:active-seats'] };
    const aggregate = aggregateOf(week('5', '1'));
    expect(compute(aggregate, { metric: seatsMetric })).toMatchObject(missing);
    const negative = { id: 'active-seats', stock: 'last' as const, days: [seat(0, '-1')] };
    expect(compute(aggregate, { metric: seatsMetric, series: negative })).toMatchObject({
      ...missing,
      value: null,
    });
  });
});

const amounts = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const units = fc.integer({ min: 0, max: 1_000_000 });
const day = fc
  .tuple(fc.option(amounts), fc.option(units, { freq: 9 }))
  .map(([cost, count]): Day => [
    cost === null ? UNKNOWN : { value: fromAtto(cost), knownRows: 1, totalRows: 1 },
    count === null ? UNKNOWN : known(String(count)),
  ]);
const someDays = fc.array(day, { minLength: 1, maxLength: 20 });

describe('laws', () => {
  it('makes nothing of the order of days', () => {
    fc.assert(
      fc.property(someDays, (days) => {
        const forward = aggregateOf(days);
        const backward = { ...forward, days: forward.days.toReversed() };
        expect(compute(backward)).toEqual(compute(forward));
      }),
    );
  });

  it('makes ten times the cost ten times the value, up to its rounding', () => {
    fc.assert(
      fc.property(someDays, (days) => {
        const once = compute(aggregateOf(days));
        const often = compute(aggregateOf(days.map(tenfold)));
        expect(often.reasons).toEqual(once.reasons);
        expect(often.value === null).toBe(once.value === null);
        const off = decimal(often.value ?? '0') - decimal(once.value ?? '0') * 10n;
        expect(off <= 5n && off >= -5n).toBe(true);
      }),
    );
  });

  it('gives back the cost as value × units: a ratio of sums', () => {
    const pairs = fc.array(fc.tuple(amounts, fc.integer({ min: 1, max: 999 })), { minLength: 1 });
    fc.assert(
      fc.property(pairs, (all) => {
        const days = all.map(([cost, count]): Day => [
          { value: fromAtto(cost), knownRows: 1, totalRows: 1 },
          known(String(count)),
        ]);
        const result = compute(aggregateOf(days), { metric: metric({ scale: 1 }) });
        const cost = all.reduce((sum, pair) => sum + pair[0], 0n);
        const count = all.reduce((sum, pair) => sum + BigInt(pair[1]), 0n);
        expect(result.numerator.value).toBe(formatDecimal(fromAtto(cost)));
        const off = decimal(result.value ?? 'none') * count - cost;
        expect(2n * (off < 0n ? -off : off) <= count).toBe(true);
      }),
    );
  });
});

function tenfold([cost, count]: Day): Day {
  if (cost === null || cost.value === null) return [cost, count];
  return [{ ...cost, value: fromAtto(cost.value * 10n) }, count];
}
