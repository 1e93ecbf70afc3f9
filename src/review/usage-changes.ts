import { type Period, precedingPeriod } from '../core/index.ts';
import type { DimensionId } from '../plan/index.ts';
import type { UsageFound } from './steps/usage.ts';

/** A value that usage shows now and did not show before. */
export interface UsageChange {
  readonly event: 'model-change' | 'workload-expansion';
  readonly dimension: 'key' | 'model';
  readonly value: string;
}

/** So many earlier periods are looked at; a model that was last used before them counts as new. */
const PERIODS_BEFORE = 4;

const WATCHED = [
  { event: 'model-change', dimension: 'model' },
  { event: 'workload-expansion', dimension: 'key' },
] as const;

/**
 * Lists models and keys that appear in a period and in none of the four before it.
 *
 * Without any usage before there is nothing to differ from: a first import is no change.
 */
export async function usageChanges(
  aggregate: UsageFound['aggregate'],
  period: Period,
): Promise<readonly UsageChange[]> {
  const before: Period[] = [];
  let earlier = period;
  for (let count = 0; count < PERIODS_BEFORE; count += 1) {
    earlier = precedingPeriod(earlier);
    before.push(earlier);
  }
  const start = before.at(-1)?.start ?? period.start;
  const past: Period = { start, end: period.start, zone: period.zone };
  const changes: UsageChange[] = [];
  for (const { event, dimension } of WATCHED) {
    const known = await valuesOf(aggregate, past, dimension);
    if (known.size === 0) continue;
    const seen = await valuesOf(aggregate, period, dimension);
    for (const value of seen) if (!known.has(value)) changes.push({ event, dimension, value });
  }
  return changes;
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
