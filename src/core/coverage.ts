import type { Decimal } from './decimal.ts';
import type { Instant, PlainDate } from './time.ts';

/**
 * Holds a sum of a column and how much of it is known. `value` is null when no row knew it: unknown is never zero.
 */
export interface Measured {
  readonly value: Decimal | null;
  readonly knownRows: number;
  readonly totalRows: number;
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

/** Tells whether every row knew the value. */
export const isComplete = (measured: Measured): boolean =>
  measured.value !== null && measured.knownRows === measured.totalRows;
