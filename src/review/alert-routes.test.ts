import { describe, expect, it } from 'vitest';
import { Plan } from '../plan/schema/plan.ts';
import { alertOwner, alertRoutes } from './alert-routes.ts';

const planWith = (routes: object) =>
  Plan.parse({
    version: 1,
    owner: 'finops',
    owners: [
      { id: 'finops', title: 'FinOps', notify: ['b', 'a'] },
      { id: 'ops', title: 'Operators', notify: [] },
    ],
    providers: [],
    notify: [
      { id: 'a', kind: 'file', path: 'a' },
      { id: 'b', kind: 'file', path: 'b' },
    ],
    documents: [],
    assumptions: [],
    metrics: [],
    budgets: [{ id: 'monthly', title: 'All', owner: 'finops', amount: '1', rules: [] }],
    routes,
  });

describe('alertOwner', () => {
  it('sends missing and stale data to the role that runs the exports, and spend to the owner', () => {
    const plan = planWith({ noData: 'ops' });
    expect(alertOwner(plan, 'monthly', 'freshness')).toBe('ops');
    expect(alertOwner(plan, 'monthly', 'coverage')).toBe('ops');
    expect(alertOwner(plan, 'monthly', 'forecast')).toBe('finops');
  });

  it('sends it to the owner where the plan names no such role', () => {
    expect(alertOwner(planWith({}), 'monthly', 'freshness')).toBe('finops');
  });
});

describe('alertRoutes', () => {
  it('gives the channels of a role in the order of the plan; none for a role without', () => {
    const { channelsOf, fallbackOwner, escalationOf } = alertRoutes(planWith({}));
    expect([channelsOf('finops'), channelsOf('ops'), channelsOf('nobody')]).toEqual([
      ['a', 'b'],
      [],
      [],
    ]);
    expect([fallbackOwner, escalationOf('monthly'), escalationOf('none')]).toEqual([
      'finops',
      undefined,
      undefined,
    ]);
  });
});
