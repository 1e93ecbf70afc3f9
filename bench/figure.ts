/** One measured figure as `bench/run.js` prints it: a value beside a reference that was measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly reference: string;
  /** value ÷ reference. */
  readonly ratio: string;
  readonly goal: string;
  readonly ok: boolean;
}

/** Gives the middle value; the upper one of two. `NaN` of nothing. */
export function median(values: readonly number[]): number {
  return (
    values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
  );
}
