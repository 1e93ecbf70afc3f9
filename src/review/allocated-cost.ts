import {
  addDecimals,
  type Decimal,
  divideDecimal,
  formatDecimal,
  type Period,
  subtractDecimal,
  ZERO,
} from '../core/index.ts';
import { measureOf } from '../metrics/index.ts';
import type { MeasureId, Plan } from '../plan/index.ts';
import type { AllocatedCost } from '../report/index.ts';
import type { UsageFound } from './steps/usage.ts';

const ROWS_MAX = 12;

/** Says whose the cost of a period is; what no rule allocates stays a row of its own. Null where the plan allocates nothing. */
export async function allocatedCost(
  aggregate: UsageFound['aggregate'],
  plan: Plan,
  what: { readonly period: Period; readonly cost: MeasureId },
): Promise<AllocatedCost | null> {
  if (plan.workloads.length === 0 && plan.allocation.rules.length === 0) return null;
  const question = { measures: [what.cost], by: ['workload'], filter: {}, include: [] } as const;
  const { rows } = await aggregate(question, what.period);
  const found = rows.map(({ group, measures }) => ({
    workload: group.workload ?? 'unallocated',
    cost: measureOf(measures, what.cost).value,
  }));
  const total = sumOf(found);
  const rest = sumOf(found.filter(({ workload }) => workload.startsWith('unallocated')));
  // Of nothing, or of a credit, nothing has a share.
  const share = total > 0n ? divideDecimal(subtractDecimal(total, rest), total) : undefined;
  return {
    currency: plan.currency,
    share: share === undefined ? null : formatDecimal(share),
    rows: found
      .toSorted((left, right) => ((left.cost ?? ZERO) < (right.cost ?? ZERO) ? 1 : -1))
      .slice(0, ROWS_MAX)
      .map(({ workload, cost }) => ({
        workload,
        cost: cost === null ? null : formatDecimal(cost),
      })),
  };
}

const sumOf = (rows: readonly { readonly cost: Decimal | null }[]): Decimal =>
  rows.reduce((sum, { cost }) => addDecimals(sum, cost ?? ZERO), ZERO);
