import {
  addMeasured,
  apportion,
  decimal,
  type Decimal,
  type Measured,
  MEASURED_ZERO,
  parseDecimal,
  unknownShare,
  untold,
  ZERO,
} from '../core/index.ts';
import type { DimensionId, MeasureId, Plan } from '../plan/index.ts';
import type { Aggregate, AggregateRequest, AggregateRow } from './aggregate.ts';
import { compareGroups } from './aggregate-tally.ts';
import { NO_RULE, SHARED, UNKNOWN_WEIGHT, ZERO_WEIGHT } from './allocation-labels.ts';
import { isCost } from './columns.ts';

/** What a split is made of: sums as their rows stand. */
export interface ShareInput {
  readonly request: AggregateRequest;
  /** The answer to the request, with shared cost labelled `shared/…`. */
  readonly base: Aggregate;
  /** Shared cost by day, pool and the other dimensions of the request. */
  readonly pools: Aggregate;
  /** What the targets weigh, by day and workload. */
  readonly weights: Aggregate;
  /** Keys of {@link weightKey} where a workload has no row because an export of it has not delivered the day. */
  readonly absent: ReadonlySet<string>;
}

/** Names what a workload weighs on a date in one measure. */
export const weightKey = (date: string, workload: string, measure: MeasureId): string =>
  JSON.stringify([date, workload, measure]);

type Shared = Plan['allocation']['shared'][number];
type Group = AggregateRow['group'];

/** One target's part of one sum. */
interface Part {
  readonly date: string;
  readonly group: Group;
  readonly measure: MeasureId;
  readonly measured: Measured;
}

/**
 * Moves shared cost from its pools to their targets: the total never changes, and what nobody weighs stays visible as
 * `unallocated/zero-weight` or `unallocated/unknown-weight`.
 *
 * A part rests on all rows of its pool, so each target counts them; row counts of targets do not add up, their amounts do.
 */
export function shareOut(input: ShareInput): Aggregate {
  const { request, base, pools, absent } = input;
  const currencies = [...new Set([...base.currencies, ...pools.currencies])].toSorted();
  if (currencies.length > 1) return refused(base, currencies);
  const weighed = new Map(
    input.weights.rows.map(({ group, measures }) => [
      JSON.stringify([group.day, group.workload]),
      measures,
    ]),
  );
  const parts = pools.rows
    .flatMap((row) => partsOf({ request, weighed, absent }, row))
    .filter(({ group }) => isWanted(group, request.filter));
  const narrowed = request.filter.workload !== undefined || request.filter.owner !== undefined;
  return {
    ...base,
    rows: rowsWith(request, base.rows, parts),
    ...(narrowed ? { total: totalWith(base.total, parts), days: daysWith(base.days, parts) } : {}),
    currencies,
    exports: [...new Set([...base.exports, ...pools.exports])].toSorted(),
  };
}

/** Currencies are never added, so nothing is moved either. */
function refused(base: Aggregate, currencies: readonly string[]): Aggregate {
  const hidden = (measures: AggregateRow['measures']): AggregateRow['measures'] =>
    Object.fromEntries(
      Object.entries(measures).map(([name, measured]) => [
        name,
        isCost(name) ? untold(measured) : measured,
      ]),
    );
  return {
    ...base,
    rows: base.rows.map(({ group, measures }) => ({ group, measures: hidden(measures) })),
    total: { group: {}, measures: hidden(base.total.measures) },
    days: base.days.map(({ date, measures }) => ({ date, measures: hidden(measures) })),
    currencies,
    flags: [...new Set([...base.flags, 'currency-mixed' as const])],
  };
}

/** What the targets weigh, by date and workload. */
interface Weighing {
  readonly request: AggregateRequest;
  readonly weighed: ReadonlyMap<string, AggregateRow['measures']>;
  readonly absent: ReadonlySet<string>;
}

function partsOf(input: Weighing, { group, measures }: AggregateRow): readonly Part[] {
  const { plan } = input.request;
  const pool = plan.allocation.shared.find(({ id }) => id === group.pool);
  const date = group.day ?? '';
  if (pool === undefined) return [];
  const parts: Part[] = [];
  for (const measure of input.request.measures.filter(isCost)) {
    const measured = measures[measure];
    if (measured === undefined) continue;
    for (const { workload, value } of splitOf(input, { pool, date, measure, measured })) {
      const owner = ownerOf(plan, workload, date);
      parts.push({
        date,
        group: { ...group, workload, owner, rule: null },
        measure,
        measured: { ...measured, value },
      });
    }
  }
  return parts;
}

interface Sum {
  readonly pool: Shared;
  readonly date: string;
  readonly measure: MeasureId;
  readonly measured: Measured;
}

interface Share {
  readonly workload: string;
  readonly value: Decimal | null;
}

function splitOf(input: Weighing, { pool, date, measure, measured }: Sum): readonly Share[] {
  const targets = [...new Set(pool.split.to)];
  const parties = targets.map((id) => ({
    id,
    weight: weightOf(input, pool, { id, date, measure }),
  }));
  const known = parties.flatMap(({ id, weight }) => (weight === null ? [] : [{ id, weight }]));
  if (known.length < parties.length) return [{ workload: UNKNOWN_WEIGHT, value: measured.value }];
  if (known.every(({ weight }) => weight === 0n)) {
    return [{ workload: ZERO_WEIGHT, value: measured.value }];
  }
  const { value } = measured;
  const paying = known.filter(({ weight }) => weight > 0n);
  // Of unknown cost each target has an unknown part.
  if (value === null) return paying.map(({ id }) => ({ workload: id, value: null }));
  const shares = apportion(value, paying) ?? [];
  return paying.map(({ id }, index) => ({ workload: id, value: shares[index] ?? ZERO }));
}

