import type { CostRule, Source } from '../../adapters/adapter.ts';
import { rawName } from './raw-sql.ts';
import { fullMatchSql, sqlName } from './quote.ts';

/** Amounts of a table that are all padded to one number of decimals, by raw column: see `findDecimals`. */
export type Padding = ReadonlyMap<string, number>;

/** Writes whether an amount has the usual form: plain, and short enough for 64 bits. */
export const isShort = (text: string): string => fullMatchSql(text, '-?\\d{1,9}(\\.\\d{1,9})?');

/** A plain amount, which the store holds exactly. */
const PLAIN = '-?\\d{1,20}(\\.\\d{1,18})?';

const shortName = (from: string) => sqlName(`short:${from}`);
const scaledName = (from: string) => sqlName(`scaled:${from}`);

/** Names the column that says whether an amount is padded as the head of its table is. */
export const paddedName = (from: string): string => sqlName(`padded:${from}`);

const hasShort = ({ unit, literal }: CostRule) => unit === 'currency' && literal !== 'grouped';

/** Writes columns that are asked for the value of an amount and for its literal: those of `later` look at those of `first`. */
export function askedOfCosts(
  costs: readonly CostRule[],
  padding: Padding,
): { readonly first: readonly string[]; readonly later: readonly string[] } {
  const names = [...new Set(costs.filter(hasShort).map(({ from }) => from))];
  const first = names.map((from) => {
    const decimals = padding.get(from);
    return decimals === undefined
      ? `${isShort(rawName(from))} AS ${shortName(from)}`
      : `TRY_CAST(${rawName(from)} AS DECIMAL(18,${decimals})) AS ${scaledName(from)}`;
  });
  // What is written back to the text that it was read from needs no grammar, and this takes less time.
  const later = names
    .filter((from) => padding.has(from))
    .map(
      (from) => `CAST(${scaledName(from)} AS VARCHAR) = ${rawName(from)} AS ${paddedName(from)}`,
    );
  return { first, later };
}

/**
 * Writes the cases of an amount that is short enough for 64 bits: a text takes the engine six times as long to read into 128
 * (DuckDB 1.5.6).
 */
export function shortCases(from: string, padding: Padding): (readonly [string, string])[] {
  const text = rawName(from);
  const value = `CAST(CAST(${text} AS DECIMAL(18,9)) AS DECIMAL(38,18))`;
  return padding.has(from)
    ? [
        [paddedName(from), `CAST(${scaledName(from)} AS DECIMAL(38,18))`],
        [isShort(text), value],
      ]
    : [[shortName(from), value]];
}

/**
 * Writes the text of an admitted amount where the typed amount does not say it, else null (decision 0058).
 *
 * Undefined where nothing can be lost: whole units of a gateway, and numbers of Parquet in hundredths. What is asked of a text
 * depends on whether it is the source's own or a number that the engine wrote down.
 */
export function literalSql(cost: CostRule, source: Source, padding: Padding): string | undefined {
  const isTyped = source.kind === 'parquet';
  if (cost.unit === 'units' || (isTyped && cost.unit === 'hundredth')) return undefined;
  const text = rawName(cost.from);
  const isPlain =
    hasShort(cost) && !padding.has(cost.from)
      ? `(${shortName(cost.from)} OR ${fullMatchSql(text, PLAIN)})`
      : fullMatchSql(text, PLAIN);
  if (isTyped) return `CASE WHEN ${isPlain} OR ${isSameNumber(text)} THEN NULL ELSE ${text} END`;
  // Few texts end in a zero, and only of those it is asked whether they are whole numbers.
  const endsInZero = `(suffix(${text}, '0') AND instr(${text}, '.') > 0)`;
  if (source.kind === 'csv' || cost.literal === 'exact') {
    const padded = padding.has(cost.from) ? `WHEN ${paddedName(cost.from)} THEN NULL ` : '';
    return `CASE ${padded}WHEN ${isPlain} AND NOT ${endsInZero} THEN NULL ELSE ${text} END`;
  }
  // A number of JSON comes as the engine writes it, 1.0 and 1.5e-7; with any other zero or exponent it was a text.
  const isNumber = `(NOT ${endsInZero} OR suffix(${text}, '.0'))`;
  return `CASE WHEN ${isPlain} AND ${isNumber} THEN NULL
    WHEN regexp_matches(${text}, '[eE]') AND ${isSameNumber(text)} THEN NULL ELSE ${text} END`;
}

const isSameNumber = (text: string) =>
  `coalesce(TRY(CAST(CAST(${text} AS DECIMAL(38,18)) AS DOUBLE) = CAST(${text} AS DOUBLE)), false)`;

/** Writes the number of decimals of an amount that is padded as its table is; undefined where the table pads none. */
export function decimalsSql({ from }: CostRule, padding: Padding): string | undefined {
  const decimals = padding.get(from);
  return decimals === undefined ? undefined : `CASE WHEN ${paddedName(from)} THEN ${decimals} END`;
}
