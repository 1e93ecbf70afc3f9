import { AppError } from '../../../core/index.ts';
import { JSON_PROBES, type Shape } from '../../adapters/adapter.ts';
import type { Connection } from './connection.ts';
import { sqlPath, sqlText } from './quote.ts';
import { itemsSql, jsonContent } from './raw-sql.ts';

/**
 * Names the columns of a Parquet file.
 *
 * @throws {AppError} `export-unreadable` when the file is not whole.
 */
export async function probeParquet(
  connection: Connection,
  path: string,
  name: string,
): Promise<Shape> {
  try {
    const rows = await connection.rows(
      `SELECT column_name AS name FROM (DESCRIBE SELECT * FROM read_parquet(${sqlPath(path)}))`,
    );
    return { kind: 'parquet', header: rows.map((row) => row['name'] ?? '') };
  } catch (cause) {
    throw new AppError('export-unreadable', {
      message: `${name} is not a whole Parquet file`,
      hint: 'Export the file again; writing it may have broken off.',
      file: name,
      cause,
    });
  }
}

/**
 * Names the keys of a JSON file at the places that tell exports apart.
 *
 * @throws {AppError} `export-unreadable` when the text is no whole JSON.
 */
export async function probeJson(
  connection: Connection,
  path: string,
  name: string,
): Promise<Shape> {
  const file = sqlPath(path);
  const [whole] = await connection.rows(
    `SELECT CAST(json_valid(ltrim(content, chr(65279))) AS VARCHAR) AS valid FROM read_text(${file})`,
  );
  if (whole?.['valid'] !== 'true') {
    throw new AppError('export-unreadable', {
      message: `${name} is not whole JSON`,
      hint: 'Export the file again; a page may have broken off.',
      file: name,
    });
  }
  const probes = JSON_PROBES.map(
    (probe, index) =>
      `CASE WHEN json_type(j, ${sqlText(probe)}) = 'OBJECT' THEN to_json(json_keys(j, ${sqlText(probe)})) END AS k${index}`,
  );
  const [row] = await connection.rows(
    `SELECT json_type(j) AS root, coalesce(j ->> '$.has_more', j ->> '$.data.metadata.truncated', j ->> '$.metadata.has_more') AS more, ${probes.map((probe) => probe.replace(/ AS k/, '::VARCHAR AS k')).join(', ')}
     FROM (SELECT ${jsonContent} AS j FROM read_text(${file}))`,
  );
  const keys: Record<string, readonly string[]> = {};
  JSON_PROBES.forEach((probe, index) => {
    const list = row?.[`k${index}`];
    if (list) keys[probe] = namesIn(list);
  });
  const root = row?.['root'] === 'ARRAY' ? 'array' : 'object';
  const buckets = await probeBuckets(connection, file, root === 'array' ? '$' : '$.data', keys);
  return { kind: 'json', root, ...buckets, hasMore: row?.['more'] === 'true' };
}

async function probeBuckets(
  connection: Connection,
  file: string,
  path: string,
  keys: Record<string, readonly string[]>,
) {
  if (!(keys[`${path}[0]`] ?? []).includes('results')) return { keys, tags: [] };
  const rows = await connection.rows(
    `SELECT result ->> '$.object' AS tag, CAST(to_json(json_keys(any_value(result))) AS VARCHAR) AS keys
     FROM (SELECT unnest(json_extract(item, '$.results[*]')) AS result FROM (${itemsSql(file, path)})) GROUP BY tag ORDER BY tag`,
  );
  const results = [...new Set(rows.flatMap((row) => namesIn(row['keys'] ?? '[]')))];
  return { keys: { ...keys, results }, tags: rows.map((row) => row['tag'] ?? '') };
}

function namesIn(json: string): string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
}
