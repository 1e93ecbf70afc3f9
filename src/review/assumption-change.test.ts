import { describe, expect, it } from 'vitest';
import { parsePlan, type Plan } from '../plan/index.ts';
import { TEST_ADAPTERS } from '../../test/fixtures/plan/adapters.ts';
import { assumptionChanges } from './assumption-change.ts';

const REVISION = '{ from: 2026-12-01, amount: "250", approvedBy: finops, reason: launch }';
const BUDGET = '{ id: monthly, amount: "100", assumption: unit-rate }';
const OTHER = '{ id: other, amount: "7" }';
const TWO = '[{ id: unit-rate, cites: [pricing] }, { id: more, cites: [pricing] }]';
const planOf = (
  budgets: readonly string[] = [BUDGET, OTHER],
  conversion = 'conversion: unit-rate',
  assumptions = '[{ id: unit-rate, cites: [pricing] }]',
): Plan => {
  const text = `version: 1
owner: finops
providers: [{ id: own, host: api.example }]
documents: [{ id: pricing, url: "https://docs.example/pricing", purpose: What it costs }]
assumptions: ${assumptions}
exports:
  - { id: quota, adapter: new-api-log, path: a.json, ${conversion}, approved: { by: finops, date: 2026-11-16, for: [budget-review] } }
budgets: [${budgets.join(', ')}]
`;
  const result = parsePlan(text, { file: 'plan', adapters: TEST_ADAPTERS });
  if (result.kind === 'bad') throw new Error(JSON.stringify(result.diagnostics));
  return result.plan;
};
const changesOf = (after: Plan, before = planOf()): readonly string[] =>
  assumptionChanges(before, after).flatMap(({ assumption, what, removed }) =>
    what.map((one) => `${assumption}: ${one}${removed ? ', removed' : ''}`),
  );

describe('a change of what numbers rest on', () => {
  it('is none where nothing that names the assumption differs', () => {
    expect(changesOf(planOf())).toEqual([]);
    expect(changesOf(planOf([BUDGET, OTHER.replace('7', '8')]))).toEqual([]);
    expect(changesOf(planOf([BUDGET.replace('id:', 'title: Renamed, id:'), OTHER]))).toEqual([]);
  });

  it.each([
    ['amount', BUDGET.replace('100', '200')],
    ['revision of the amount', BUDGET.replace('amount:', `amounts: [${REVISION}], amount:`)],
    ['scope', BUDGET.replace('amount:', 'scope: { model: [a] }, amount:')],
    ['exclusion', BUDGET.replace('amount:', 'exclude: { model: [a] }, amount:')],
    ['period', BUDGET.replace('amount:', 'period: { every: week }, amount:')],
    ['cost', BUDGET.replace('amount:', 'cost: { include: [usage] }, amount:')],
    ['assumption, which it no longer names', BUDGET.replace(', assumption: unit-rate', '')],
  ])('is a budget with another %s', (_, budget) => {
    expect(changesOf(planOf([budget, OTHER]))).toEqual(['unit-rate: budget monthly']);
  });

  it('is a budget that comes or goes, and a conversion that does', () => {
    expect(changesOf(planOf([OTHER]))).toEqual(['unit-rate: budget monthly']);
    expect(changesOf(planOf(), planOf([OTHER]))).toEqual(['unit-rate: budget monthly']);
    const with2 = (conversion: string) => planOf(undefined, `conversion: ${conversion}`, TWO);
    expect(changesOf(with2('more'), with2('unit-rate'))).toEqual([
      'more: conversion of quota',
      'unit-rate: conversion of quota',
    ]);
  });

  it('is another value or cite, and an assumption that comes or goes', () => {
    const cited = planOf(undefined, undefined, '[{ id: unit-rate, cites: ["pricing#terms"] }]');
    expect(changesOf(cited)).toEqual(['unit-rate: cites']);
    const added = planOf(undefined, undefined, TWO);
    expect(changesOf(added)).toEqual(['more: cites', 'more: the assumption itself']);
    expect(changesOf(planOf(), added)).toEqual([
      'more: cites, removed',
      'more: the assumption itself, removed',
    ]);
  });
});
