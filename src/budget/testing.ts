import {
  addDays,
  decimal,
  type Instant,
  type Measured,
  parseInstant,
  parsePlainDate,
  periodAt,
  type PlainDate,
} from '../core/index.ts';
import type { BudgetRule, PlanBudget } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { budgetOutlook, historyPeriod } from './history.ts';
import { type BudgetInput, type BudgetResult, judgeBudget } from './judge.ts';
import { NO_MEMORY } from './memory.ts';

export const at = (text: string): Instant => parseInstant(text) ?? bad(text);
export const on = (text: string): PlainDate => parsePlainDate(text) ?? bad(text);
export function bad(text: string): never {
  throw new Error(text);
}

export const NOW = at('2026-11-23T08:00:00Z');
export const NOVEMBER = periodAt('month', NOW, 'UTC');
export const THROUGH = at('2026-11-23T00:00:00Z');

export const actual = (
  id: string,
  share: number,
  severity: BudgetRule['severity'],
): BudgetRule => ({
  id,
  basis: 'actual',
  at: share,
  severity,
});
export const HALF = actual('half', 0.5, 'info');
export const NEAR = actual('near', 0.8, 'warning');
export const OVER = actual('over', 1, 'critical');
export const WILL_PASS = {
  id: 'will-pass',
  basis: 'forecast',
  at: 1,
  fire: 0.8,
  clear: 0.5,
  severity: 'warning',
} as const satisfies BudgetRule;
export const STALE: BudgetRule = {
  id: 'stale',
  basis: 'freshness',
  maxAge: '36h',
  severity: 'warning',
};
export const BLIND: BudgetRule = { id: 'blind', basis: 'coverage', min: 0.98, severity: 'warning' };
export const FAST = {
  id: 'fast',
  basis: 'burn',
  severity: 'warning',
} as const satisfies BudgetRule;

export const budget = (change: Partial<PlanBudget> = {}): PlanBudget => ({
  id: 'monthly',
  title: 'Monthly',
  owner: 'finops',
  scope: {},
  cost: { basis: 'charged', include: ['usage', 'credit'] },
  period: { every: 'month' },
  amount: '1200.00',
  rules: [HALF, NEAR, OVER],
  ...change,
});

export const sum = (value: string | null, knownRows = 22, totalRows = knownRows): Measured => ({
  value: value === null ? null : decimal(value),
  knownRows,
  totalRows,
});

export function aggregateOf(spend: Measured, change: Partial<Aggregate> = {}): Aggregate {
  return {
    period: NOVEMBER,
    rows: [],
    total: { group: {}, measures: { chargedCost: spend } },
    days: [],
    coverage: { expected: 22, present: 22, missing: [], completeThrough: THROUGH },
    currencies: ['USD'],
    exports: ['quota'],
    flags: [],
    requestsAre: 'operations',
    ...change,
  };
}

export interface Case extends Partial<BudgetInput> {
  readonly spend?: Measured;
  readonly answer?: Partial<Aggregate>;
}

export function judge({ spend = sum('100'), answer, ...change }: Case = {}): BudgetResult {
  const result = judgeBudget({
    budget: budget(),
    currency: 'USD',
    period: NOVEMBER,
    aggregate: aggregateOf(spend, answer),
    now: NOW,
    memory: () => NO_MEMORY,
    ...change,
  });
  return result ?? bad('nothing to judge');
}

export const states = (result: BudgetResult): readonly string[] =>
  result.rules.map(({ state }) => state);

/** A history of so many days up to the newest whole day, each of the same spend. */
export const history = (count: number, each: string): Partial<BudgetInput> => {
  const days = Array.from({ length: count }, (_, index) => ({
    date: addDays(on('2026-11-23'), index - count),
    measures: { chargedCost: sum(each, 1) },
  }));
  const answer = aggregateOf(sum('0'), { days, period: historyPeriod(NOVEMBER) });
  return { outlook: budgetOutlook(budget(), NOVEMBER, answer, { now: NOW }) };
};
