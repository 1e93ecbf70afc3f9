import {
  addDecimals,
  type Decimal,
  divideDecimal,
  subtractDecimal,
  wholeDecimal,
  ZERO,
} from './decimal.ts';
import type { Instant, PlainDate } from './time.ts';

/**
 * Holds a sum of a column and how much of it is known. `value` is null when no row knew it: unknown is never zero.
 */
export interface Measured {
  readonly value: Decimal | null;
  readonly knownRows: number;
  readonly totalRows: number;
  /**
   * Of a cost: tokens of the rows that know it, and of all rows that say their tokens; absent where none says them, or every row
   * knows the cost.
   */
  readonly tokens?: TokenCoverage;
}

/** Says how many tokens stand behind what is known: one row may hold a thousand times what another does. */
export interface TokenCoverage {
  readonly known: Decimal;
  readonly total: Decimal;
}

/** Says how many of a period's dates have data, and which have none. */
export interface DayCoverage {
  /** Dates that ended by the time of asking; a day still open is not missing. */
  readonly expected: number;
  readonly present: number;
  readonly missing: readonly PlainDate[];
  /** The instant up to which every source has delivered; null when nothing is known. */
  readonly completeThrough: Instant | null;
}

/**
 * Gives the larger share that is unknown, of rows or of tokens, as a fraction; undefined without rows.
 *
 * One unpriced model may make few rows and most of the tokens.
 */
export function unknownShare({ knownRows, totalRows, tokens }: Measured): Decimal | undefined {
  const rows = divideDecimal(wholeDecimal(totalRows - knownRows), wholeDecimal(totalRows));
  const weighed =
    tokens && divideDecimal(subtractDecimal(tokens.total, tokens.known), tokens.total);
  if (rows === undefined || weighed === undefined) return rows;
  return weighed > rows ? weighed : rows;
}

/** Tells whether every row knew the value. */
export const isComplete = (measured: Measured): boolean =>
  measured.value !== null && measured.knownRows === measured.totalRows;

/** Adds two partial sums: what either knows is known, and unknown rows stay counted. */
export function addMeasured(left: Measured | undefined, right: Measured): Measured {
  if (left === undefined) return right;
  const known = [left.value, right.value].filter((value) => value !== null);
  const [knownRows, totalRows] = [
    left.knownRows + right.knownRows,
    left.totalRows + right.totalRows,
  ];
  // A side without rows is a zero that says nothing of the rows of the other.
  const isUnknown = known.length === 0 || (knownRows === 0 && totalRows > 0);
  return {
    value: isUnknown ? null : addDecimals(...known),
    knownRows,
    totalRows,
    ...addTokens(left, right),
  };
}

/** Rows that do not say their tokens are not among them, on whichever side they stand: the share is one of known tokens. */
function addTokens(left: Measured, right: Measured): Pick<Measured, 'tokens'> {
  const [one, other] = [left.tokens ?? right.tokens, left.tokens && right.tokens];
  if (one === undefined) return {};
  if (other === undefined) return { tokens: one };
  return {
    tokens: {
      known: addDecimals(one.known, other.known),
      total: addDecimals(one.total, other.total),
    },
  };
}

/** Leaves out how many tokens a sum rests on where every row knew it: then all of them. */
export function told(measured: Measured): Measured {
  if (measured.tokens === undefined || measured.knownRows < measured.totalRows) return measured;
  const { tokens: _, ...whole } = measured;
  return whole;
}

/** Nobody said anything. */
export const NOT_MEASURED: Measured = { value: null, knownRows: 0, totalRows: 0 };

/** It was measured, and there was nothing. */
export const MEASURED_ZERO: Measured = { value: ZERO, knownRows: 0, totalRows: 0 };

/** Keeps that rows were there, and that what they say does not answer the question. */
export const untold = ({ totalRows, tokens }: Measured): Measured => ({
  value: null,
  knownRows: 0,
  totalRows,
  ...(tokens && { tokens: { known: ZERO, total: tokens.total } }),
});
