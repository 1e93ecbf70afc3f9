import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  addDuration,
  decimal,
  formatDecimal,
  fromAtto,
  periodAt,
  type Instant,
  type Measured,
} from '../core/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import { alertDigest } from './alerts.ts';
import type { AlertEvent, FiredEvent } from './alert-state.ts';
import { type BudgetInput, judgeBudget } from './judge.ts';
import { budgetMemory, NO_MEMORY } from './memory.ts';
import {
  actual,
  aggregateOf,
  at,
  BLIND,
  budget,
  FAST,
  HALF,
  history,
  judge,
  NEAR,
  NOVEMBER,
  NOW,
  on,
  OVER,
  STALE,
  states,
  sum,
  THROUGH,
  WILL_PASS,
} from './testing.ts';

describe('thresholds on actual spend', () => {
  it.each([
    ['959.99', ['crossed', 'below', 'below'], 'ok'],
    ['960', ['crossed', 'crossed', 'below'], 'ok'],
    ['959.999999999999999999', ['crossed', 'below', 'below'], 'ok'],
    ['1199.999999999999999999', ['crossed', 'crossed', 'below'], 'ok'],
    ['1200', ['crossed', 'crossed', 'crossed'], 'breached'],
    ['-40', ['below', 'below', 'below'], 'ok'],
    ['0', ['below', 'below', 'below'], 'ok'],
  ])('judges a spend of %s of 1,200 exactly', (spend, expected, verdict) => {
    const result = judge({ spend: sum(spend) });
    expect(states(result)).toEqual(expected);
    expect(result.verdict).toBe(verdict);
  });

  it('decides 0.1 + 0.2 of 0.3 by integers', () => {
    const third = budget({ amount: '0.375', rules: [NEAR] });
    expect(states(judge({ budget: third, spend: sum('0.3') }))).toEqual(['crossed']);
    expect(states(judge({ budget: third, spend: sum('0.299999999999999999') }))).toEqual(['below']);
  });

  it('gives share and amount beside the spend', () => {
    expect(judge({ spend: sum('300') })).toMatchObject({
      budget: 'monthly',
      amount: '1200.00',
      share: '0.25',
      spend: { value: '300', knownRows: 22, totalRows: 22 },
      costBasis: 'charged',
      currency: 'USD',
      exports: ['quota'],
      rules: [
        { rule: 'half', basis: 'actual', at: '0.5', severity: 'info', state: 'below' },
        {},
        {},
      ],
    });
  });

  it('is breached at the whole amount even where no rule stands at 1.0', () => {
    const result = judge({ budget: budget({ rules: [HALF] }), spend: sum('1200') });
    expect(result).toMatchObject({ verdict: 'breached', reasons: ['budget-breached'] });
  });

  it('stays ok below the whole amount, although a critical threshold fires', () => {
    const early = budget({ rules: [actual('early', 0.1, 'critical')] });
    expect(judge({ budget: early, spend: sum('500') })).toMatchObject({
      verdict: 'ok',
      reasons: [],
      alerts: [{ rules: ['early'], severity: 'critical' }],
    });
  });

  it('has no share of an amount of zero: any spend breaches it, none does not', () => {
    const nothing = budget({ amount: '0' });
    expect(judge({ budget: nothing, spend: sum('0') })).toMatchObject({
      verdict: 'ok',
      share: null,
      alerts: [],
    });
    expect(judge({ budget: nothing, spend: sum('0.000001') }).verdict).toBe('breached');
    expect(judge({ budget: nothing, spend: sum('-5') }).verdict).toBe('ok');
  });
});

