import { type Decimal, fromAtto } from '../../core/index.ts';
import type { CellPair, Tolerance } from './cell-pairs.ts';
import type { ViewCell } from './view.ts';

/** Says where the signed difference of cost, right less left, comes from; all but `zone` add up to `total`. */
export interface Difference {
  readonly total: Decimal;
  /** Rows that one side lacks, at what a row costs on the other. */
  readonly missing: Decimal;
  /** Rows that one side has twice or more often. */
  readonly duplicated: Decimal;
  /** The same rows cost something else. */
  readonly price: Decimal;
  /** Within what rounding each row can do. */
  readonly rounding: Decimal;
  /** Moved between days that are cut at different midnights; net zero, so no part of the total. */
  readonly zone: Decimal;
}

type Kind = 'missing' | 'duplicated' | 'price' | 'rounding';

/** Splits the difference of cost of runs of days; days of which a side does not know the whole cost are left out on both. */
export function differenceOf(
  runs: readonly (readonly CellPair[])[],
  tolerance: Tolerance,
): Difference {
  const sums: Record<Kind | 'total' | 'zone', bigint> = {
    total: 0n,
    missing: 0n,
    duplicated: 0n,
    price: 0n,
    rounding: 0n,
    zone: 0n,
  };
  for (const run of runs) {
    const known = run.filter((pair) => isKnown(pair.left, 'cost') && isKnown(pair.right, 'cost'));
    const { left, right, gross } = sumsOf(known);
    const total = right.cost - left.cost;
    const allowed = known.reduce((sum, pair) => sum + tolerance(pair), 0n);
    sums.total += total;
    sums.zone += (gross - size(total)) / 2n;
    const { kind, amount } = countEffect(left, right);
    sums[kind] += amount;
    const rest = total - amount;
    sums[size(rest) <= allowed ? 'rounding' : 'price'] += rest;
  }
  return {
    total: fromAtto(sums.total),
    missing: fromAtto(sums.missing),
    duplicated: fromAtto(sums.duplicated),
    price: fromAtto(sums.price),
    rounding: fromAtto(sums.rounding),
    zone: fromAtto(sums.zone),
  };
}

interface Side {
  readonly cost: bigint;
  /** Requests, else tokens, else null: what tells more rows from dearer rows. */
  readonly count: bigint | null;
}

function sumsOf(known: readonly CellPair[]): { left: Side; right: Side; gross: bigint } {
  const unit = (['requests', 'tokens'] as const).find((measure) =>
    known.every(({ left, right }) => isKnown(left, measure) && isKnown(right, measure)),
  );
  const side = (name: 'left' | 'right'): Side => ({
    cost: known.reduce((sum, pair) => sum + amountOf(pair[name], 'cost'), 0n),
    count:
      unit === undefined ? null : known.reduce((sum, pair) => sum + amountOf(pair[name], unit), 0n),
  });
  const gross = known.reduce(
    (sum, { left, right }) => sum + size(amountOf(right, 'cost') - amountOf(left, 'cost')),
    0n,
  );
  return { left: side('left'), right: side('right'), gross };
}

type Measure = keyof ViewCell['values'];
const isKnown = (cell: ViewCell | undefined, measure: Measure): boolean =>
  cell === undefined || (cell.values[measure] !== null && !cell.lacks.includes(measure));
const amountOf = (cell: ViewCell | undefined, measure: Measure): bigint =>
  cell?.values[measure] ?? 0n;
const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** What more or fewer rows explain, at the cost that a row has where there are rows on both sides. */
function countEffect(left: Side, right: Side): { readonly kind: Kind; readonly amount: bigint } {
  if (left.count === null || right.count === null) {
    const isAbsent = left.cost === 0n || right.cost === 0n;
    return { kind: 'missing', amount: isAbsent ? right.cost - left.cost : 0n };
  }
  if (left.count === right.count) return { kind: 'missing', amount: 0n };
  if (left.count === 0n || right.count === 0n) {
    return { kind: 'missing', amount: right.cost - left.cost };
  }
  const isMultiple = right.count % left.count === 0n || left.count % right.count === 0n;
  // The side with more rows alone knows what those cost that the other lacks; so the views can change places.
  const [cost, count] =
    right.count > left.count ? [right.cost, right.count] : [left.cost, left.count];
  const amount = ((right.count - left.count) * cost) / count;
  return { kind: isMultiple ? 'duplicated' : 'missing', amount };
}
