import { describe, expect, it } from 'vitest';
import {
  addDays,
  decimal,
  type Measured,
  parsePlainDate,
  periodOfDates,
  type PlainDate,
  wholeDecimal,
} from '../../core/index.ts';
import type { PlanMetric } from '../../plan/index.ts';
import type { Aggregate } from '../../usage/index.ts';
import type { MetricResult } from '../compute.ts';
import { effectRequest, explainChange } from './explain-change.ts';
import { moveFinding, outliersOf } from './findings.ts';

const FIRST = parsePlainDate('2026-11-16') ?? ('' as PlainDate);
const known = (value: string): Measured => ({ value: decimal(value), knownRows: 1, totalRows: 1 });

const metric = (change: Partial<PlanMetric> = {}): PlanMetric => ({
  id: 'm',
  kind: 'resource',
  owner: 'finops',
  numerator: { cost: 'charged', include: ['usage'] },
  denominator: { count: 'requests' },
  scale: 1,
  minDenominator: 0,
  compare: { to: 'previous' },
  ...change,
});

/** Day, model, cost, requests. */
type Line = readonly [number, string | null, string, string];

const answer = (lines: readonly Line[], change: Partial<Aggregate> = {}): Aggregate => ({
  period: periodOfDates(FIRST, addDays(FIRST, 7), 'UTC'),
  rows: lines.map(([day, model, cost, requests]) => ({
    group: { day: addDays(FIRST, day), model },
    measures: { chargedCost: known(cost), requests: known(requests) },
  })),
  total: { group: {}, measures: {} },
  days: [],
  coverage: { expected: 7, present: 7, missing: [], completeThrough: null },
  currencies: ['USD'],
  exports: ['app'],
  flags: [],
  requestsAre: 'operations',
  ...change,
});

describe('a metric that moved', () => {
  const result = (change: string | null) =>
    ({
      change,
      value: '1.2',
      previous: { value: '1' },
      denominator: { value: '30', knownRows: 1, totalRows: 1 },
      scale: 1,
    }) as unknown as MetricResult;
  const compare = (bounds: Partial<PlanMetric['compare']>, change: string | null = '0.2') =>
    moveFinding(metric({ compare: { to: 'previous', ...bounds } }), result(change));

  it('is a finding beyond the tolerance, in either direction, and not at it', () => {
    expect(compare({ tolerance: 0.15 })).toEqual(['metric-moved']);
    expect(compare({ tolerance: 0.15 }, '-0.2')).toEqual(['metric-moved']);
    expect(compare({ tolerance: 0.2 })).toEqual([]);
    // Finer than a decimal has digits.
    expect(compare({ tolerance: 1e-19 })).toEqual(['metric-moved']);
  });

  it('is none where the move costs less than the plan cares about: 0.2 × 30 = 6', () => {
    expect(compare({ tolerance: 0.15, minChange: '6.00' })).toEqual(['metric-moved']);
    expect(compare({ tolerance: 0.15, minChange: '6.01' })).toEqual([]);
    expect(compare({ minChange: '6.00' })).toEqual(['metric-moved']);
    const perThousand = { ...result('0.2'), scale: 1000 };
    const bounds = (minChange: string) => metric({ compare: { to: 'previous', minChange } });
    expect(moveFinding(bounds('0.006'), perThousand)).toEqual(['metric-moved']);
    expect(moveFinding(bounds('0.0061'), perThousand)).toEqual([]);
  });

  it('is none where nothing is asked for, or no change is known', () => {
    expect(compare({})).toEqual([]);
    expect(compare({ tolerance: 0.1 }, null)).toEqual([]);
  });
});

