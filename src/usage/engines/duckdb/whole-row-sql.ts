import { sqlName } from './quote.ts';

/** From as many columns on a value of each column for each row would not fit in memory. */
const WIDE = 500;

/** A table so wide that two threads would hold more of it than fits in memory. */
export const isTooWide = (header: readonly string[]): boolean => header.length > 2 * WIDE;

/**
 * Writes a digest of everything that a row of a table holds.
 *
 * Lengths keep ('ab','c') and ('a','bc') apart; a chain of operators is too deep for the engine from 500 columns on. The texts
 * of a wide row are taken as one list: an expression for each column holds several texts of each column in memory.
 */
export function digestSql(header: readonly string[]): string {
  const texts = header.map((name) => `CAST(${sqlName(name)} AS VARCHAR)`);
  const part = (text: string) => `coalesce(length(${text}) || ':' || ${text}, '-')`;
  const whole =
    header.length > WIDE
      ? `array_to_string(list_transform([${texts.join(', ')}], lambda c: ${part('c')}), ',')`
      : `concat_ws(',', ${texts.map(part).join(', ')})`;
  return `CAST(md5(${whole}) AS UUID)`;
}

/** Counts line breaks inside quoted fields, so that a row can be named by its line. */
export function breaksSql(header: readonly string[]): string {
  const row = `concat_ws('', ${header.map(sqlName).join(', ')})`;
  return `length(${row}) - length(replace(${row}, chr(10), ''))`;
}