describe('what is not known', () => {
  it('is inconclusive without data, never ok', () => {
    const missing = [on('2026-11-01'), on('2026-11-02')];
    const result = judge({
      spend: sum(null, 0),
      answer: {
        exports: [],
        coverage: { expected: 2, present: 0, missing, completeThrough: null },
      },
    });
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['no-data'],
      missing: ['day:2026-11-01', 'day:2026-11-02'],
      asOf: NOW,
      share: null,
      forecast: null,
      alerts: [],
    });
    expect(states(result)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('has nothing to judge before the first day of a period has ended', () => {
    const coverage = { expected: 0, present: 0, missing: [], completeThrough: null };
    const input = {
      budget: budget(),
      currency: 'USD',
      period: NOVEMBER,
      now: NOW,
      memory: () => NO_MEMORY,
    };
    const nothing = aggregateOf(sum(null, 0), { coverage });
    expect(judgeBudget({ ...input, aggregate: nothing })).toBeUndefined();
    const already = aggregateOf(sum('1300', 4), { coverage });
    expect(judgeBudget({ ...input, aggregate: already })?.verdict).toBe('breached');
  });

  it('passes on the days that are present, where the plan demands no others', () => {
    const missing = [on('2026-11-01')];
    const coverage = { expected: 22, present: 21, missing, completeThrough: THROUGH };
    expect(judge({ answer: { coverage } })).toMatchObject({
      verdict: 'ok',
      reasons: [],
      coverage: { expected: 22, present: 21, missing: ['2026-11-01'] },
    });
  });

  it('breaches on the known part alone, and is inconclusive below it', () => {
    expect(judge({ spend: sum('1200', 1, 100) })).toMatchObject({
      verdict: 'breached',
      reasons: ['budget-breached', 'numerator-missing'],
      spend: { knownRows: 1, totalRows: 100 },
    });
    expect(judge({ spend: sum('1100', 1, 100) })).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['numerator-missing'],
      missing: ['export:quota'],
    });
  });

  it('tolerates one row in twenty of unknown cost, or what the plan says', () => {
    expect(judge({ spend: sum('1', 95, 100) }).verdict).toBe('ok');
    expect(judge({ spend: sum('1', 94, 100) }).verdict).toBe('inconclusive');
    const strict = budget({ unknownShareMax: 0 });
    expect(judge({ budget: strict, spend: sum('1', 99, 100) }).verdict).toBe('inconclusive');
    const lax = budget({ unknownShareMax: 0.5 });
    expect(judge({ budget: lax, spend: sum('1', 50, 100) }).verdict).toBe('ok');
  });

  it.each([
    [1e-7, 'inconclusive'],
    [0.003_333_333_333_333_333_5, 'ok'],
  ])(
    'reads a tolerance of %s, which has an exponent or many digits',
    (unknownShareMax, verdict) => {
      const spend = sum('100', 999, 1000);
      expect(judge({ budget: budget({ unknownShareMax }), spend }).verdict).toBe(verdict);
    },
  );

  it('does not tolerate few rows of unknown cost that hold many tokens', () => {
    const tokens = { known: decimal('10'), total: decimal('1000') };
    const spend = { ...sum('1', 99, 100), tokens };
    expect(judge({ spend })).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['numerator-missing'],
      spend: { knownRows: 99, totalRows: 100, tokens: { known: '10', total: '1000' } },
    });
    const most = { known: decimal('990'), total: decimal('1000') };
    expect(judge({ spend: { ...spend, tokens: most } }).verdict).toBe('ok');
  });

  it('takes measured days without a row as a spend of zero, and days nobody measured as unknown', () => {
    const dayWith = (chargedCost: Measured) => ({
      date: on('2026-11-01'),
      measures: { chargedCost },
    });
    const zero = sum('0', 0);
    const empty = { days: [dayWith(zero), dayWith(zero)] };
    expect(judge({ spend: sum(null, 0), answer: empty })).toMatchObject({
      verdict: 'ok',
      share: '0',
      spend: { value: '0', knownRows: 0, totalRows: 0 },
    });
    const partly = { days: [dayWith(zero), dayWith(sum(null, 0))] };
    expect(judge({ spend: sum(null, 0), answer: partly }).verdict).toBe('inconclusive');
  });

  it('is inconclusive where no row knows its cost', () => {
    expect(judge({ spend: sum(null, 0, 7) }).reasons).toEqual(['numerator-missing']);
    const result = judge({ answer: { total: { group: {}, measures: {} }, exports: [] } });
    expect(result).toMatchObject({ reasons: ['numerator-missing'], missing: ['budget:monthly'] });
  });

  it.each([[['EUR', 'USD']], [['EUR']]])(
    'never counts spend in %j as dollars (budgets.md 10.15)',
    (currencies) => {
      expect(judge({ spend: sum('5000'), answer: { currencies } })).toMatchObject({
        verdict: 'inconclusive',
        reasons: ['currency-mixed'],
        missing: ['export:quota'],
        spend: { value: null, knownRows: 0, totalRows: 22 },
        alerts: [],
      });
    },
  );
});

