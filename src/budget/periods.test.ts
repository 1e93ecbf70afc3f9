import { describe, expect, it } from 'vitest';
import { type Instant, parseInstant, type Period, periodAt } from '../core/index.ts';
import type { PlanBudget } from '../plan/index.ts';
import { budgetPeriods, budgetRequest } from './periods.ts';

function at(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new Error(text);
  return instant;
}

const BUDGET: PlanBudget = {
  id: 'monthly',
  title: 'Monthly',
  owner: 'finops',
  scope: {},
  cost: { basis: 'charged', include: ['usage', 'credit'] },
  period: { every: 'month' },
  amount: '1200.00',
  rules: [],
};

describe('budgetPeriods', () => {
  const week = (start: string): Period => periodAt('week', at(start), 'Europe/Berlin');
  const plan = { timezone: 'Europe/Berlin' };
  const starts = (change: Partial<PlanBudget>, covered: Period, now: string) =>
    budgetPeriods({ ...BUDGET, ...change }, plan, covered, at(now)).map(({ start }) => start);

  it('judges every calendar period that the covered week touches, and the current one', () => {
    const covered = week('2026-11-30T12:00:00Z');
    expect(starts({}, covered, '2026-12-07T08:00:00Z')).toEqual([
      '2026-10-31T23:00:00Z',
      '2026-11-30T23:00:00Z',
    ]);
    expect(starts({ period: { every: 'week' } }, covered, '2026-12-07T08:00:00Z')).toEqual([
      '2026-11-29T23:00:00Z',
      '2026-12-06T23:00:00Z',
    ]);
    expect(starts({ period: { every: 'day' } }, covered, '2026-12-07T08:00:00Z')).toHaveLength(8);
  });

  it('names a period once when it is both touched and current', () => {
    expect(starts({}, week('2026-11-18T12:00:00Z'), '2026-11-23T08:00:00Z')).toEqual([
      '2026-10-31T23:00:00Z',
    ]);
  });

  it("cuts at midnights of the budget's own zone", () => {
    const period = { every: 'month', zone: 'UTC' } as const;
    expect(starts({ period }, week('2026-11-18T12:00:00Z'), '2026-11-23T08:00:00Z')).toEqual([
      '2026-11-01T00:00:00Z',
    ]);
  });

  it('judges a dated budget while it runs or when the review touches it', () => {
    const period = { from: '2026-11-01', until: '2026-12-01' };
    const covered = week('2026-11-18T12:00:00Z');
    const later = week('2027-02-03T12:00:00Z');
    expect(starts({ period }, covered, '2027-01-01T00:00:00Z')).toHaveLength(1);
    expect(starts({ period }, later, '2026-11-05T00:00:00Z')).toHaveLength(1);
    expect(starts({ period }, later, '2027-02-08T00:00:00Z')).toEqual([]);
    const backwards = { from: '2026-12-01', until: '2026-11-01' };
    expect(starts({ period: backwards }, covered, '2026-11-20T00:00:00Z')).toEqual([]);
    expect(starts({ period: { from: 'x', until: 'y' } }, covered, '2026-11-20T00:00:00Z')).toEqual(
      [],
    );
  });

  it('asks for the cost of the scope, by the charge categories that count', () => {
    expect(budgetRequest({ ...BUDGET, scope: { environment: ['production'] } })).toEqual({
      measures: ['chargedCost'],
      by: [],
      filter: { environment: ['production'] },
      include: ['usage', 'credit'],
    });
  });
});
