import { describe, expect, it } from 'vitest';
import { Plan } from '../plan/schema/plan.ts';
import { planChanges } from './plan-changes.ts';

const base = {
  version: 1,
  owners: [{ id: 'owner', title: 'Owner', notify: [] }],
  providers: [],
  notify: [],
  documents: [],
  assumptions: [],
  metrics: [],
  budgets: [],
};
const planWith = (over: object = {}) => Plan.parse({ ...base, ...over });

describe('planChanges', () => {
  it('finds none in the same plan, and none in budgets, owners and channels', () => {
    expect(planChanges(planWith(), planWith())).toEqual([]);
    const other = planWith({
      owners: [{ id: 'owner', title: 'Somebody else', notify: ['a'] }],
      notify: [{ id: 'a', kind: 'file', path: 'outbox' }],
    });
    expect(planChanges(planWith(), other)).toEqual([]);
  });

  it.each([
    ['contract-change', { assumptions: [{ id: 'a', owner: 'owner' }] }],
    ['workload-expansion', { workloads: ['search'] }],
  ])('finds %s', (change, over) => {
    expect(planChanges(planWith(), planWith(over))).toEqual([change]);
  });
});
