import { describe, expect, it } from 'vitest';
import type { Plan, PlanBudget } from '../plan/index.ts';
import { budget } from '../budget/testing.ts';
import { overlaps } from './budget-family.ts';

const pairs = (...budgets: readonly Partial<PlanBudget>[]) =>
  overlaps({
    budgets: budgets.map((one, index) => budget({ id: `b${index}`, ...one })),
  } as unknown as Plan);

describe('budgets that can count the same record', () => {
  it('are listed, once', () => {
    expect(pairs({}, { scope: { model: ['a'] } })).toEqual([['b0', 'b1']]);
    expect(pairs({ scope: { model: ['a', 'b'] } }, { scope: { key: ['k'] } })).toHaveLength(1);
  });

  it('are not those whose scopes have no value in common', () => {
    expect(pairs({ scope: { model: ['a'] } }, { scope: { model: ['b'] } })).toEqual([]);
  });

  it('are not a part and its parent', () => {
    expect(pairs({ id: 'all' }, { id: 'part', parent: 'all' })).toEqual([]);
  });

  it('are not one that leaves out what the other holds', () => {
    const rest = { exclude: { model: ['a', 'b'] } } as const;
    expect(pairs(rest, { scope: { model: ['a'] } })).toEqual([]);
    expect(pairs({ scope: { model: ['a'] } }, rest)).toEqual([]);
    // A record of model a under another key is left out by neither.
    const narrow = { exclude: { model: ['a'], key: ['k'] } } as const;
    expect(pairs(narrow, { scope: { model: ['a'] } })).toHaveLength(1);
    expect(pairs(rest, { scope: { model: ['a', 'c'] } })).toHaveLength(1);
  });
});