describe('rules on the evidence itself', () => {
  const watching = budget({ rules: [STALE, BLIND, FAST] });
  const written = { budget: watching };
  const implied = budget({ rules: watching.rules.map((rule) => ({ ...rule, implied: true })) });
  const late = {
    coverage: {
      expected: 22,
      present: 20,
      missing: [on('2026-11-21'), on('2026-11-22')],
      completeThrough: at('2026-11-21T00:00:00Z'),
    },
  };

  it('make the verdict inconclusive where the plan writes them out', () => {
    expect(judge({ ...written, answer: late })).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['coverage-low', 'usage-stale'],
      missing: ['day:2026-11-21', 'day:2026-11-22', 'export:quota'],
      alerts: [{ rules: ['blind', 'stale'], severity: 'warning' }],
      asOf: '2026-11-21T00:00:00Z',
    });
  });

  it('hide no breach', () => {
    expect(judge({ ...written, spend: sum('1200'), answer: late })).toMatchObject({
      verdict: 'breached',
      reasons: ['budget-breached', 'coverage-low', 'usage-stale'],
    });
  });

  it('alert where they are only implied, and leave the verdict alone', () => {
    const days = [{ date: on('2026-11-01'), measures: {} }];
    expect(judge({ budget: implied, answer: { ...late, days } })).toMatchObject({
      verdict: 'ok',
      reasons: [],
      missing: [],
      alerts: [{ rules: ['blind', 'stale'] }],
      notJudged: [{ rule: 'fast', basis: 'burn', why: 'short-history' }],
    });
  });

  it('take days before the first that anybody measured for no gap, where they are implied', () => {
    const days = [{ date: on('2026-11-22'), measures: {} }];
    const coverage = {
      expected: 22,
      present: 1,
      missing: [on('2026-11-03')],
      completeThrough: THROUGH,
    };
    expect(states(judge({ budget: implied, answer: { coverage, days } }))[1]).toBe('below');
    expect(states(judge({ budget: implied, answer: { coverage, days: [] } }))[1]).toBe('unknown');
  });

  it('are below while data is fresh and whole', () => {
    expect(states(judge(written))).toEqual(['below', 'below', 'unknown']);
  });

  it('accept data exactly as old as allowed, and not a second more', () => {
    const age = (now: Instant) => states(judge({ ...written, now }))[0];
    expect(age(addDuration(THROUGH, '36h'))).toBe('below');
    expect(age(addDuration(addDuration(THROUGH, '36h'), '1s'))).toBe('crossed');
  });

  it('measure a period that is over at its end', () => {
    const january = at('2027-01-20T00:00:00Z');
    const coverage = { expected: 30, present: 30, missing: [], completeThrough: NOVEMBER.end };
    expect(states(judge({ ...written, now: january, answer: { coverage } }))[0]).toBe('below');
  });

  it('know nothing of a period in which nothing is due', () => {
    const coverage = { expected: 0, present: 0, missing: [], completeThrough: null };
    const result = judge({ ...written, answer: { coverage } });
    expect(states(result)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(result.verdict).toBe('ok');
  });

  it('name the export where coverage is low and no day is named', () => {
    const coverage = { expected: 22, present: 20, missing: [], completeThrough: THROUGH };
    expect(judge({ ...written, answer: { coverage } }).missing).toEqual(['export:quota']);
  });
});

describe('final', () => {
  const after = { now: NOVEMBER.end, present: 30, through: NOVEMBER.end };
  it.each([
    ['not while the period runs', { now: NOW, present: 22, through: THROUGH }, false],
    ['not while data stops short', { ...after, through: at('2026-11-30T12:00:00Z') }, false],
    ['not while nothing says how far the data goes', { ...after, through: null }, false],
    ['not while a day is absent', { ...after, present: 29 }, false],
    ['once the period is over and whole', after, true],
  ])('%s', (_, { now, present, through }, expected) => {
    const expectedDays = now === NOW ? 22 : 30;
    const coverage = { expected: expectedDays, present, missing: [], completeThrough: through };
    expect(judge({ now, answer: { coverage } }).final).toBe(expected);
  });
});

