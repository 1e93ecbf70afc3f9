import { describe, expect, it } from 'vitest';
import { addDays, decimal } from '../core/index.ts';
import { budgetOutlook } from './history.ts';
import type { BudgetInput, BudgetResult } from './judge.ts';
import { budgetMemory } from './memory.ts';
import {
  aggregateOf,
  at,
  bad,
  budget,
  FAST,
  history,
  judge,
  NOVEMBER,
  NOW,
  on,
  states,
  sum,
  WILL_PASS,
} from './testing.ts';

describe('forecast', () => {
  const forecasting = budget({ rules: [WILL_PASS] });

  it('is a run rate, labelled so and judged by no rule, before fourteen days are known', () => {
    // 22 of 30 days.
    expect(judge({ budget: forecasting, spend: sum('660') })).toMatchObject({
      verdict: 'ok',
      forecast: { method: 'run-rate', total: '900' },
      rules: [{ state: 'unknown' }],
      notJudged: [{ rule: 'will-pass', basis: 'forecast', why: 'short-history' }],
    });
    expect(judge({ spend: sum('660'), ...history(13, '30') }).forecast?.method).toBe('run-rate');
  });

  it('is exact for a constant spend, with its own back-test', () => {
    expect(judge({ spend: sum('660'), ...history(90, '30') }).forecast).toEqual({
      method: 'pool',
      total: '900',
      low: '900',
      high: '900',
      chance: '0',
      expectedOn: null,
      likelyOn: null,
      confidence: 'normal',
      days: 90,
      events: '0',
      test: { origins: 9, wape: '0', mase: null, bias: '0', coverage: null },
    });
  });

  it('fires at its probability, names the day the amount is reached, and leaves the verdict ok', () => {
    const found = judge({ budget: forecasting, spend: sum('880'), ...history(90, '40') });
    expect(found).toMatchObject({
      verdict: 'ok',
      reasons: ['forecast-over'],
      missing: [],
      rules: [{ rule: 'will-pass', at: '1', state: 'crossed' }],
      alerts: [{ rules: ['will-pass'] }],
      forecast: { chance: '1', expectedOn: '2026-11-30', likelyOn: '2026-11-30' },
    });
    expect(judge({ budget: forecasting, ...history(90, '39') }).alerts).toEqual([]);
  });

  it('stays quiet below the minimum amount', () => {
    const small = budget({ amount: '10', rules: [{ ...WILL_PASS, minAmount: '20.00' }] });
    const of = (spend: string) => judge({ budget: small, spend: sum(spend), ...history(90, '1') });
    expect(states(of('9'))).toEqual(['below']);
    expect(states(of('15'))).toEqual(['crossed']);
  });

  it('waits until it held on as many different data as `hold` says', () => {
    const patient = budget({ rules: [{ ...WILL_PASS, hold: 2 }] });
    const of = (data: readonly string[]): BudgetResult =>
      judge({
        budget: patient,
        spend: sum('880'),
        ...history(90, '40'),
        memory: (amount, now) =>
          budgetMemory(
            {
              events: [],
              verdicts: data.map((one) => ({
                budget: 'monthly',
                period: NOVEMBER,
                data: one === 'same' ? now : one,
                rules: [{ rule: 'will-pass', state: 'pending' }],
              })),
            },
            { budget: 'monthly', period: NOVEMBER },
            { amount, data: now },
          ),
      });
    expect(of([])).toMatchObject({ rules: [{ state: 'pending' }], alerts: [] });
    expect(of(['same', 'same'])).toMatchObject({ rules: [{ state: 'pending' }], alerts: [] });
    expect(of(['other'])).toMatchObject({ rules: [{ state: 'crossed' }], alerts: [{}] });
  });

  it('counts data in a row only: a time below in between starts anew', () => {
    const patient = budget({ rules: [{ ...WILL_PASS, hold: 2 }] });
    const verdicts = (['pending', 'below'] as const).map((state) => ({
      budget: 'monthly',
      period: NOVEMBER,
      data: state,
      rules: [{ rule: 'will-pass', state }],
    }));
    const of = { budget: 'monthly', period: NOVEMBER };
    const result = judge({
      budget: patient,
      spend: sum('880'),
      ...history(90, '40'),
      memory: (amount, data) => budgetMemory({ events: [], verdicts }, of, { amount, data }),
    });
    expect(result).toMatchObject({ rules: [{ state: 'pending' }], alerts: [] });
  });

  it('is shown and not judged where it is no better than last week again, in a band wider than 0.6 of the amount', () => {
    const { outlook } = history(90, '40');
    const forecast = outlook?.forecast ?? bad('no forecast');
    const of = (mase: number, width: number): BudgetResult =>
      judge({
        budget: forecasting,
        spend: sum('880'),
        outlook: {
          ...(outlook ?? bad('no outlook')),
          forecast: {
            ...forecast,
            backTest: { ...forecast.backTest, mase },
            band: [320, 320, 320 + width],
          },
        },
      });
    expect(of(1, 721)).toMatchObject({
      forecast: { high: '1921' },
      rules: [{ state: 'unknown' }],
      notJudged: [{ rule: 'will-pass', why: 'forecast-poor' }],
      resolutions: [],
    });
    expect(states(of(1, 720))).toEqual(['crossed']);
    expect(states(of(0.99, 9000))).toEqual(['crossed']);
  });

  it('adds what the plan expects to happen, apart from the baseline', () => {
    const events = [{ from: '2026-11-25', until: '2026-11-27', delta: '+50%', reason: 'launch' }];
    const days = Array.from({ length: 90 }, (_, index) => ({
      date: addDays(on('2026-11-23'), index - 90),
      measures: { chargedCost: sum('30', 1) },
    }));
    const answer = aggregateOf(sum('0'), { days });
    const outlook = budgetOutlook({ ...budget(), events }, NOVEMBER, answer, { now: NOW });
    expect(judge({ spend: sum('660'), outlook }).forecast).toMatchObject({
      total: '930',
      events: '30',
    });
  });

  it('says nothing of a period that is over', () => {
    const december = at('2026-12-02T08:00:00Z');
    const coverage = { expected: 30, present: 30, missing: [], completeThrough: december };
    const result = judge({ budget: forecasting, now: december, answer: { coverage } });
    expect(result).toMatchObject({
      forecast: null,
      final: true,
      asOf: december,
      notJudged: [],
      rules: [{ state: 'unknown' }],
    });
  });

  it('is a run rate for a negative spend too', () => {
    expect(judge({ spend: sum('-22') }).forecast?.total).toBe('-30');
  });
});

