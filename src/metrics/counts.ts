import { type Measured, wholeDecimal, ZERO, NOT_MEASURED } from '../core/index.ts';
import type { DenominatorCount, DimensionId, MeasureId } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';

/** Says what stands below the fraction line; `attempts` is a label that a reader must see. */
export type Counted = 'operations' | 'attempts' | 'tokens' | 'workloads' | 'seats' | 'series';

/** Says how one kind of unit is asked for and read. */
export interface CountKind {
  /** Null when groups are counted, not a sum. */
  readonly measure: MeasureId | null;
  readonly by: readonly DimensionId[];
  /** Days may be added up; distinct things may not, one seat on two days is one seat. */
  readonly additive: boolean;
  readonly counted: (aggregate: Aggregate) => Counted;
  /** The sum of the whole period, for kinds that are not additive. */
  readonly whole: (aggregate: Aggregate) => Measured;
}

/** Gives a measure of a row of sums; unknown where the answer does not hold it. */
export const measureOf = (
  measures: Readonly<Partial<Record<MeasureId, Measured>>>,
  measure: MeasureId,
): Measured => measures[measure] ?? NOT_MEASURED;

/**
 * Gives the sum of the whole period.
 *
 * Days that were measured and hold no row at all, such as the empty buckets of an export that is closed, sum to a known zero;
 * days that nobody measured leave the sum unknown.
 */
export function sumOfPeriod({ total, days }: Aggregate, measure: MeasureId): Measured {
  const sum = measureOf(total.measures, measure);
  if (sum.value !== null || sum.totalRows > 0 || days.length === 0) return sum;
  const isMeasured = days.every((day) => measureOf(day.measures, measure).value === 0n);
  return isMeasured ? { ...sum, value: ZERO } : sum;
}

/** Lists the kinds of unit that usage records can count. */
export const COUNTS: Readonly<Record<DenominatorCount, CountKind>> = {
  attempts: summed('attempts', () => 'attempts'),
  operations: summed('operations', () => 'operations'),
  requests: summed('requests', (aggregate) =>
    aggregate.requestsAre === 'attempts' ? 'attempts' : 'operations',
  ),
  seats: { ...summed('seats', () => 'seats'), additive: false },
  tokens: summed('tokens', () => 'tokens'),
  workloads: {
    measure: null,
    by: ['workload'],
    additive: false,
    counted: () => 'workloads',
    whole: countWorkloads,
  },
};

function summed(measure: MeasureId, counted: CountKind['counted']): CountKind {
  return {
    measure,
    by: [],
    additive: true,
    counted,
    whole: (aggregate) => sumOfPeriod(aggregate, measure),
  };
}

/** Counts named workloads; records of none (`unallocated/…`, `shared/…`) leave the count incomplete, they are no workload. */
function countWorkloads(aggregate: Aggregate): Measured {
  const named = aggregate.rows.filter(({ group }) => {
    const workload = group.workload;
    return typeof workload === 'string' && !/^(unallocated|shared)\//.test(workload);
  });
  return {
    value: named.length === 0 ? null : wholeDecimal(named.length),
    knownRows: named.length,
    totalRows: aggregate.rows.length,
  };
}
