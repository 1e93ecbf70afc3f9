import { type Instant, instantFromMs, instantMs, parseInstant } from '../../../core/index.ts';
import type { Reading, Source } from '../../adapters/adapter.ts';
import type { Connection } from './connection.ts';
import { itemsSql, jsonContent } from './raw-sql.ts';
import { jsonPath, sqlPath, sqlText } from './quote.ts';

/** One bucket that the file lists, with or without rows. */
export interface Bucket {
  readonly start: Instant;
  readonly end: Instant;
  readonly isEmpty: boolean;
  /** Shorter than the widest of the file. */
  readonly isPartial: boolean;
  /** The date of a bucket that names a date and no instants. */
  readonly date: string | null;
}

/**
 * Lists the buckets of a file that names them apart from its rows; `undefined` for other files.
 *
 * An empty closed bucket is a measured zero and a present day, and no row says so.
 */
export async function listBuckets(
  connection: Connection,
  path: string,
  reading: Reading,
): Promise<readonly Bucket[] | undefined> {
  const { source } = reading;
  if (source.kind === 'json-buckets') return await spans(connection, path, source);
  if (source.kind === 'json-members') return await dates(connection, path, source.path);
  return undefined;
}

async function spans(
  connection: Connection,
  path: string,
  { path: at, span }: Source & { readonly kind: 'json-buckets' },
): Promise<readonly Bucket[]> {
  const field = (name: string) => `item ->> ${sqlText(jsonPath([name]))}`;
  const rows = await connection.rows(
    `SELECT DISTINCT ${field(span.start)} AS s, ${field(span.end)} AS e,
       CAST(coalesce(json_array_length(item, '$.results'), 0) = 0 AS VARCHAR) AS empty
     FROM (${itemsSql(sqlPath(path), at)})`,
  );
  const read = rows
    .flatMap((row) => {
      const start = edgeOf(row['s'], span.unit);
      const end = edgeOf(row['e'], span.unit);
      if (start === undefined || end === undefined) return [];
      return [{ start, end, isEmpty: row['empty'] === 'true' }];
    })
    .toSorted((left, right) => instantMs(left.start) - instantMs(right.start));
  const width = Math.max(0, ...read.map(lengthOf));
  return read.map((bucket) => ({ ...bucket, isPartial: lengthOf(bucket) < width, date: null }));
}

function edgeOf(text: string | null | undefined, unit: 's' | 'iso'): Instant | undefined {
  if (unit === 'iso') return parseInstant(text ?? '');
  return /^[1-3]\d{9}$/.test(text ?? '') ? instantFromMs(Number(text) * 1000) : undefined;
}

async function dates(connection: Connection, path: string, at: string): Promise<readonly Bucket[]> {
  const rows = await connection.rows(
    `SELECT name, CAST(coalesce(json_array_length(members, '$."' || replace(name, '"', '\\"') || '"'), 0) = 0 AS VARCHAR) AS empty
     FROM (SELECT members, unnest(json_keys(members)) AS name
       FROM (SELECT json_extract(${jsonContent}, ${sqlText(at)}) AS members FROM read_text(${sqlPath(path)})))
     WHERE regexp_full_match(name, '20\\d{2}-\\d{2}-\\d{2}') AND TRY_CAST(name AS DATE) IS NOT NULL ORDER BY name`,
  );
  return rows.map((row) => {
    const start = instantFromMs(Date.parse(`${row['name']}T00:00:00Z`));
    return {
      start,
      end: instantFromMs(instantMs(start) + 86_400_000),
      isEmpty: row['empty'] === 'true',
      isPartial: false,
      date: row['name'] ?? null,
    };
  });
}

const lengthOf = ({ start, end }: { start: Instant; end: Instant }) =>
  instantMs(end) - instantMs(start);
