import { describe, expect, it } from 'vitest';
import type { Plan, PlanBudget } from '../plan/index.ts';
import { budget, NOVEMBER } from '../budget/testing.ts';
import { decimal } from '../core/index.ts';
import { familyLines, overlaps } from './budget-family.ts';

const pairs = (...budgets: readonly Partial<PlanBudget>[]) =>
  overlaps({
    budgets: budgets.map((one, index) => budget({ id: `b${index}`, ...one })),
  } as unknown as Plan);

describe('a parent beside its parts', () => {
  const plan = {
    budgets: [
      budget({ id: 'all' }),
      budget({ id: 'a', parent: 'all' }),
      budget({ id: 'b', parent: 'all' }),
    ],
  } as unknown as Plan;
  const of = (spends: Readonly<Record<string, string | null>>) =>
    familyLines(
      plan,
      Object.entries(spends).map(([id, value]) => ({
        budget: id,
        period: NOVEMBER,
        spend: { value, knownRows: 1, totalRows: 1 },
      })),
    ).map(({ parent, parts, rest }) => [parent, parts.join(), rest]);

  it('is what is left of it', () => {
    expect(of({ all: '10', a: '3', b: '4.5' })).toEqual([['all', 'a,b', decimal('2.5')]]);
  });

  it.each([
    ['its own spend', { all: null, a: '3', b: '4' }],
    ['that of a part', { all: '10', a: '3', b: null }],
    ['a part that was not judged', { all: '10', a: '3' }],
  ])('leaves an unknown rest without %s', (_, spends) => {
    expect(of(spends)).toEqual([['all', 'a,b', null]]);
  });
});

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

  it('are not a part of a part and the whole', () => {
    const deep = { id: 'deep', parent: 'part' };
    expect(pairs({ id: 'all' }, { id: 'part', parent: 'all' }, deep)).toEqual([]);
    const aside = { id: 'aside', parent: 'all' };
    expect(pairs(deep, aside, { id: 'part', parent: 'all' }, { id: 'all' })).toEqual([
      ['deep', 'aside'],
      ['aside', 'part'],
    ]);
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
