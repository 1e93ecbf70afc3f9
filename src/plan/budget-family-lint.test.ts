import { describe, expect, it } from 'vitest';
import { planOf, readFixture, wordsOf } from '../../test/fixtures/plan/fixtures.ts';

/** The smallest plan with other budgets. */
const withBudgets = (budgets: string): string => {
  const text = readFixture('ok-small').replace(
    '  - { id: monthly, amount: "1200.00", at: [0.5, 0.8, 1.0] }',
    budgets,
  );
  expect(text).toContain(budgets);
  return text;
};

const codesOf = (budgets: string): readonly string[] => wordsOf(withBudgets(budgets));

describe('families of budgets', () => {
  it('warns of parts whose amounts sum to more than the whole', () => {
    expect(
      codesOf(`  - { id: all, amount: "100" }
  - { id: left, amount: "60", parent: all }
  - { id: right, amount: "41", parent: all }`),
    ).toContain('warning children-above-parent budgets[0].amount');
  });

  it('says nothing of parts that sum to the whole', () => {
    expect(
      codesOf(`  - { id: all, amount: "100" }
  - { id: left, amount: "60", parent: all }
  - { id: right, amount: "40", parent: all }`),
    ).toStrictEqual([]);
  });

  it('multiplies an amount by driver out', () => {
    const parts = (quantity: number) => `  - { id: all, amount: "100" }
  - id: left
    parent: all
    amount: { unitMetric: cost-per-1k-requests, target: "0.5", quantity: ${quantity} }`;
    expect(codesOf(parts(200_000))).toStrictEqual([]);
    expect(codesOf(parts(200_001))).toContain('warning children-above-parent budgets[0].amount');
  });

  it('multiplies by the scale of a metric of the plan', () => {
    const of = (scale: string, quantity: string) =>
      wordsOf(
        withBudgets(`  - { id: all, amount: "100" }
  - { id: left, parent: all, amount: { unitMetric: each, target: "0.5", quantity: ${quantity} } }`)
          .replace(
            '[cost-per-1k-requests]',
            '[{ id: each, denominator: { count: requests }, scale: 1 }]',
          )
          .replace('scale: 1 ', `scale: ${scale} `),
      );
    expect(of('1', '201')).toEqual(['warning children-above-parent budgets[0].amount']);
    expect(of('1000', '201')).toEqual([]);
    expect(of('1.5', '201')).toEqual(['error wrong-value metrics[0].scale']);
    expect(of('.inf', '201')).toEqual(['error wrong-value metrics[0].scale']);
    expect(of('1', '.nan')).toEqual(['error wrong-value budgets[1].amount.quantity']);
    expect(of('1', '2.5')).toEqual(['error wrong-value budgets[1].amount.quantity']);
  });

  it('counts no part whose quantity a series holds', () => {
    const series =
      'series: [{ id: seats, path: seats.csv, approved: { by: finops, date: 2026-11-23 } }]';
    const parts = (whole: string) =>
      wordsOf(
        `${withBudgets(`  - { id: all, amount: "${whole}" }
  - { id: left, amount: "60", parent: all }
  - { id: right, parent: all, amount: { unitMetric: cost-per-1k-requests, target: "1", quantity: { series: seats } } }`)}${series}\n`,
      );
    expect(parts('60')).toEqual([]);
    expect(parts('59')).toContain('warning children-above-parent budgets[0].amount');
  });

  it('refuses a budget that is a part of itself', () => {
    expect(
      codesOf(`  - { id: all, amount: "100", parent: left }
  - { id: left, amount: "60", parent: all }`),
    ).toContain('error budget-loop budgets[0].parent');
  });

  it('refuses revisions that are not oldest first', () => {
    const revision = (from: string) =>
      `{ from: ${from}, amount: "2", approvedBy: finops, reason: launch }`;
    expect(
      codesOf(
        `  - { id: all, amount: "1", amounts: [${revision('2026-12-01')}, ${revision('2026-11-01')}] }`,
      ),
    ).toContain('error amounts-unordered budgets[0].amounts[1].from');
  });
});

describe('prepayments (budgets.md 10.7)', () => {
  const counting = (cost: string): readonly string[] =>
    wordsOf(withBudgets(`  - { id: monthly, amount: "1000.00", cost: ${cost} }`));

  it('warns of a purchase that counts as charged', () => {
    expect(counting('{ basis: charged, include: [usage, purchase] }')).toStrictEqual([
      'warning purchase-charged budgets[0].cost.include[1]',
    ]);
    expect(counting('{ include: [purchase] }')).toHaveLength(1);
  });

  it('says nothing of one that is left out', () => {
    expect(counting('{ basis: charged, include: [usage, credit] }')).toStrictEqual([]);
  });
});

describe('amounts by driver', () => {
  const driven = (amount: string): string =>
    withBudgets(`  - { id: monthly, amount: ${amount}, at: [1.0] }`);

  it.each([
    ['a metric', '{ unitMetric: cost-per-tiket, target: "0.12", quantity: 10 }', 'unitMetric'],
    [
      'a series',
      '{ unitMetric: cost-per-1k-requests, target: "1", quantity: { series: tickets } }',
      'quantity.series',
    ],
  ])('refuses %s that the plan does not have', (_, amount, place) => {
    expect(wordsOf(driven(amount))).toStrictEqual([
      `error unknown-reference budgets[0].amount.${place}`,
    ]);
  });

  it('refuses a target that is not above zero', () => {
    const amount = '{ unitMetric: cost-per-1k-requests, target: "0.00", quantity: 10 }';
    expect(wordsOf(driven(amount))).toStrictEqual([
      'error amount-not-positive budgets[0].amount.target',
    ]);
  });

  it('keeps the driver in the expanded plan', () => {
    const plan = planOf(
      driven('{ unitMetric: cost-per-1k-requests, target: "0.12", quantity: 10000 }'),
    );
    expect(plan.budgets[0]?.amount).toStrictEqual({
      unitMetric: 'cost-per-1k-requests',
      target: '0.12',
      quantity: 10_000,
    });
  });
});