describe('a day far from its own median', () => {
  const sane = metric({ sanity: { timesOwnMedian: 20 } });
  const week = (odd: string): Aggregate =>
    answer([0, 1, 2, 3, 4].map((day) => [day, 'a', day === 4 ? odd : '2', '10'] as const));

  it('is found, with its model', () => {
    expect(outliersOf(sane, [week('41')], [])).toMatchObject([{ date: '2026-11-20', id: 'a' }]);
    expect(outliersOf(sane, [week('40')], [])).toEqual([]);
  });

  it('is not looked for among rates of two currencies', () => {
    const yen = answer([[0, 'a', '2', '10']], { currencies: ['JPY'] });
    expect(outliersOf(sane, [week('41')], [yen])).toEqual([]);
  });

  it('is not looked for without a bound, over too few days, or where a day has no units', () => {
    expect(outliersOf(metric(), [week('9990')], [])).toEqual([]);
    expect(outliersOf(sane, [answer([[0, 'a', '9990', '1']])], [])).toEqual([]);
    const idle = answer([0, 1, 2, 3, 4].map((day) => [day, 'a', '2', '0'] as const));
    expect(outliersOf(sane, [idle], [])).toEqual([]);
  });

  it('is not looked for where units do not add up over days, or an amount is unknown', () => {
    const by = (denominator: PlanMetric['denominator']) =>
      outliersOf({ ...sane, denominator }, [week('9990')], []);
    expect(by({ count: 'requests' })).toHaveLength(1);
    expect(by({ count: 'workloads' })).toEqual([]);
    expect(by({ series: 'tickets' })).toEqual([]);
    const odd = week('9990');
    const blank: Aggregate = {
      ...odd,
      rows: odd.rows.map((row, index) => (index === 4 ? { ...row, measures: {} } : row)),
    };
    expect(outliersOf(sane, [blank], [])).toEqual([]);
  });

  it('takes units from the answer that narrows them, and names what the export does not', () => {
    const cost = answer([0, 1, 2, 3, 4].map((day) => [day, null, '2', '10'] as const));
    const units = answer(
      [0, 1, 2, 3, 4].map((day) => [day, null, '2', day === 4 ? '0.1' : '10'] as const),
    );
    expect(outliersOf(sane, [cost, units], [])).toMatchObject([
      { date: '2026-11-20', id: '(not said)', units: decimal('0.1') },
    ]);
  });

  it('of the period before is no finding of this one, but counts for the median', () => {
    expect(outliersOf(sane, [answer([[0, 'a', '2', '10']])], [week('9990')])).toEqual([]);
    expect(outliersOf(sane, [answer([[0, 'a', '9990', '10']])], [week('2')])).toHaveLength(1);
  });
});

describe('an explained change', () => {
  const explain = (current: Aggregate, previous: Aggregate, of = metric()) =>
    explainChange({
      metric: of,
      by: 'model',
      currency: 'USD',
      current: [current],
      previous: [previous],
    });
  const now = answer([[0, 'a', '4', '2']]);
  const before = answer([[0, 'a', '2', '2']]);

  it('asks the questions of the metric by day and one thing more, where units add up', () => {
    expect(effectRequest(metric(), 'model')?.[0]?.by).toEqual(['day', 'model']);
    expect(effectRequest(metric({ denominator: { count: 'seats' } }), 'model')).toBeUndefined();
    expect(effectRequest(metric({ denominator: { series: 's' } }), 'model')).toBeUndefined();
  });

  it('is known where both periods are whole', () => {
    expect(explain(now, before)).toMatchObject({
      kind: 'known',
      effects: { change: wholeDecimal(2), price: wholeDecimal(2), mix: 0n },
    });
  });

  it('holds what came and what went, at its whole cost', () => {
    const found = explain(answer([[0, 'new', '3', '1']]), answer([[0, 'old', '2', '1']]));
    const change = found.kind === 'known' ? found.effects.change : null;
    expect(change).toBe(wholeDecimal(1));
  });

  it('takes cost and units from the answers that hold them', () => {
    const both = (cost: string, requests: string) => [
      answer([[0, 'a', cost, '99']]),
      answer([[0, 'a', '99', requests]]),
    ];
    const found = explainChange({
      metric: metric(),
      by: 'model',
      currency: 'USD',
      current: both('6', '2'),
      previous: both('3', '1'),
    });
    expect(found).toMatchObject({
      kind: 'known',
      effects: { change: wholeDecimal(3), volume: wholeDecimal(3), price: 0n },
    });
  });

  it('is unknown where days, rows, units, money or the things themselves are', () => {
    const reason = (current: Aggregate, previous: Aggregate) => {
      const found = explain(current, previous);
      return found.kind === 'unknown' ? found.reason : found.kind;
    };
    const short = { coverage: { expected: 7, present: 6, missing: [], completeThrough: null } };
    expect(reason(now, answer([[0, 'a', '2', '2']], short))).toBe('coverage-low');
    expect(reason(now, answer([]))).toBe('no-baseline');
    const inEuro = answer([[0, 'a', '4', '2']], { currencies: ['EUR'] });
    const mixed = answer([[0, 'a', '4', '2']], { currencies: ['EUR', 'USD'] });
    expect(reason(mixed, before)).toBe('currency-mixed');
    // Each period has one currency, and no price can be told from a rate of exchange.
    expect(reason(inEuro, before)).toBe('currency-mixed');
    expect(reason(inEuro, inEuro)).toBe('currency-mixed');
    expect(reason(answer([[0, null, '4', '2']]), answer([[0, '*', '2', '2']]))).toBe('not-covered');
    expect(reason(answer([[0, 'a', '4', '0']]), before)).toBe('denominator-zero');
    const unknown: Measured = { value: null, knownRows: 0, totalRows: 1 };
    const lacking = (name: 'chargedCost' | 'requests'): Aggregate => {
      const [row] = now.rows;
      return {
        ...now,
        rows: [{ group: row?.group ?? {}, measures: { ...row?.measures, [name]: unknown } }],
      };
    };
    expect(reason(lacking('chargedCost'), before)).toBe('numerator-missing');
    expect(reason(lacking('requests'), before)).toBe('denominator-missing');
  });
});
