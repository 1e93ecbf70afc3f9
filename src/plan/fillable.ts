import { type Draft, draftOf, isApprovedFor, providerOf } from './draft.ts';
import { COST_MEASURES, type ExportSupport, supportOf } from './export-support.ts';
import type { DimensionId, MeasureId } from './measures.ts';
import { DenominatorCount } from './schema/metrics.ts';
import { findMaps, findTexts, isMap, type Path, type RawMap, textAt } from './tree.ts';

/** Says what a metric or budget needs that none of its exports can give. */
export interface Gap {
  /** Below the metric or budget. */
  readonly path: Path;
  readonly kind: 'dimension' | 'measure';
  /** Such as `seats`, `chargedCost` or `model`. */
  readonly needs: string;
}

/** Lists what the exports can never give a metric; empty when they can give all, or when none can be judged. */
export function metricGaps(metric: RawMap, draft: Draft): readonly Gap[] {
  const numerator = isMap(metric['numerator']) ? metric['numerator'] : {};
  const basis = textAt(numerator, 'cost') ?? 'charged';
  const above = side(draft, numerator['where'], ['numerator', 'where']);
  const below = side(draft, textScope(metric, 'denominator'), ['denominator', 'where']);
  const count = textAt(metric, 'denominator', 'count');
  return [
    ...above.costGap(basis, ['numerator', 'cost']),
    ...above.scopeGaps(),
    ...(count === undefined ? [] : below.countGap(count, ['denominator', 'count'])),
    ...below.scopeGaps(),
  ];
}

/** Lists what the exports can never give a budget. */
export function budgetGaps(budget: RawMap, draft: Draft): readonly Gap[] {
  const basis = textAt(budget, 'cost', 'basis') ?? 'charged';
  const spend = side(draft, budget['scope'], ['scope']);
  return [...spend.costGap(basis, ['cost', 'basis']), ...spend.scopeGaps()];
}

/** Lists the supports of the exports that a scope of a review can draw on. */
export function supportsFor(draft: Draft, scope: unknown): readonly ExportSupport[] {
  return reviewExports(draft)
    .filter((entry) => isInScope(entry, scope, draft))
    .flatMap((entry) => supportOf(entry, draft.adapters) ?? []);
}

/** Tells whether every export that a scope of a review draws on says at which hour something was spent. */
export function tellsHours(plan: RawMap, scope: unknown, adapters: Draft['adapters']): boolean {
  const supports = supportsFor(draftOf(plan, { adapters }), scope);
  return supports.length > 0 && supports.every(({ grain }) => grain !== 'day');
}

/** Tells whether what the exports give can be known: there is one, and every adapter is. */
export function isJudgeable(draft: Draft): boolean {
  const entries = reviewExports(draft);
  return entries.length > 0 && entries.every((entry) => supportOf(entry, draft.adapters));
}

/** Lists the exports that are approved for a budget review. */
export function reviewExports(draft: Draft): readonly RawMap[] {
  return findMaps(draft.raw, 'exports.*')
    .map(({ value }) => value)
    .filter((entry) => isApprovedFor(entry, 'budget-review'));
}

interface Side {
  readonly costGap: (basis: string, path: Path) => readonly Gap[];
  readonly countGap: (count: string, path: Path) => readonly Gap[];
  readonly scopeGaps: () => readonly Gap[];
}

function side(draft: Draft, scope: unknown, scopePath: Path): Side {
  const supports = isJudgeable(draft) ? supportsFor(draft, scope) : undefined;
  const gap = (kind: Gap['kind'], needs: string, path: Path, isFilled: boolean): readonly Gap[] =>
    isFilled || supports === undefined ? [] : [{ kind, needs, path }];
  const fills = (measure: string): boolean =>
    supports?.some(({ measures }) => measures.has(measure as MeasureId)) === true;
  const divides = (dimension: string): boolean =>
    isAllocated(draft, dimension) ||
    supports?.some(({ dimensions }) => dimensions.has(dimension as DimensionId)) === true;
  return {
    costGap: (basis, path) => {
      const measure = costMeasure(basis);
      // A basis of another form is the schema's business.
      return measure === undefined ? [] : gap('measure', measure, path, fills(measure));
    },
    countGap: (count, path) => {
      if (count === 'workloads') return gap('dimension', 'workload', path, divides('workload'));
      const isCount = DenominatorCount.safeParse(count).success;
      return isCount ? gap('measure', count, path, fills(count)) : [];
    },
    scopeGaps: () =>
      Object.keys(isMap(scope) ? scope : {}).flatMap((dimension) =>
        gap('dimension', dimension, [...scopePath, dimension], divides(dimension)),
      ),
  };
}

function costMeasure(basis: string): MeasureId | undefined {
  return Object.entries(COST_MEASURES).find(([id]) => id === basis)?.[1];
}

/** What the plan itself says of every row; every row has an owner: the plan's, when no rule says one. */
const PLAN_DIMENSIONS: ReadonlySet<string> = new Set(['environment', 'owner', 'provider']);

/** Allocation rules give rows a workload that no export holds. */
function isAllocated({ raw }: Draft, dimension: string): boolean {
  if (PLAN_DIMENSIONS.has(dimension)) return true;
  return dimension === 'workload' && findTexts(raw, 'allocation.rules.*.workload').length > 0;
}

function textScope(metric: RawMap, key: string): unknown {
  const holder = metric[key];
  return isMap(holder) ? holder['where'] : undefined;
}

function isInScope(entry: RawMap, scope: unknown, { providerIds }: Draft): boolean {
  const allows = (key: string, value: string | undefined): boolean => {
    const wanted = findTexts(scope, `${key}.*`).map((found) => found.value);
    return wanted.length === 0 || (value !== undefined && wanted.includes(value));
  };
  return (
    allows('environment', textAt(entry, 'environment') ?? 'production') &&
    allows('provider', providerOf(entry, providerIds))
  );
}
