import {
  type DayCoverage,
  type Decimal,
  formatDecimal,
  type Instant,
  type Measured,
  type PlainDate,
  told,
} from '../core/index.ts';

/** Holds a sum as records write it: a decimal text, null when unknown. */
export interface MeasuredText {
  readonly value: string | null;
  readonly knownRows: number;
  readonly totalRows: number;
  readonly tokens?: { readonly known: string; readonly total: string };
}

/** Holds a day coverage as records write it: at most 64 missing dates, the earliest. */
export interface CoverageText {
  readonly expected: number;
  readonly present: number;
  readonly missing: readonly PlainDate[];
  readonly completeThrough: Instant | null;
}

/** Lists at most this many missing things in one record. */
const MISSING_MAX = 64;

/** Writes a sum for a record. */
export function measuredText(measured: Measured): MeasuredText {
  const { value, knownRows, totalRows, tokens } = told(measured);
  return {
    value: decimalText(value),
    knownRows,
    totalRows,
    ...(tokens && {
      tokens: { known: formatDecimal(tokens.known), total: formatDecimal(tokens.total) },
    }),
  };
}

/** Writes a decimal for a record; null stays null. */
export const decimalText = (value: Decimal | null): string | null =>
  value === null ? null : formatDecimal(value);

/** Writes a coverage for a record. */
export const coverageText = (coverage: DayCoverage): CoverageText => ({
  expected: coverage.expected,
  present: coverage.present,
  missing: coverage.missing.slice(0, MISSING_MAX),
  completeThrough: coverage.completeThrough,
});

/** Keeps each missing subject once, in order of first mention, 64 at most. */
export const missingSubjects = (subjects: readonly string[]): readonly string[] =>
  [...new Set(subjects)].slice(0, MISSING_MAX);