describe('burn', () => {
  const burning = budget({ rules: [FAST] });
  const steady = Array.from({ length: 83 }, () => '40');

  const of = (last: readonly string[], change: Partial<BudgetInput> = {}): BudgetResult => {
    const spends = [...steady, ...last];
    const days = spends.map((each, index) => ({
      date: addDays(on('2026-11-23'), index - spends.length),
      measures: { chargedCost: each === '?' ? sum(null, 0, 1) : sum(each, 1) },
    }));
    const answer = aggregateOf(sum('0'), { days });
    return judge({
      budget: burning,
      spend: sum('880'),
      outlook: budgetOutlook(budget(), NOVEMBER, answer, { now: NOW }),
      ...change,
    });
  };

  describe('in windows of hours', () => {
    // 1,200 a month of 30 days is 1.6667 an hour: 14.4 times that is 2 % of the amount, 24.
    const windows = [{ long: '1h', rate: 14.4 }] as const;
    const hourly = budget({ rules: [{ ...FAST, windows }] });
    const inHour = (spend: string | null, end = '2026-11-23T08:00:00Z') =>
      states(
        of(['40', '40', '40', '40', '40', '40', '40'], {
          budget: hourly,
          hours: { end: at(end), spend: new Map([[1, spend === null ? null : decimal(spend)]]) },
        }),
      );

    it('fires on 2 % of the amount in an hour, exactly', () => {
      expect(inHour('24')).toEqual(['crossed']);
      expect(inHour('23.99')).toEqual(['below']);
    });

    it('is not judged on an hour that is older than the window, unknown, or of another period', () => {
      // NOW is 08:00.
      expect(inHour('500', '2026-11-23T07:00:00Z')).toEqual(['unknown']);
      expect(inHour(null)).toEqual(['unknown']);
      const first = of([], {
        budget: hourly,
        now: at('2026-11-01T00:30:00Z'),
        hours: { end: at('2026-11-01T00:00:00Z'), spend: new Map([[1, decimal('500')]]) },
      });
      expect(states(first)).toEqual(['unknown']);
    });

    it('is not judged where the exports tell no hours, and days still are', () => {
      const both = budget({
        rules: [{ ...FAST, windows: [...windows, { long: '1d', rate: 3 }] }],
      });
      expect(states(of(['200'], { budget: both }))).toEqual(['crossed']);
      expect(states(of(['200'], { budget: hourly }))).toEqual(['unknown']);
    });
  });

  it('is silent at the pace that spends exactly the amount', () => {
    expect(states(of(['40', '40', '40', '40', '40', '40', '40']))).toEqual(['below']);
  });

  it('fires on a day that takes a tenth of the month, and on three days of half again as much', () => {
    const day = of(['40', '40', '40', '40', '40', '40', '200']);
    expect(day).toMatchObject({ verdict: 'ok', reasons: ['burn-fast'], alerts: [{}] });
    expect(states(of(['40', '40', '40', '40', '75', '75', '75']))).toEqual(['crossed']);
  });

  it('ends when the last day is back at its pace', () => {
    expect(states(of(['40', '40', '40', '40', '75', '75', '40']))).toEqual(['below']);
  });

  it('stays quiet below the minimum amount', () => {
    const small = budget({ rules: [{ ...FAST, minAmount: '2000' }] });
    const last = ['40', '40', '40', '40', '40', '40', '200'];
    expect(states(of(last, { budget: small }))).toEqual(['below']);
  });

  it('looks at no days of the period before: windows that are longer than it is old are not judged', () => {
    const second = { now: at('2026-11-02T08:00:00Z'), days: on('2026-11-02') };
    const windows = [{ long: '3d', rate: 1 }] as const;
    const both = budget({ rules: [{ ...FAST, windows: [...windows, { long: '1d', rate: 3 }] }] });
    const days = Array.from({ length: 60 }, (_, index) => ({
      date: addDays(second.days, index - 60),
      measures: { chargedCost: sum('400', 1) },
    }));
    const outlook = budgetOutlook(budget(), NOVEMBER, aggregateOf(sum('0'), { days }), second);
    const of = (rules: typeof both) =>
      states(judge({ budget: rules, spend: sum('400'), outlook, now: second.now }));
    expect(of(both)).toEqual(['crossed']);
    expect(of(budget({ rules: [{ ...FAST, windows }] }))).toEqual(['unknown']);
  });

  it('is not judged before the weekdays are known, and says so', () => {
    const result = judge({ budget: burning, spend: sum('880'), ...history(13, '400') });
    expect(result).toMatchObject({
      rules: [{ state: 'unknown' }],
      notJudged: [{ rule: 'fast', basis: 'burn', why: 'short-history' }],
    });
  });

  it('is unknown, not low, where the newest day is', () => {
    expect(states(of(['40', '40', '40', '40', '40', '200', '?']))).toEqual(['unknown']);
  });
});

