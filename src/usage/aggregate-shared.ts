import type { DimensionId, MeasureId } from '../plan/index.ts';
import type { Aggregate, AggregateRequest } from './aggregate.ts';
import { sumRows } from './aggregate-usage.ts';
import { isCost } from './columns.ts';
import type { StoreContext } from './store-context.ts';
import { shareOut } from './share-out.ts';

/**
 * Sums the table: see {@link AggregateRequest}. Where workloads or owners are told apart, shared cost is split by the plan.
 *
 * A split is made of each day's sum by that day's weights over the whole table, whatever the question filters by, so that the
 * days of a month add up to the month and two budgets never share one cost twice.
 */
export async function aggregateUsage(
  context: StoreContext,
  request: AggregateRequest,
): Promise<Aggregate> {
  const { plan, filter } = request;
  const { shared } = plan.allocation;
  const asked = new Set<string>([...request.by, ...Object.keys(filter)]);
  const costs = request.measures.filter(isCost);
  const base = await sumRows(context, request);
  const divides = asked.has('workload') || asked.has('owner');
  if (shared.length === 0 || costs.length === 0 || !divides) return base;
  const { workload: _workload, owner: _owner, ...rest } = filter;
  const pools = await sumRows(context, {
    ...request,
    measures: costs,
    by: [...request.by.filter((dimension) => !FOLDED.has(dimension)), 'day', 'pool'],
    filter: rest,
  });
  if (pools.rows.every(({ group }) => (group.pool ?? null) === null)) return base;
  const weights = await sumRows(context, {
    ...request,
    measures: weightMeasures(request, costs),
    by: ['day', 'workload'],
    filter: {},
    include: [],
  });
  return shareOut({ request, base, pools, weights });
}

const FOLDED: ReadonlySet<DimensionId> = new Set(['workload', 'owner', 'day', 'pool']);

/** Cost is weighed in the basis that is split. */
function weightMeasures(
  { plan }: AggregateRequest,
  costs: readonly MeasureId[],
): readonly MeasureId[] {
  const found = plan.allocation.shared.flatMap(({ split }): readonly MeasureId[] => {
    if (split.method !== 'proportional') return [];
    return split.by === 'cost' ? costs : [split.by ?? 'requests'];
  });
  return [...new Set(found)];
}
