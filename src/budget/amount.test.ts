import { describe, expect, it } from 'vitest';
import { addDays, datesOf, decimal, type PlainDate } from '../core/index.ts';
import { amountOf, type Drivers } from './amount.ts';
import { budgetOutlook } from './history.ts';
import { aggregateOf, at, budget, judge, NOVEMBER, NOW, on, STALE, sum } from './testing.ts';

const TICKETS = { unitMetric: 'cost-per-ticket', target: '0.12' };
const FIXED = budget({ amount: { ...TICKETS, quantity: 10_000 } });
const PLANNED = budget({ amount: { ...TICKETS, quantity: { series: 'planned-tickets' } } });
const METRICS = [{ id: 'cost-per-ticket', scale: 1 }];

const drivers = (
  rows: readonly (readonly [string, string])[],
  stock?: 'average' | 'last',
): Drivers => ({
  metrics: METRICS,
  series: [
    {
      id: 'planned-tickets',
      inputs: ['sha256:0'],
      ...(stock === undefined ? {} : { stock }),
      days: rows.map(([date, amount]) => ({ date: date as PlainDate, amount: decimal(amount) })),
    },
  ],
});

const everyDay = (amount: string): readonly (readonly [string, string])[] =>
  datesOf(NOVEMBER).map((date) => [date, amount]);

describe('amounts that follow from units at a unit cost', () => {
  it('multiplies the target by the quantity, exactly', () => {
    expect(amountOf(FIXED, NOVEMBER, NOW, drivers([]))).toStrictEqual({
      amount: '1200',
      approvedBy: null,
      driver: {
        metric: 'cost-per-ticket',
        target: '0.12',
        quantity: '10000',
        series: null,
        inputs: [],
      },
    });
  });

  it('divides by the scale of the metric that the target is a value of', () => {
    const known = { metrics: [{ id: 'cost-per-ticket', scale: 1000 }], series: [] };
    expect(amountOf(FIXED, NOVEMBER, NOW, known).amount).toBe('1.2');
  });

  it.each([
    [
      'one row dated the first day for the whole period',
      [['2026-11-01', '9000']],
      undefined,
      '1080',
    ],
    ['a row a day of a flow', everyDay('300'), undefined, '1080'],
    ['a row a day of an averaged stock', everyDay('300'), 'average', '36'],
    ['the last row of a stock', everyDay('250'), 'last', '30'],
  ] as const)('reads a quantity from %s', (_, rows, stock, amount) => {
    const known = drivers([['2026-10-31', '77'], ...rows], stock);
    expect(amountOf(PLANNED, NOVEMBER, NOW, known).amount).toBe(amount);
  });

  it.each([
    ['no row', []],
    ['a day without a row', everyDay('300').slice(1)],
    ['one row that is not the first day’s', [['2026-11-02', '9000']]],
  ] as const)('knows no amount from %s', (_, rows) => {
    expect(amountOf(PLANNED, NOVEMBER, NOW, drivers(rows)).amount).toBeNull();
  });

  it('knows no amount where the series was not read at all', () => {
    const known = { metrics: METRICS, series: [] };
    expect(amountOf(PLANNED, NOVEMBER, NOW, known)).toMatchObject({
      amount: null,
      driver: { quantity: null, series: 'planned-tickets', inputs: [] },
    });
  });

  it('takes a dated revision of the quantity with its approver', () => {
    const amount = { ...TICKETS, quantity: 20_000 };
    const revised = budget({
      ...FIXED,
      amounts: [{ from: '2026-11-15', amount, approvedBy: 'finance', reason: 'launch' }],
    });
    const found = amountOf(revised, NOVEMBER, NOW, drivers([]));
    expect(found).toMatchObject({ amount: '2400', approvedBy: 'finance' });
    expect(amountOf(revised, NOVEMBER, at('2026-11-14T00:00:00Z'), drivers([])).amount).toBe(
      '1200',
    );
  });
});

describe('a budget whose amount follows from a driver', () => {
  it('is forecast without a chance, and its unusual days are still named, when the quantity is not known', () => {
    const spends = [...Array.from({ length: 89 }, () => '30'), '300'];
    const days = spends.map((each, index) => ({
      date: addDays(on('2026-11-23'), index - spends.length),
      measures: { chargedCost: sum(each, 1) },
    }));
    const answer = aggregateOf(sum('0'), { days });
    const known = { now: NOW, drivers: drivers([]) };
    const outlook = budgetOutlook(PLANNED, NOVEMBER, answer, known);
    const result = judge({ budget: PLANNED, spend: sum('930'), outlook, drivers: drivers([]) });
    expect(result.forecast).toMatchObject({ method: 'pool', confidence: 'normal' });
    expect(result.forecast).not.toHaveProperty('chance');
    expect(result.anomalies).toMatchObject([{ date: '2026-11-22', value: '300', usual: '30' }]);
  });

  it('is judged at the boundary like any other', () => {
    const verdictAt = (spend: string) =>
      judge({ budget: FIXED, spend: sum(spend), drivers: drivers([]) }).verdict;
    expect(verdictAt('1199.99')).toBe('ok');
    expect(verdictAt('1200')).toBe('breached');
  });

  it('is inconclusive and names the series when the quantity is not known', () => {
    const result = judge({ budget: PLANNED, spend: sum('5000'), drivers: drivers([]) });
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['quantity-missing'],
      missing: ['series:planned-tickets'],
      amount: null,
      share: null,
      alerts: [],
    });
    expect(new Set(result.rules.map(({ state }) => state))).toStrictEqual(new Set(['unknown']));
  });

  it('still says that its data is stale when the quantity is not known', () => {
    const late = { ...aggregateOf(sum('5')).coverage, completeThrough: at('2026-11-20T00:00:00Z') };
    const { alerts } = judge({
      budget: { ...PLANNED, rules: [STALE] },
      answer: { coverage: late },
      drivers: drivers([]),
    });
    expect(alerts.map(({ rules }) => rules)).toStrictEqual([['stale']]);
  });
});