describe('below', () => {
  const unused = budget({ rules: [{ id: 'unused', basis: 'below', at: 0.3, severity: 'info' }] });
  const whole = { expected: 30, present: 30, missing: [], completeThrough: NOVEMBER.end };

  it('is told once the period is over and whole, and leaves the verdict ok', () => {
    expect(states(judge({ budget: unused }))).toEqual(['unknown']);
    const ended = { budget: unused, now: NOVEMBER.end, answer: { coverage: whole } };
    expect(judge({ ...ended, spend: sum('359.99') })).toMatchObject({
      verdict: 'ok',
      reasons: ['underspent'],
      alerts: [{ rules: ['unused'], severity: 'info' }],
    });
    expect(states(judge({ ...ended, spend: sum('360') }))).toEqual(['below']);
  });
});

describe('the first day whose data is not whole', () => {
  const untilOf = (completeThrough: string | null, lag = '0s') =>
    budgetOutlook(
      { ...budget(), lag },
      NOVEMBER,
      aggregateOf(sum('0'), {
        coverage: {
          expected: 22,
          present: 22,
          missing: [],
          completeThrough: completeThrough === null ? null : at(completeThrough),
        },
      }),
      { now: NOW },
    ).until;

  it('is the one that the data reaches into, or `lag` before it', () => {
    expect(untilOf('2026-11-20T12:00:00Z')).toBe('2026-11-20');
    expect(untilOf('2026-11-20T12:00:00Z', '2d')).toBe('2026-11-18');
  });

  it('is today at most, whatever the exports claim or do not say', () => {
    expect(untilOf('2026-11-30T00:00:00Z')).toBe('2026-11-23');
    expect(untilOf(null)).toBe('2026-11-23');
  });
});

describe('dated amounts', () => {
  const raised = budget({
    amounts: [{ from: '2026-11-15', amount: '1500.00', approvedBy: 'finance', reason: 'launch' }],
  });

  it('count from their day on for the whole period, and not before', () => {
    expect(judge({ budget: raised, spend: sum('1300') })).toMatchObject({
      amount: '1500.00',
      verdict: 'ok',
    });
    const early = at('2026-11-14T23:59:59Z');
    expect(judge({ budget: raised, spend: sum('1300'), now: early })).toMatchObject({
      amount: '1200.00',
      verdict: 'breached',
    });
  });

  it('are in force by their days, in whatever order they are written', () => {
    const revision = (from: string, amount: string) => ({
      from,
      amount,
      approvedBy: 'finance',
      reason: 'x',
    });
    const days = [revision('2026-11-15', '1500'), revision('2026-11-02', '1300')];
    const of = (amounts: typeof days) => judge({ budget: budget({ amounts }) }).amount;
    expect(of(days)).toBe('1500');
    expect(of(days.toReversed())).toBe('1500');
  });

  it('of a later period leave this one alone, whenever it is judged', () => {
    const next = budget({
      amounts: [{ from: '2026-12-01', amount: '9000', approvedBy: 'finance', reason: 'x' }],
    });
    expect(judge({ budget: next, now: at('2027-01-05T00:00:00Z') }).amount).toBe('1200.00');
  });
});
