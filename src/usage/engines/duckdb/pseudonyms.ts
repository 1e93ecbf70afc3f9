import type { Reading } from '../../adapters/adapter.ts';
import type { Connection } from './connection.ts';
import { countRows } from './count-rows.ts';
import { sqlName, sqlText } from './quote.ts';
import { rawName, rawSql } from './raw-sql.ts';

/** Below this the head would be read for nothing. */
const BYTES_MIN = 16_777_216;
const HEAD_ROWS = 50_000;
/** With more of them, names are likely to be each row's own. */
const NAMES_MAX = 5000;

const digestSql = (name: string): string => `CAST(md5(${name}) AS UUID)`;
const typeName = (from: string): string => sqlName(`names:${from}`);
const listName = (from: string): string => `refs:${from}`;

/**
 * Works out the pseudonyms of the names that stand at the head of a large CSV: to digest the same few names millions of times
 * takes a ninth of an import, to look them up by the code of an enum almost nothing.
 *
 * @returns the raw columns that have such a list.
 */
export async function nameHead(
  connection: Connection,
  path: string,
  { reading, bytes }: { readonly reading: Reading; readonly bytes: number },
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  if (reading.source.kind !== 'csv' || bytes < BYTES_MIN) return named;
  for (const rule of Object.values(reading.fields)) {
    if (rule.kind !== 'pseudonym') continue;
    const head = `SELECT ${rawName(rule.from)} AS name FROM (${rawSql(path, reading, 'fast')}) LIMIT ${HEAD_ROWS}`;
    try {
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE names AS SELECT DISTINCT name FROM (${head}) WHERE name IS NOT NULL`,
      );
    } catch {
      // What is wrong with the file is said by the pass over all of it.
      return named;
    }
    if (await listNames(connection, rule.from)) named.add(rule.from);
  }
  return named;
}

async function listNames(connection: Connection, from: string): Promise<boolean> {
  const count = await countRows(connection, 'names');
  if (count === 0 || count > NAMES_MAX) return false;
  await connection.run(
    `CREATE OR REPLACE TYPE ${typeName(from)} AS ENUM (SELECT name FROM names ORDER BY name)`,
  );
  await connection.run(
    `SET VARIABLE ${sqlName(listName(from))} = (SELECT list(${digestSql('name')} ORDER BY name) FROM names)`,
  );
  return true;
}

/** Writes the pseudonym of a raw column; a name that is in no list is digested where it stands. */
export function pseudonymSql(from: string, named: ReadonlySet<string>): string {
  const text = rawName(from);
  if (!named.has(from)) return digestSql(text);
  const code = `CAST(enum_code(TRY_CAST(${text} AS ${typeName(from)})) AS INTEGER)`;
  const listed = `list_extract(getvariable(${sqlText(listName(from))}), ${code} + 1)`;
  return `coalesce(${listed}, ${digestSql(text)})`;
}