/** A target on a date, in one measure. */
interface Weighed {
  readonly id: string;
  readonly date: string;
  readonly measure: MeasureId;
}

/** Beside rows of the target stand those of which nobody can say whose they are. */
function proportionalWeight(
  { weighed, absent }: Weighing,
  { id, date, measure }: Weighed,
): bigint | null {
  const [own = MEASURED_ZERO, untold = MEASURED_ZERO] = [id, NO_RULE].map(
    (workload) => weighed.get(JSON.stringify([date, workload]))?.[measure],
  );
  if (own.totalRows === 0 && absent.has(weightKey(date, id, measure))) return null;
  const measured = addMeasured(own, untold);
  return measured.totalRows === 0 ? 0n : measuredWeight(measured);
}

/**
 * Null when rows of the target do not know what they weigh, and when it has none because its export has not delivered the day;
 * on a delivered day without a row of it it weighs nothing.
 */
function weightOf(weighing: Weighing, { split }: Shared, at: Weighed): bigint | null {
  switch (split.method) {
    case 'even':
      return 1n;
    case 'fixed':
      return parseDecimal(split.weights?.[at.id] ?? '') ?? 0n;
    case 'proportional': {
      const by = split.by === 'cost' ? at.measure : (split.by ?? 'requests');
      return proportionalWeight(weighing, { ...at, measure: by });
    }
    default:
      split.method satisfies never;
      throw new RangeError('Unknown method of a split');
  }
}

/** A target of which more is unknown, 1 in 20, weighs too little to be charged by it; the bound of unit metrics. */
const UNKNOWN_MAX = decimal('0.05');

function measuredWeight(measured: Measured): bigint | null {
  if (measured.value === null || (unknownShare(measured) ?? ZERO) > UNKNOWN_MAX) return null;
  // What was credited on balance has used nothing of what is shared.
  return measured.value < 0n ? 0n : measured.value;
}

/** The owner that the first valid rule of a workload names, else the plan's. */
function ownerOf({ allocation, owner }: Plan, workload: string, date: string): string {
  const rule = allocation.rules.find(
    (one) =>
      one.workload === workload &&
      one.owner !== undefined &&
      (one.from === undefined || one.from <= date) &&
      (one.until === undefined || date < one.until),
  );
  return rule?.owner ?? owner;
}

function isWanted(group: Group, { workload, owner }: AggregateRequest['filter']): boolean {
  return (
    (workload === undefined || workload.some((one) => one === group.workload)) &&
    (owner === undefined || owner.some((one) => one === group.owner))
  );
}

function rowsWith(
  { by, measures: asked }: AggregateRequest,
  base: readonly AggregateRow[],
  parts: readonly Part[],
): readonly AggregateRow[] {
  const rows = new Map<string, { group: Group; measures: AggregateRow['measures'] }>();
  for (const row of base) {
    const moved = isPooled(row.group) ? withoutCost(row) : row;
    if (moved !== undefined) rows.set(keyOf(by, row.group), moved);
  }
  for (const { group, measure, measured } of parts) {
    const key = keyOf(by, group);
    const named = Object.fromEntries(by.map((dimension) => [dimension, group[dimension] ?? null]));
    const empty = Object.fromEntries(asked.map((one) => [one, MEASURED_ZERO]));
    const { measures } = rows.get(key) ?? { measures: empty };
    const added = addMeasured(measures[measure], measured);
    rows.set(key, { group: named, measures: { ...measures, [measure]: added } });
  }
  const groupOf = ({ group }: AggregateRow) => by.map((dimension) => group[dimension] ?? null);
  return [...rows.values()].toSorted((left, right) => compareGroups(groupOf(left), groupOf(right)));
}

const keyOf = (by: readonly DimensionId[], group: Group): string =>
  JSON.stringify(by.map((dimension) => group[dimension] ?? null));

const isPooled = ({ workload, owner }: Group): boolean =>
  [workload, owner].some((label) => label?.startsWith(SHARED) === true);

/** The counts of a pool's rows stay with it; a row that had only cost is gone. */
function withoutCost({ group, measures }: AggregateRow): AggregateRow | undefined {
  const names = Object.keys(measures);
  if (names.every(isCost)) return undefined;
  return {
    group,
    measures: Object.fromEntries(
      Object.entries(measures).map(([name, measured]) => [
        name,
        isCost(name) ? MEASURED_ZERO : measured,
      ]),
    ),
  };
}

function totalWith(total: AggregateRow, parts: readonly Part[]): AggregateRow {
  return { group: total.group, measures: addParts(total.measures, parts) };
}

function daysWith(days: Aggregate['days'], parts: readonly Part[]): Aggregate['days'] {
  return days.map(({ date, measures }) => ({
    date,
    measures: addParts(
      measures,
      parts.filter((part) => part.date === date),
    ),
  }));
}

const addParts = (
  measures: AggregateRow['measures'],
  parts: readonly Part[],
): AggregateRow['measures'] =>
  parts.reduce<AggregateRow['measures']>(
    (sums, { measure, measured }) => ({ ...sums, [measure]: addMeasured(sums[measure], measured) }),
    measures,
  );
