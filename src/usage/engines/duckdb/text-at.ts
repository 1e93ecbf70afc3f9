import type { SqlRow } from './connection.ts';

/**
 * Reads a text that a statement always gives.
 *
 * @throws {TypeError} where it gave none: it is our failure, and what is missing is never an empty text.
 */
export function textAt(row: SqlRow | undefined, name: string): string {
  const text = row?.[name] ?? null;
  if (text === null) throw new TypeError(`Expected the answer to have \`${name}\``);
  return text;
}
