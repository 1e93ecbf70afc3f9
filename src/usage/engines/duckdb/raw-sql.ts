import type { Place, RawColumn, Reading, RowTest, Source } from '../../adapters/adapter.ts';
import { otlpSql } from './otlp-sql.ts';
import { jsonPath, sqlName, sqlPath, sqlText, sqlTexts } from './quote.ts';
import { togetherSql, togetherTexts } from './together-sql.ts';

/**
 * A line is named only in the pass by lines: counting rows costs a fast import twice its time. The pass `together` reads many
 * JSON Lines files at once, takes less out of them, and stops at the first row that is not admitted, as the fast one does.
 */
export type Pass = 'fast' | 'lines' | 'together';

/** Gives the raw name of a column inside the query, out of reach of the store's own names. */
export const rawName = (name: string): string => sqlName(`raw:${name}`);

/**
 * Writes the query that gives every kept column of a file as text, null where nothing was said.
 *
 * In the second pass it adds `ordinal` (1-based), and for keyless rows `row_digest` over everything the row holds.
 */
export function rawSql(path: string, reading: Reading, pass: Exclude<Pass, 'together'>): string {
  const texts = reading.raw.map(
    (column) =>
      `${carried(column, nulled(rawText(column, reading.source), [...unsaidIn(reading), ...(column.nulls ?? [])]))} AS ${rawName(column.name)}`,
  );
  const hasIdentity = Object.values(reading.fields).some(({ kind }) => kind === 'identity');
  const digest =
    needsRowDigest(reading) || hasIdentity ? [`${rowDigest(reading.source)} AS row_digest`] : [];
  const torn =
    reading.only !== undefined && isByLine(reading.source) ? ['item IS NULL AS is_torn'] : [];
  const ordinal =
    pass === 'lines'
      ? [`${ordinalOf(reading.source)} AS ordinal`, `${lineBreaks(reading.source)} AS breaks`]
      : [];
  return `SELECT ${[...texts, ...digest, ...torn, ...ordinal].join(', ')} FROM ${sourceSql(path, reading.source, pass)}`;
}

/** Writes the same query over many files at once; `row_digest` is null there. */
export function rawTogetherSql(paths: readonly string[], reading: Reading): string {
  const texts = reading.raw.map((column) => {
    const said = togetherTexts(column).map((text) =>
      nulled(text, [...unsaidIn(reading), ...(column.nulls ?? [])]),
    );
    const text = said.length === 1 ? (said[0] ?? 'NULL') : `coalesce(${said.join(', ')})`;
    return `${text} AS ${rawName(column.name)}`;
  });
  const rest = ['CAST(NULL AS UUID) AS row_digest', 'false AS is_torn'];
  return `SELECT ${[...texts, ...rest].join(', ')} FROM ${togetherSql(paths, reading)}`;
}

/** Writes a test of a raw column. */
export const testSql = ({ from, in: values }: RowTest): string =>
  values === 'said'
    ? `${rawName(from)} IS NOT NULL`
    : `coalesce(${rawName(from)} IN (${sqlTexts(values)}), false)`;

/** Writes which rows are usage; a line that cannot be read stays, to be quarantined and not skipped. */
export function onlySql({ only, source }: Reading): string {
  if (only === undefined) return 'true';
  return isByLine(source) ? `(is_torn OR ${testSql(only)})` : testSql(only);
}

const isByLine = (source: Source): boolean =>
  source.kind === 'jsonl' || (source.kind === 'otlp' && source.isLines);

const carried = (column: RawColumn, text: string) =>
  column.carried === true
    ? `last_value(${text} IGNORE NULLS) OVER (ORDER BY item_number ROWS UNBOUNDED PRECEDING)`
    : text;

/** Tells whether rows need a digest: only keyless rows that are compared one by one do. */
export const needsRowDigest = (reading: Reading): boolean =>
  reading.key === 'none' && reading.restatement !== 'replace-partition';

function rawText(column: RawColumn, source: Source): string {
  if (source.kind === 'csv') return sqlName(column.name);
  if (source.kind === 'parquet') return `CAST(${sqlName(column.name)} AS VARCHAR)`;
  const places = [column, ...(column.or ?? [])].map((place) => placeSql(place, column.name));
  return places.length === 1 ? (places[0] ?? 'NULL') : `coalesce(${places.join(', ')})`;
}

function placeSql(place: Place, name: string): string {
  const text = `(item ->> ${sqlText(jsonPath(place.path ?? [name]))})`;
  if (place.embedded === undefined) return text;
  return `(CASE WHEN json_valid(${text}) THEN ${text} ->> ${sqlText(jsonPath(place.embedded))} END)`;
}

/** The CSV reader itself gives null for an empty field. */
const unsaidIn = ({ source, nulls }: Reading): readonly string[] =>
  source.kind === 'csv' ? nulls : ['', ...nulls];

