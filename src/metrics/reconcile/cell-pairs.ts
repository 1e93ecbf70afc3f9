import { type PlainDate, ZERO } from '../../core/index.ts';
import { type BillView, byDay, type ViewCell } from './view.ts';

/** Both sides of one day and thing, or of a whole run of days. */
export interface CellPair {
  readonly date: PlainDate;
  readonly thing: string;
  readonly left: ViewCell | undefined;
  readonly right: ViewCell | undefined;
}

/** Pairs the cells of two views, by thing and date. Things are told apart where both views do; names that only one has are what is missing in the other. */
export function pairsOf(
  left: BillView,
  right: BillView,
  dates: ReadonlySet<PlainDate>,
): readonly CellPair[] {
  const telling = [left, right].every(({ cells }) =>
    cells.some(({ thing }) => thing !== '' && thing !== '*'),
  );
  const cellsOf = ({ cells }: BillView): ReadonlyMap<string, ViewCell> => {
    const inside = cells.filter(({ date }) => dates.has(date));
    return new Map((telling ? inside : byDay(inside)).map((cell) => [keyOf(cell), cell]));
  };
  const [ours, theirs] = [cellsOf(left), cellsOf(right)];
  return [...new Map([...ours, ...theirs])]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { date, thing }]) => ({
      date,
      thing,
      left: ours.get(key),
      right: theirs.get(key),
    }));
}

const keyOf = ({ date, thing }: ViewCell): string => `${thing} ${date}`;

/** Puts the days of each thing into one run, in the order of the pairs. */
export function runsOf(pairs: readonly CellPair[]): readonly (readonly CellPair[])[] {
  const runs = new Map<string, CellPair[]>();
  for (const pair of pairs) {
    const run = runs.get(pair.thing) ?? [];
    run.push(pair);
    runs.set(pair.thing, run);
  }
  return [...runs.values()];
}

/** Gives what the cost of a pair of cells may differ by. */
export type Tolerance = (pair: CellPair) => bigint;

/** Allows no difference: counts must be equal. */
export const exactly: Tolerance = () => 0n;

/** Allows `quanta` steps of the coarser view, and half a step of each for every row of it. */
export function toleranceOf(left: BillView, right: BillView, quanta: number): Tolerance {
  const [one, other] = [left.quantum ?? ZERO, right.quantum ?? ZERO];
  const coarser = one > other ? one : other;
  return (pair) =>
    BigInt(quanta) * coarser +
    (BigInt(pair.left?.rows ?? 0) * one + BigInt(pair.right?.rows ?? 0) * other) / 2n;
}
