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

/** Makes a figure of times: the medians, and a ratio that may be `goal` at most. */
export function timeFigure(
  name: string,
  ours: readonly number[],
  reference: readonly number[],
  goal: number,
): Figure {
  const ratio = median(ours) / median(reference);
  return {
    name,
    value: median(ours).toFixed(0),
    reference: median(reference).toFixed(0),
    ratio: ratio.toFixed(2),
    goal: `<= ${goal}`,
    ok: ratio <= goal,
  };
}