function nulled(text: string, nulls: readonly string[]): string {
  return nulls.reduce((inner, mark) => `nullif(${inner}, ${sqlText(mark)})`, text);
}

function rowDigest(source: Source): string {
  if (source.kind !== 'csv' && source.kind !== 'parquet') {
    return 'CAST(md5(CAST(item AS VARCHAR)) AS UUID)';
  }
  // Lengths keep ('ab','c') and ('a','bc') apart.
  const parts = source.header
    .map((name) => `CAST(${sqlName(name)} AS VARCHAR)`)
    .map((text) => `coalesce(length(${text}) || ':' || ${text}, '-')`);
  return `CAST(md5(${parts.join(" || ',' || ")}) AS UUID)`;
}

function ordinalOf(source: Source): string {
  if (source.kind === 'parquet') return 'file_row_number + 1';
  if (source.kind === 'csv') return 'row_number() OVER ()';
  return 'item_number';
}

/** Counts line breaks inside quoted fields, so that a row can be named by its line. */
function lineBreaks(source: Source): string {
  if (source.kind !== 'csv') return '0';
  return source.header
    .map(sqlName)
    .map((name) => `coalesce(length(${name}) - length(replace(${name}, chr(10), '')), 0)`)
    .join(' + ');
}

function sourceSql(path: string, source: Source, pass: Pass): string {
  const file = sqlPath(path);
  switch (source.kind) {
    case 'csv':
      return csvSql(file, source, pass);
    case 'parquet':
      return `read_parquet(${file}, file_row_number = true)`;
    case 'jsonl':
      return jsonLinesSql(file);
    case 'json-items':
      return `(${itemsSql(file, source.path)})`;
    case 'json-buckets':
      return `(SELECT json_object('bucket', bucket, 'result', result) AS item, item_number
        FROM (SELECT item AS bucket, item_number, unnest(json_extract(item, '$.results[*]')) AS result
          FROM (${itemsSql(file, source.path)})))`;
    case 'json-nested':
      return `(SELECT json_object('outer', item, 'inner', member) AS item, item_number
        FROM (SELECT item, item_number, unnest(json_extract(item, ${sqlText(`${jsonPath([source.inner])}[*]`)})) AS member
          FROM (${itemsSql(file, source.path)})))`;
    case 'otlp':
      return otlpSql(source, source.isLines ? jsonLinesSql(file) : wholeSql(file));
    case 'json-members':
      return `(SELECT json_object('name', name, 'item', item) AS item, row_number() OVER () AS item_number
        FROM (SELECT name, unnest(CAST(json_extract(members, '$."' || replace(name, '"', '\\"') || '"') AS JSON[])) AS item
          FROM (SELECT members, unnest(json_keys(members)) AS name
            FROM (SELECT json_extract(${jsonContent}, ${sqlText(source.path)}) AS members FROM read_text(${file})))))`;
    default:
      source satisfies never;
      throw new TypeError('Unknown source');
  }
}

const wholeSql = (file: string) =>
  `(SELECT ${jsonContent} AS item, 1 AS item_number FROM read_text(${file}))`;

/** A byte order mark is no JSON. */
export const jsonContent = 'CAST(ltrim(content, chr(65279)) AS JSON)';

/** Numbers the items of an array, from 1. */
export function itemsSql(file: string, path: string): string {
  const list = `json_extract(${jsonContent}, ${sqlText(path === '$' ? '$[*]' : `${path}[*]`)})`;
  return `SELECT unnest(items) AS item, generate_subscripts(items, 1) AS item_number
    FROM (SELECT ${list} AS items FROM read_text(${file}))`;
}

/** One text a line, numbered; a line that is no JSON object gives nulls, so its required fields are missing. */
function jsonLinesSql(file: string): string {
  return `(SELECT CASE WHEN json_valid(line) THEN CAST(line AS JSON) END AS item, item_number
    FROM (SELECT unnest(lines) AS line, generate_subscripts(lines, 1) AS item_number
      FROM (SELECT string_split(ltrim(replace(content, chr(13) || chr(10), chr(10)), chr(65279)), chr(10)) AS lines
        FROM read_text(${file})))
    WHERE trim(line) <> '')`;
}

// Everything about the file is said: the header was read and verified before, so it is skipped, and nothing is sniffed.
function csvSql(file: string, source: Source & { kind: 'csv' }, pass: Pass): string {
  const columns = source.header.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ');
  const options = [
    'auto_detect = false',
    'header = false',
    'skip = 1',
    `delim = ${sqlText(source.delimiter)}`,
    "quote = '\"'",
    "escape = '\"'",
    "nullstr = ''",
    'strict_mode = true',
    'null_padding = false',
    'max_line_size = 2000000',
    `columns = {${columns}}`,
    ...(pass === 'lines' ? ['parallel = false', 'store_rejects = true'] : []),
  ];
  return `read_csv(${file}, ${options.join(', ')})`;
}
