import { addDecimals, type Measured, ZERO } from '../core/index.ts';

/** Adds two partial sums: what either knows is known, and unknown rows stay counted. */
export function addMeasured(left: Measured | undefined, right: Measured): Measured {
  if (left === undefined) return right;
  const known = [left.value, right.value].filter((value) => value !== null);
  return {
    value: known.length === 0 ? null : addDecimals(...known),
    knownRows: left.knownRows + right.knownRows,
    totalRows: left.totalRows + right.totalRows,
  };
}

/** Nobody said anything. */
export const UNKNOWN: Measured = { value: null, knownRows: 0, totalRows: 0 };

/** It was measured, and there was nothing. */
export const MEASURED_ZERO: Measured = { value: ZERO, knownRows: 0, totalRows: 0 };

/** Keeps that rows were there, and that what they say does not answer the question. */
export const untold = ({ totalRows }: Measured): Measured => ({
  value: null,
  knownRows: 0,
  totalRows,
});
