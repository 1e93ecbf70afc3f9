import { AppError } from '../../../core/index.ts';
import { JSON_PROBES, type Shape } from '../../adapters/adapter.ts';
import { type Connection, engineError } from './connection.ts';
import { sqlPath, sqlTexts } from './quote.ts';
import { itemsSql, jsonText } from './raw-sql.ts';
import { textAt } from './text-at.ts';

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
    return { kind: 'parquet', header: rows.map((row) => textAt(row, 'name')) };
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
 * @throws {AppError} `export-unreadable` when the text is no whole JSON, or is too large to be read at once.
 */
export async function probeJson(
  connection: Connection,
  { path, name, root }: { path: string; name: string; root: 'array' | 'object' },
): Promise<Shape> {
  const file = sqlPath(path);
  try {
    return root === 'array'
      ? await probeArray(connection, file)
      : await probeObject(connection, file);
  } catch (error) {
    const broken = new AppError('export-unreadable', {
      message: `${name} is not whole JSON`,
      hint: 'Export the file again; a page may have broken off.',
      file: name,
      cause: error,
    });
    throw engineError(error, broken);
  }
}

/** The items of an array are read to the end, which is how one knows that it has one, and never all at once. */
async function probeArray(connection: Connection, file: string): Promise<Shape> {
  const items = itemsSql(file, '$');
  const [count] = await connection.rows(`SELECT CAST(count(*) AS VARCHAR) AS n FROM (${items})`);
  const [row] = await connection.rows(
    `SELECT CAST(to_json(json_keys(item)) AS VARCHAR) AS keys FROM (${items}) WHERE json_type(item) = 'OBJECT' AND item_number = 1`,
  );
  const keys: Record<string, readonly string[]> = {};
  if (row?.['keys']) keys['$[0]'] = namesIn(row['keys']);
  return {
    kind: 'json',
    root: 'array',
    ...(await probeBuckets(connection, file, '$', keys)),
    hasMore: false,
    isBlank: count?.['n'] === '0',
  };
}

async function probeObject(connection: Connection, file: string): Promise<Shape> {
  // A cast to JSON would hold the text twice, and each further function parses all of it.
  const text = `(SELECT ${jsonText} AS j FROM read_text(${file}))`;
  const [found] = await connection.rows(
    `SELECT CAST(to_json(json_keys(j, [${sqlTexts(JSON_PROBES)}])) AS VARCHAR) AS keys FROM ${text}`,
  );
  const keys: Record<string, readonly string[]> = {};
  const keyLists: unknown = JSON.parse(found?.['keys'] ?? '[]');
  JSON_PROBES.forEach((probe, index) => {
    const names = Array.isArray(keyLists) ? namesOf(keyLists[index]) : [];
    if (names.length > 0) keys[probe] = names;
  });
  const [row] = await connection.rows(
    `SELECT CAST(to_json(json_extract_string(j, [${sqlTexts([...MORE, ...COUNTED.flat(), PAGE, SUCCESS])}])) AS VARCHAR) AS said FROM ${text}`,
  );
  const said: unknown = JSON.parse(row?.['said'] ?? '[]');
  const texts = Array.isArray(said) ? said : [];
  const buckets = await probeBuckets(connection, file, '$.data', keys);
  const [page, success] = texts.slice(-2);
  const hasRows = Object.keys(keys).some((probe) => !BESIDE_ROWS.includes(probe));
  return {
    kind: 'json',
    root: 'object',
    ...buckets,
    hasMore: saysMore(texts),
    isLaterPage: Number(page ?? NaN) > 1,
    isBlank: !hasRows && success !== 'false' && (await isBlank(connection, text)),
  };
}

/** Where a page says that there are others. */
const MORE = ['$.has_more', '$.data.metadata.truncated', '$.metadata.has_more'];

/** Where a page says how many rows there are, which page it is, and how many rows one has, counted from 1: new-api, LiteLLM's logs. */
const COUNTED = [
  ['$.data.total', '$.data.page', '$.data.page_size'],
  ['$.total', '$.page', '$.page_size'],
] as const;

/** Where LiteLLM says which page it is, counted from 1. */
const PAGE = '$.metadata.page';

/** A gateway that refuses says so, and may add an empty list. */
const SUCCESS = '$.success';

/** Where objects stand that are no rows. */
const BESIDE_ROWS: readonly string[] = ['$', '$.data'];

/** Where rows would be in a page that has some. */
const LISTS = ['$.data', '$.data.items', '$.data.data', '$.results'];

async function isBlank(connection: Connection, text: string): Promise<boolean> {
  const paths = `[${sqlTexts(LISTS)}]`;
  const lists = `list_zip(json_type(j, ${paths}), json_array_length(j, ${paths}))`;
  const [row] = await connection.rows(
    `SELECT CAST(len(list_filter(${lists}, lambda l: l[1] = 'ARRAY' AND l[2] = 0)) > 0
       OR coalesce(json_type(j, '$.daily_quota') = 'OBJECT' AND len(json_keys(j, '$.daily_quota')) = 0, false) AS VARCHAR) AS blank
     FROM ${text}`,
  );
  return row?.['blank'] === 'true';
}

function saysMore(texts: readonly unknown[]): boolean {
  if (texts.slice(0, MORE.length).includes('true')) return true;
  const counts = texts.slice(MORE.length).map((text) => Number(text ?? NaN));
  return COUNTED.some((_, way) => {
    const [total = NaN, page = NaN, size = NaN] = counts.slice(way * 3);
    return total > page * size;
  });
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

const namesIn = (json: string): string[] => namesOf(JSON.parse(json));

const namesOf = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
