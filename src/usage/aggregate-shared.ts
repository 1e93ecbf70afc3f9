import { addDays, dateIn, parseInstant, type Period, periodOfDates } from '../core/index.ts';
import type { DimensionId, MeasureId, Plan } from '../plan/index.ts';
import type { Aggregate, AggregateRequest } from './aggregate.ts';
import { sumByExport, sumRows, type SummedByExport } from './aggregate-usage.ts';
import { isCost } from './columns.ts';
import type { StoreContext } from './store-context.ts';
import { shareOut, weightKey } from './share-out.ts';

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
  const question = {
    ...request,
    measures: weightMeasures(request, costs),
    filter: {},
    include: [],
  };
  const weights = await sumByExport(context, {
    ...question,
    by: ['day', 'workload'],
    // Asked for by name, so that rows of which nobody can say whose they are stand beside them as unknown.
    filter: { workload: targetsOf(plan) },
  });
  const absent = await absentWeights(context, question, { pools, weights });
  return shareOut({ request, base, pools, weights: weights.answer, absent });
}

/**
 * Finds the days on which an export has not delivered that a workload has rows of: such a workload without a row of that day
 * weighs nobody knows how much. Whose export it is, the whole table says and not the period, so that days add up to their month.
 */
async function absentWeights(
  context: StoreContext,
  request: AggregateRequest,
  { pools, weights }: { readonly pools: Aggregate; readonly weights: SummedByExport },
): Promise<ReadonlySet<string>> {
  const dates = [...new Set(pools.rows.flatMap(({ group }) => group.day ?? []))];
  const lateOn = new Map(
    weights.delivered.map(({ id, present }) => {
      const days: ReadonlySet<string> = present;
      return [id, dates.filter((date) => !days.has(date))] as const;
    }),
  );
  if (request.measures.length === 0 || [...lateOn.values()].every((late) => late.length === 0))
    return new Set();
  const period = wholeTable(request);
  const { rows } = await sumRows(context, { ...request, period, by: ['workload', 'export'] });
  return new Set(
    rows.flatMap(({ group, measures }) =>
      (lateOn.get(group.export ?? '') ?? []).flatMap((date) =>
        request.measures
          .filter((measure) => (measures[measure]?.totalRows ?? 0) > 0)
          .map((measure) => weightKey(date, group.workload ?? '', measure)),
      ),
    ),
  );
}

/** As many years as a question may span, whatever period was asked for. */
const DAYS_BACK = 3650;

function wholeTable({ plan: { timezone }, asOf, period }: AggregateRequest): Period {
  const today = dateIn(parseInstant(asOf) ?? period.end, timezone);
  return periodOfDates(addDays(today, -DAYS_BACK), addDays(today, 1), timezone);
}

const FOLDED: ReadonlySet<DimensionId> = new Set(['workload', 'owner', 'day', 'pool']);

const targetsOf = ({ allocation }: Plan): readonly string[] => [
  ...new Set(allocation.shared.flatMap(({ split }) => split.to)),
];

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
