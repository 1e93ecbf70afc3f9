import type { ColumnId } from './columns.ts';
import { unitRateOf } from './conversion.ts';
import { outsideSql } from './engines/duckdb/band-sql.ts';
import { collapseRows } from './engines/duckdb/collapse.ts';
import type { Connection } from './engines/duckdb/connection.ts';
import { sumFiles } from './engines/duckdb/look-sums.ts';
import { sqlName } from './engines/duckdb/quote.ts';
import { stageTogether } from './engines/duckdb/stage-together.ts';
import { textAt } from './engines/duckdb/text-at.ts';
import type { LookOptions } from './look-options.ts';
import { lookResult } from './look-one-file.ts';
import type { LookResult } from './look-result.ts';
import { scanFile } from './scan-file.ts';
import type { RecognisedFile } from './shape.ts';

/** As many files as are read at once. */
const FILES_MAX = 2000;
const TABLE = 'look_together';

/** A file and how many lines it has. */
interface Counted extends RecognisedFile {
  readonly lines: number;
}

/**
 * Looks at files of an adapter that reads many at once, as an import of them does; to ask for the sums of each by itself takes
 * a thousand small sessions thirty times the time of their import.
 *
 * @returns what they hold, by path. A file that has something to be said of single lines, or a text shaped like a key, is not
 * there: it is to be read by itself.
 */
export async function lookTogether(
  connection: Connection,
  files: readonly RecognisedFile[],
  options: LookOptions,
): Promise<ReadonlyMap<string, LookResult>> {
  const groups = await groupsOf(files);
  const found = new Map<string, LookResult>();
  for (const group of groups) {
    for (const [path, result] of await lookAtGroup(connection, group, options))
      found.set(path, result);
  }
  return found;
}

/** Parts files that can be read at once: two at least, of one adapter and read alike. */
async function groupsOf(
  files: readonly RecognisedFile[],
): Promise<readonly (readonly Counted[])[]> {
  const alike = new Map<string, Map<string, RecognisedFile>>();
  for (const file of files) {
    if (file.adapter.readsTogether !== true || file.reading.currency.from === 'column') continue;
    const kind = JSON.stringify([file.adapter.id, { ...file.reading, dropped: [] }]);
    alike.set(kind, (alike.get(kind) ?? new Map<string, RecognisedFile>()).set(file.path, file));
  }
  const groups: Counted[][] = [];
  for (const some of alike.values()) {
    if (some.size < 2) continue;
    const counted: Counted[] = [];
    for (const file of some.values()) {
      const { hasKeyShape, jsonLines } = await scanFile(file.path);
      if (!hasKeyShape) counted.push({ ...file, lines: jsonLines });
    }
    for (let from = 0; from < counted.length; from += FILES_MAX)
      groups.push(counted.slice(from, from + FILES_MAX));
  }
  return groups;
}

async function lookAtGroup(
  connection: Connection,
  files: readonly Counted[],
  options: LookOptions,
): Promise<ReadonlyMap<string, LookResult>> {
  const [first, second] = files;
  if (first === undefined || second === undefined) return new Map();
  const { reading } = first;
  const staged = await stageTogether(connection, {
    paths: files.map(({ path }) => path),
    reading,
    zone: zoneOf(first, options),
    unitRate: unitRateOf(options.conversion),
    target: { table: TABLE },
  });
  if (staged !== undefined) return await sumGroup(connection, files, staged.columns, options);
  // A line of one of them is not admitted: halves find out which.
  const middle = Math.ceil(files.length / 2);
  const before = await lookAtGroup(connection, files.slice(0, middle), options);
  const after = await lookAtGroup(connection, files.slice(middle), options);
  return new Map([...before, ...after]);
}

const zoneOf = ({ adapter }: RecognisedFile, { zone }: LookOptions): string =>
  zone ?? adapter.facts.defaultZone;

async function sumGroup(
  connection: Connection,
  files: readonly Counted[],
  columns: readonly ColumnId[],
  options: LookOptions,
): Promise<ReadonlyMap<string, LookResult>> {
  const [first] = files;
  if (first === undefined) return new Map();
  const { reading } = first;
  const zone = zoneOf(first, options);
  const of = { table: TABLE, columns, reading, fileSql: 'filename' };
  const counted = await rowsByFile(connection, reading.band && outsideSql(reading.band, columns));
  const duplicates = await collapseRows(connection, of);
  const paths = files.map(({ path }) => path);
  const asked = { ...of, zone, conversion: options.conversion, buckets: undefined };
  const sums = await sumFiles(connection, asked, paths);
  const found = new Map<string, LookResult>();
  for (const file of files) {
    const { rows = 0, odd = 0 } = counted.get(file.path) ?? {};
    const ofFile = sums.get(file.path);
    if (odd > 0 || ofFile === undefined) continue;
    const duplicate = duplicates.get(file.path) ?? 0;
    const skipped = file.lines - rows;
    found.set(
      file.path,
      lookResult(file, { ...NOTHING_ODD, duplicate, skipped, zone, sums: ofFile }),
    );
  }
  return found;
}

const NOTHING_ODD = {
  quarantined: 0,
  quarantinedRows: [],
  replay: null,
  flagged: 0,
  flaggedRows: [],
} as const;

/** Counts the rows of each file, and those that are odd. */
async function rowsByFile(
  connection: Connection,
  isOdd = 'false',
): Promise<ReadonlyMap<string, { readonly rows: number; readonly odd: number }>> {
  const rows = await connection.rows(
    `SELECT filename, CAST(count(*) AS VARCHAR) AS n, CAST(count(*) FILTER (WHERE ${isOdd}) AS VARCHAR) AS odd
     FROM ${sqlName(TABLE)} GROUP BY filename`,
  );
  return new Map(
    rows.map((row) => [
      textAt(row, 'filename'),
      { rows: Number(row['n']), odd: Number(row['odd']) },
    ]),
  );
}