describe('alerts', () => {
  it('make one alert of all thresholds that one import crosses (budgets.md 10.2)', () => {
    expect(judge({ spend: sum('1300') }).alerts).toEqual([
      {
        alert: alertDigest({ budget: 'monthly', rule: 'over', level: '1', round: 1 }, NOVEMBER),
        rules: ['over', 'near', 'half'],
        severity: 'critical',
      },
    ]);
  });

  /** The memory that a list of alerts and resolutions leaves, with the amount of now. */
  const after =
    (...events: readonly AlertEvent[]): BudgetInput['memory'] =>
    (amount, data) =>
      budgetMemory(
        { events, verdicts: [] },
        { budget: 'monthly', period: NOVEMBER },
        { amount, data },
      );
  const fired = (rules: readonly string[], change: Partial<FiredEvent> = {}): AlertEvent => ({
    kind: 'fired',
    alert: `a-${rules.join('-')}`,
    budget: 'monthly',
    rules,
    severity: 'info',
    amount: '1200.00',
    period: NOVEMBER,
    owner: 'finops',
    channels: [],
    at: NOW,
    ...change,
  });
  const resolved = (alert: string, rules: readonly string[]): AlertEvent => ({
    kind: 'resolved',
    alert,
    rules,
    because: 'cleared',
    at: NOW,
  });

  it('fire each threshold once a period', () => {
    const memory = after(fired(['half']));
    expect(judge({ spend: sum('700'), memory }).alerts).toEqual([]);
    expect(judge({ spend: sum('960'), memory }).alerts).toMatchObject([{ rules: ['near'] }]);
  });

  it('remember that budget and that period only', () => {
    const december = periodAt('month', NOVEMBER.end, 'UTC');
    const memory = after(
      fired(['half'], { period: december }),
      fired(['half'], { budget: 'other', alert: 'b' }),
    );
    expect(judge({ spend: sum('700'), memory }).alerts).toHaveLength(1);
    const of = { budget: 'monthly', rule: 'half', level: '0.5', round: 1 };
    expect(alertDigest(of, NOVEMBER)).not.toBe(alertDigest(of, december));
  });

  it('resolve once spend falls clearly below, not a cent earlier', () => {
    const memory = after(fired(['near']));
    expect(judge({ spend: sum('900'), memory }).resolutions).toEqual([]);
    expect(judge({ spend: sum('899.99'), memory }).resolutions).toEqual([
      { alert: 'a-near', rules: ['near'], because: 'cleared' },
    ]);
  });

  it('arm a threshold on spend again once, with a digest of its own (budgets.md 10.3)', () => {
    const again = judge({
      spend: sum('960'),
      memory: after(fired(['half']), fired(['near']), resolved('a-near', ['near'])),
    });
    const of = { budget: 'monthly', rule: 'near', level: '0.8', round: 2 };
    expect(again.alerts).toMatchObject([{ alert: alertDigest(of, NOVEMBER), rules: ['near'] }]);
    const third = after(
      fired(['half']),
      fired(['near']),
      resolved('a-near', ['near']),
      fired(['near'], { alert: 'second' }),
      resolved('second', ['near']),
    );
    expect(judge({ spend: sum('960'), memory: third }).alerts).toEqual([]);
  });

  it('resolve when the amount is raised, and fire again with the new one (budgets.md 10.4)', () => {
    const raised = budget({ amount: '2400.00' });
    const memory = after(fired(['over', 'near', 'half']));
    expect(judge({ budget: raised, spend: sum('1300'), memory }).resolutions).toEqual([
      { alert: 'a-over-near-half', rules: ['near', 'over'], because: 'amount-changed' },
    ]);
    const later = after(
      fired(['over', 'near', 'half']),
      resolved('a-over-near-half', ['near', 'over']),
    );
    expect(judge({ budget: raised, spend: sum('2400'), memory: later }).alerts).toMatchObject([
      { rules: ['over', 'near'] },
    ]);
  });

  it('resolve a threshold that is no higher than its distance once nothing is spent any more', () => {
    const low = budget({ rules: [actual('any', 0.05, 'info')] });
    const memory = after(fired(['any']));
    expect(judge({ budget: low, spend: sum('0.01'), memory }).resolutions).toEqual([]);
    expect(judge({ budget: low, spend: sum('-5'), memory }).resolutions).toHaveLength(1);
  });

  it('of an amount that is not known resolve as cleared while it is still not known', () => {
    const amount = { unitMetric: 'per-ticket', target: '1', quantity: { series: 'tickets' } };
    const unknown = { ...budget({ amount, rules: [STALE] }) };
    const memory = after(fired(['stale'], { amount: null }));
    const drivers = { metrics: [], series: [] };
    expect(judge({ budget: unknown, memory, drivers }).resolutions).toMatchObject([
      { because: 'cleared' },
    ]);
    expect(judge({ budget: budget({ rules: [STALE] }), memory }).resolutions).toMatchObject([
      { because: 'amount-changed' },
    ]);
  });

  it('keep a forecast that fired until its chance falls below the lower probability', () => {
    const forecasting = budget({ rules: [WILL_PASS] });
    const memory = after(fired(['will-pass']));
    const of = (each: string) =>
      judge({ budget: forecasting, spend: sum('880'), ...history(90, each), memory });
    expect(of('40')).toMatchObject({ rules: [{ state: 'crossed' }], alerts: [], resolutions: [] });
    expect(of('39')).toMatchObject({
      rules: [{ state: 'below' }],
      resolutions: [{ alert: 'a-will-pass', because: 'cleared' }],
    });
  });

  it('weigh severity, then actual before forecast, then the higher share, then the name', () => {
    const rules: readonly BudgetRule[] = [
      WILL_PASS,
      actual('b-low', 0.1, 'warning'),
      actual('a-low', 0.1, 'warning'),
      actual('high', 0.6, 'warning'),
      actual('info', 0.7, 'info'),
    ];
    const found = judge({ budget: budget({ rules }), spend: sum('900'), ...history(90, '40') });
    expect(found.alerts[0]?.rules).toEqual(['high', 'a-low', 'b-low', 'will-pass', 'info']);
    const old = (id: string): BudgetRule => ({
      id,
      basis: 'freshness',
      maxAge: '1h',
      severity: 'warning',
    });
    for (const ids of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const stale = judge({ budget: budget({ rules: ids.map(old) }) });
      expect(stale.alerts[0]?.rules).toEqual(['a', 'b']);
    }
  });
});

