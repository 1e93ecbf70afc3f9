import { type Period, precedingPeriod } from '../core/index.ts';
import { leftPriceBands, type UsageQuestion } from '../metrics/index.ts';
import type { DimensionId, MeasureId } from '../plan/index.ts';
import type { UsageFound } from './steps/usage.ts';

/** A value that usage shows now and did not show before, or a model whose price of a token did. */
export interface UsageChange {
  readonly event: 'contract-change' | 'model-change' | 'workload-expansion';
  readonly dimension: 'key' | 'model' | 'price';
  readonly value: string;
}

/** So many earlier periods are looked at; a model that was last used before them counts as new. */
const PERIODS_BEFORE = 4;

const WATCHED = [
  { event: 'model-change', dimension: 'model' },
  { event: 'workload-expansion', dimension: 'key' },
] as const;

/**
 * Lists models and keys that appear in a period and in none of the four before it, and models whose price of a token left the
 * band that it kept there.
 *
 * Without any usage before there is nothing to differ from: a first import is no change.
 */
export async function usageChanges(
  aggregate: UsageFound['aggregate'],
  period: Period,
  cost: MeasureId,
): Promise<readonly UsageChange[]> {
  let earliest = period;
  for (let count = 0; count < PERIODS_BEFORE; count += 1) earliest = precedingPeriod(earliest);
  const past: Period = { start: earliest.start, end: period.start, zone: period.zone };
  const changes: UsageChange[] = [];
  for (const { event, dimension } of WATCHED) {
    const known = await valuesOf(aggregate, past, dimension);
    if (known.size === 0) continue;
    const seen = await valuesOf(aggregate, period, dimension);
    for (const value of seen) if (!known.has(value)) changes.push({ event, dimension, value });
  }
  return [...changes, ...(await priceChanges(aggregate, past, { period, cost }))];
}

/** The name of a model says nothing of its price: another one is a change of what was agreed. */
async function priceChanges(
  aggregate: UsageFound['aggregate'],
  past: Period,
  now: { readonly period: Period; readonly cost: MeasureId },
): Promise<readonly UsageChange[]> {
  const { cost, period } = now;
  const question: UsageQuestion = {
    measures: [cost, 'tokens'],
    by: ['day', 'model'],
    filter: {},
    include: ['usage'],
  };
  const [before, current] = [await aggregate(question, past), await aggregate(question, period)];
  const left = leftPriceBands(before, current, { dimension: 'model', cost });
  // A price can change again: each period's change is one of its own.
  return left.map((model) => ({
    event: 'contract-change',
    dimension: 'price',
    value: `${model} ${period.start}`,
  }));
}

async function valuesOf(
  aggregate: UsageFound['aggregate'],
  period: Period,
  by: DimensionId,
): Promise<ReadonlySet<string>> {
  const { rows } = await aggregate(
    { measures: ['requests'], by: [by], filter: {}, include: [] },
    period,
  );
  return new Set(rows.flatMap(({ group }) => group[by] ?? []));
}
