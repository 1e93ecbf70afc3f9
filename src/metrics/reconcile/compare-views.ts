import {
  addDays,
  addDecimals,
  type Decimal,
  fromAtto,
  type Instant,
  instantFromMs,
  instantMs,
  itemAt,
  type PlainDate,
  startOfDate,
  ZERO,
} from '../../core/index.ts';
import {
  type CellPair,
  exactly,
  pairsOf,
  runsOf,
  type Tolerance,
  toleranceOf,
} from './cell-pairs.ts';
import { type Difference, differenceOf } from './difference.ts';
import { type BillView, COMPARED, type ComparedMeasure, type ViewCell } from './view.ts';

/** How two views are compared. */
export interface CompareOptions {
  /** Dates that are judged, in order. */
  readonly dates: readonly PlainDate[];
  readonly zone: string;
  readonly asOf: Instant;
  /** Steps of the coarser view that two sums may differ by, beside what rounding each row explains. */
  readonly quanta: number;
  /** How long after a day's end a view may still be filling it up. */
  readonly lagMs: number;
}

/** One day of one measure on which two views differ beyond tolerance. */
export interface Disagreement {
  readonly date: PlainDate;
  readonly thing: string;
  readonly measure: ComparedMeasure;
  readonly left: Decimal;
  readonly right: Decimal;
}

/** Two views, compared. */
export interface ComparedPair {
  readonly left: string;
  readonly right: string;
  /** Measures that both views know. */
  readonly measures: readonly ComparedMeasure[];
  readonly compared: number;
  readonly open: number;
  /** Beyond tolerance, the largest first. */
  readonly disagreements: readonly Disagreement[];
  /** Differences that another midnight or rows of unknown value could explain, and that nobody can decide. */
  readonly undecided: number;
  /** Of the cost, where both know it in one currency. */
  readonly difference: Difference | null;
}

/**
 * Compares two views of one bill over the days that both have delivered.
 *
 * Counts must be equal. Cost may differ by `quanta` steps and by half a step a row, which is what rounding each row can do. A
 * thing that only one view has is missing in the other. Where the days of a view may be cut at another midnight, single days
 * are not judged: the run of days is, and what a shift could explain stays undecided. So does a sum that is smaller than the
 * other while some of its rows do not say their part; a sum that is larger nonetheless is beyond.
 */
export function compareViews(
  left: BillView,
  right: BillView,
  options: CompareOptions,
): ComparedPair {
  const dates = options.dates.filter((date) => isDelivered(date, [left, right], options));
  const pairs = pairsOf(left, right, new Set(dates));
  const sameMoney = left.currency === right.currency;
  const measures = COMPARED.filter(
    (measure) =>
      (measure !== 'cost' || sameMoney) &&
      [left, right].every(({ cells }) => cells.some(({ values }) => values[measure] !== null)),
  );
  const tolerance = toleranceOf(left, right, options.quanta);
  const mayShift = left.mayShift || right.mayShift;
  const judged = mayShift ? runsOf(pairs) : pairs.map((pair) => [pair]);
  const found = measures.flatMap((measure) =>
    judged.map((run) => judgeRun(run, measure, measure === 'cost' ? tolerance : exactly)),
  );
  return {
    left: left.export,
    right: right.export,
    measures,
    compared: dates.length,
    open: options.dates.length - dates.length,
    disagreements: found
      .flatMap((one) => (one.kind === 'beyond' ? [one.disagreement] : []))
      .toSorted((one, other) => (gapOf(one) > gapOf(other) ? -1 : 1)),
    undecided: found.filter(({ kind }) => kind === 'undecided').length,
    difference: measures.includes('cost') ? differenceOf(judged, tolerance) : null,
  };
}

function isDelivered(
  date: PlainDate,
  views: readonly BillView[],
  { zone, asOf, lagMs }: CompareOptions,
): boolean {
  const settled = instantFromMs(instantMs(startOfDate(addDays(date, 1), zone)) + lagMs);
  return views.every(({ present, completeThrough }) => {
    const through = completeThrough !== null && completeThrough < asOf ? completeThrough : asOf;
    // A view is complete through the end of a day before its lag has passed, so the lag is counted from the question.
    return present.has(date) && startOfDate(addDays(date, 1), zone) <= through && settled <= asOf;
  });
}

type Judged =
  | { readonly kind: 'within' | 'unknown' | 'undecided' }
  | { readonly kind: 'beyond'; readonly disagreement: Disagreement };

function judgeRun(
  run: readonly CellPair[],
  measure: ComparedMeasure,
  tolerance: Tolerance,
): Judged {
  const told = run
    .map(({ left, right }) => ({ left: sumOf(left, measure), right: sumOf(right, measure) }))
    .filter(({ left, right }) => left.value !== null || right.value !== null);
  if (told.length === 0) return { kind: 'unknown' };
  const known = told.map(({ left, right }) => ({
    left: left.value ?? ZERO,
    right: right.value ?? ZERO,
  }));
  const allowed = run.reduce((sum, pair) => sum + tolerance(pair), 0n);
  const net = known.reduce((sum, { left, right }) => sum + right - left, 0n);
  if ((net < 0n ? -net : net) <= allowed) return { kind: 'within' };
  // The side with less may hold the rest in rows that do not say it.
  const less = net > 0n ? 'left' : 'right';
  if (told.some((sides) => !sides[less].isWhole)) return { kind: 'undecided' };
  if (run.length > 1 && isShift(known)) return { kind: 'undecided' };
  const first = itemAt(run, 0);
  return {
    kind: 'beyond',
    disagreement: {
      date: first.date,
      thing: first.thing,
      measure,
      left: addDecimals(...known.map(({ left }) => left)),
      right: addDecimals(...known.map(({ right }) => right)),
    },
  };
}

/** A cell that a view does not have, on a day that it has delivered, is nothing; what a cell lacks stays unknown. */
const sumOf = (cell: ViewCell | undefined, measure: ComparedMeasure) =>
  cell === undefined
    ? { value: ZERO, isWhole: true }
    : { value: cell.values[measure], isWhole: !cell.lacks.includes(measure) };

/**
 * Tells whether moving some of each day over its midnight, always in one direction, could make the two sides equal: with the
 * running difference D, some start b must keep every b − D within what the neighbouring day holds.
 */
function isShift(days: readonly { readonly left: Decimal; readonly right: Decimal }[]): boolean {
  return [days, days.map(({ left, right }) => ({ left: right, right: left }))].some((chain) => {
    let running = 0n;
    let low = 0n;
    let high = larger(itemAt(chain, 0));
    for (const [index, { left, right }] of chain.entries()) {
      running += right - left;
      const room = larger(chain[index + 1] ?? { left, right });
      low = running > low ? running : low;
      high = running + room < high ? running + room : high;
    }
    return low <= high;
  });
}

const larger = ({ left, right }: { readonly left: Decimal; readonly right: Decimal }): bigint =>
  left > right ? left : right;

const gapOf = ({ left, right }: Disagreement): bigint => {
  const gap = fromAtto(right - left);
  return gap < 0n ? -gap : BigInt(gap);
};