const spends = fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n });
const amounts = fc.bigInt({ min: 0n, max: 10n ** 22n });
const text = (atto: bigint): string => formatDecimal(fromAtto(atto));
const RANK = { below: 0, unknown: 0, pending: 0, crossed: 1 } as const;

describe('laws', () => {
  it('never lets more spend look better', () => {
    fc.assert(
      fc.property(
        spends,
        fc.bigInt({ min: 0n, max: 10n ** 21n }),
        amounts,
        (less, more, amount) => {
          const limit = budget({ amount: text(amount), rules: [HALF, NEAR, OVER, WILL_PASS] });
          const before = judge({ budget: limit, spend: sum(text(less)) });
          const after = judge({ budget: limit, spend: sum(text(less + more)) });
          if (before.verdict === 'breached') expect(after.verdict).toBe('breached');
          before.rules.forEach(({ state }, index) => {
            expect(RANK[after.rules[index]?.state ?? 'below']).toBeGreaterThanOrEqual(RANK[state]);
          });
        },
      ),
    );
  });

  it('makes nothing of the unit: a thousand times both changes no answer', () => {
    fc.assert(
      fc.property(spends, amounts, (spend, amount) => {
        const answer = (factor: bigint) => {
          const limit = budget({ amount: text(amount * factor) });
          const { verdict, rules, alerts } = judge({
            budget: limit,
            spend: sum(text(spend * factor)),
          });
          return { verdict, rules, alerts };
        };
        expect(answer(1000n)).toEqual(answer(1n));
      }),
    );
  });

  it('makes nothing of the order of rules', () => {
    const rules = [HALF, NEAR, OVER, WILL_PASS, STALE, BLIND, FAST];
    const shuffled = fc.shuffledSubarray(rules, { minLength: rules.length });
    fc.assert(
      fc.property(spends, shuffled, (spend, order) => {
        const one = judge({ budget: budget({ rules }), spend: sum(text(spend)) });
        const other = judge({ budget: budget({ rules: order }), spend: sum(text(spend)) });
        expect(other.verdict).toBe(one.verdict);
        expect(other.reasons).toEqual(one.reasons);
        expect(other.alerts).toEqual(one.alerts);
      }),
    );
  });
});
