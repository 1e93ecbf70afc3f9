import type { Instant } from '../../../core/index.ts';

/**
 * Writes a text as an SQL literal. Every value that comes from outside passes here and nowhere else.
 *
 * @throws {RangeError} for a NUL, which no export and no path may hold.
 */
export function sqlText(text: string): string {
  if (text.includes('\0')) throw new RangeError('SQL text holds no NUL');
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes a name as a quoted SQL identifier; the same rule as for texts. */
export function sqlName(name: string): string {
  if (name.includes('\0')) throw new RangeError('An SQL name holds no NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a list of texts, for `IN (…)` and for file lists in brackets. */
export const sqlTexts = (texts: readonly string[]): string => texts.map(sqlText).join(', ');

/**
 * Writes a path for a file reader, where `*`, `?` and `[` would be read as patterns.
 *
 * DuckDB knows no escape but a class of one mark.
 */
export const sqlPath = (path: string): string =>
  sqlText(path.replace(/[*?[]/g, (mark) => `[${mark}]`));

/** Writes a test of a whole text by a grammar. */
export const fullMatchSql = (text: string, grammar: string): string =>
  `regexp_full_match(${text}, ${sqlText(grammar)})`;

/** Writes a JSON path of member names. */
export const jsonPath = (members: readonly string[]): string =>
  `$${members.map((member) => `."${member.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join('')}`;

/** Writes an instant; the engine's times are UTC without an offset. */
export const timestampSql = (instant: Instant): string =>
  `TIMESTAMP ${sqlText(instant.replace('T', ' ').replace('Z', ''))}`;
