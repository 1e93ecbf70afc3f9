import type { Place, RawColumn, Reading, RowTest, Source } from '../../adapters/adapter.ts';
import { jsonLinesSql, SET_ASIDE } from './json-lines-sql.ts';
import { otlpSql } from './otlp-sql.ts';
import { fullMatchSql, jsonPath, sqlName, sqlPath, sqlText, sqlTexts } from './quote.ts';
import { breaksSql, digestSql, isTooWide } from './whole-row-sql.ts';
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
  return rawOf([path], reading, pass);
}

/** Many files at once are JSON Lines: see {@link rawTogetherSql}. */
function rawOf(
  paths: readonly string[],
  reading: Reading,
  pass: Exclude<Pass, 'together'>,
): string {
  const { source } = reading;
  const [path = ''] = paths;
  const places = reading.raw.flatMap(placesOf);
  const texts = reading.raw.map(
    (column) =>
      `${carried(column, nulled(rawText(column, source, places), [...unsaidIn(reading), ...(column.nulls ?? [])]))} AS ${rawName(column.name)}`,
  );
  const hasIdentity = Object.values(reading.fields).some(({ kind }) => kind === 'identity');
  const digest =
    needsRowDigest(reading) || hasIdentity ? [`${rowDigest(source)} AS row_digest`] : [];
  const torn = reading.only !== undefined && isByLine(source) ? ['item IS NULL AS is_torn'] : [];
  if (isTable(source))
    return tableSql(sourceSql(path, source, pass), [...texts, ...digest], { source, pass });
  const ordinal = pass === 'lines' ? ['item_number AS ordinal', '0 AS breaks'] : [];
  // One look into an item finds every text: a look for each of them parses it as often.
  const found = [`json_extract_string(item, [${places.map(placePath).join(', ')}]) AS texts`];
  const items = itemsIn(paths, reading, [...found, ...digest, ...torn], pass);
  const kept = [
    ...texts,
    ...(digest.length > 0 ? ['row_digest'] : []),
    ...(torn.length > 0 ? ['is_torn'] : []),
    ...(carries(reading) ? ['filename'] : []),
    ...(reading.cut === undefined ? [] : [`${cutSql(reading.cut)} AS is_cut`]),
    ...ordinal,
  ];
  return `SELECT ${kept.join(', ')} FROM ${items}`;
}

const cutSql = (edges: NonNullable<Reading['cut']>): string =>
  ['false', ...edges.map((edge) => EDGES[edge])].join(' OR ');

const EDGES = {
  first: 'item_number = 1',
  last: 'item_number = max(item_number) OVER ()',
} as const;

/** Writes the items of files of which not each is a row of a table: `select`, of each, and `item_number`. */
function itemsIn(
  paths: readonly string[],
  reading: Reading,
  select: readonly string[],
  pass: Exclude<Pass, 'together'>,
): string {
  const { source } = reading;
  const [path = ''] = paths;
  if (source.kind !== 'jsonl')
    return `(SELECT ${select.join(', ')}, item_number FROM ${sourceSql(path, source, pass)})`;
  const file = carries(reading) ? { select: ['filename'], options: ['filename = true'] } : NO_FILE;
  return jsonLinesSql(
    `[${paths.map(sqlPath).join(', ')}]`,
    [...select, ...file.select],
    [...(pass === 'lines' ? SET_ASIDE : []), ...file.options],
  );
}

const NO_FILE = { select: [], options: [] } as const;

const carries = ({ raw }: Reading): boolean => raw.some(({ carried }) => carried !== undefined);

/**
 * Writes the same query over many JSON Lines files at once. `row_digest` is null there, unless a column is carried from line to
 * line: then lines are read in their order, which takes longer and tells everything.
 */
export function rawTogetherSql(
  paths: readonly string[],
  reading: Reading,
  namesFiles: boolean,
): string {
  if (carries(reading)) return rawOf(paths, reading, 'fast');
  const texts = reading.raw.map((column) => {
    const said = togetherTexts(column).map((text) =>
      nulled(text, [...unsaidIn(reading), ...(column.nulls ?? [])]),
    );
    const text = said.length === 1 ? (said[0] ?? 'NULL') : `coalesce(${said.join(', ')})`;
    return `${text} AS ${rawName(column.name)}`;
  });
  const rest = [
    'CAST(NULL AS UUID) AS row_digest',
    'false AS is_torn',
    ...(namesFiles ? ['filename'] : []),
  ];
  return `SELECT ${[...texts, ...rest].join(', ')} FROM ${togetherSql(paths, reading, namesFiles)}`;
}

/** Writes a test of a raw column. */
export function testSql({ from, in: values, unless }: RowTest): string {
  const test =
    values === 'said'
      ? `${rawName(from)} IS NOT NULL`
      : `coalesce(${rawName(from)} IN (${sqlTexts(values)}), false)`;
  return unless === undefined ? test : `(${test} AND NOT ${testSql(unless)})`;
}

/** Writes which rows are usage; a line that cannot be read stays, to be quarantined and not skipped. */
export function onlySql({ only, source }: Reading): string {
  if (only === undefined) return 'true';
  return isByLine(source) ? `(is_torn OR ${testSql(only)})` : testSql(only);
}

const isByLine = (source: Source): boolean =>
  source.kind === 'jsonl' || (source.kind === 'otlp' && source.isLines);

type Table = Source & { readonly kind: 'csv' | 'parquet' };

const isTable = (source: Source): source is Table =>
  source.kind === 'csv' || source.kind === 'parquet';

const carried = (column: RawColumn, text: string) =>
  column.carried !== undefined
    ? `last_value(${text} IGNORE NULLS) OVER (PARTITION BY filename ORDER BY item_number ROWS UNBOUNDED PRECEDING)`
    : text;

/** Tells whether rows need a digest: only keyless rows that are compared one by one do. */
export const needsRowDigest = (reading: Reading): boolean =>
  reading.key === 'none' && reading.restatement !== 'replace-partition';

function rawText(column: RawColumn, source: Source, places: readonly NamedPlace[]): string {
  if (source.kind === 'csv') return sqlName(column.name);
  if (source.kind === 'parquet') return `CAST(${sqlName(column.name)} AS VARCHAR)`;
  const found = places.flatMap(({ name, place }, index) =>
    name === column.name ? [placeSql(place, `texts[${index + 1}]`)] : [],
  );
  const text = found.length === 1 ? (found[0] ?? 'NULL') : `coalesce(${found.join(', ')})`;
  if (typeof column.carried !== 'object') return text;
  const asked = places.findIndex(({ name }) => name === markName(column)) + 1;
  return `(CASE WHEN texts[${asked}] = ${sqlText(column.carried.is)} THEN ${text} END)`;
}

/** A place in a JSON item, and the raw column that is looked for there. */
interface NamedPlace {
  readonly name: string;
  readonly place: Place;
}

const placesOf = (column: RawColumn): readonly NamedPlace[] => [
  ...[column, ...(column.or ?? [])].map((place) => ({ name: column.name, place })),
  ...(typeof column.carried === 'object'
    ? [{ name: markName(column), place: column.carried }]
    : []),
];

/** Names the place of the text that lines must hold to say a column. */
const markName = ({ name }: RawColumn): string => `mark:${name}`;

const placePath = ({ name, place }: NamedPlace): string => sqlText(jsonPath(place.path ?? [name]));

function placeSql({ embedded, sum, saysBroken }: Place, text: string): string {
  if (saysBroken === true) return brokenSql(text);
  if (sum !== undefined) return sumSql(sum, text);
  if (embedded === undefined) return text;
  return `(CASE WHEN json_valid(${text}) THEN ${text} ->> ${sqlText(jsonPath(embedded))} END)`;
}

/** A source without details writes nothing, or the null of its language. */
const brokenSql = (text: string): string =>
  `(CASE WHEN json_valid(${text}) THEN CASE WHEN json_type(${text}) NOT IN ('OBJECT', 'NULL') THEN 'true' END WHEN ${text} <> '' THEN 'true' END)`;

/** What is no whole count is given as it stands, and not admitted as one. */
function sumSql({ having, but }: NonNullable<Place['sum']>, text: string): string {
  const members = `map_entries(TRY(CAST(CAST(${text} AS JSON) AS MAP(VARCHAR, VARCHAR))))`;
  const isAsked = `contains(m.key, ${sqlText(having)}) AND m.key NOT IN (${sqlTexts(but)}) AND m.value IS NOT NULL`;
  const counts = `list_transform(list_filter(${members}, lambda m: ${isAsked}), lambda m: m.value)`;
  const odd = `list_filter(${counts}, lambda n: NOT ${fullMatchSql('n', '\\d{1,15}')})`;
  const sum = `list_sum(list_transform(${counts}, lambda n: CAST(n AS BIGINT)))`;
  return `(CASE WHEN len(${odd}) > 0 THEN ${odd}[1] ELSE CAST(${sum} AS VARCHAR) END)`;
}

/** The CSV reader itself gives null for an empty field. */
const unsaidIn = ({ source, nulls }: Reading): readonly string[] =>
  source.kind === 'csv' ? nulls : ['', ...nulls];

function nulled(text: string, nulls: readonly string[]): string {
  return nulls.reduce((inner, mark) => `nullif(${inner}, ${sqlText(mark)})`, text);
}

function rowDigest(source: Source): string {
  if (source.kind !== 'csv' && source.kind !== 'parquet') {
    // An item of a whole file comes as it stands there: written anew it is the same however it was set.
    const item = source.kind === 'json-items' ? "json_extract(item, '$')" : 'item';
    return `CAST(md5(CAST(${item} AS VARCHAR)) AS UUID)`;
  }
  return digestSql(source.header);
}

/** Rows are numbered once nothing is left of them but what is kept: the whole ones are held twice else. */
function tableSql(
  from: string,
  kept: readonly string[],
  { source, pass }: { readonly source: Table; readonly pass: Pass },
): string {
  if (pass !== 'lines') return `SELECT ${kept.join(', ')} FROM ${from}`;
  if (source.kind === 'parquet')
    return `SELECT ${[...kept, 'file_row_number + 1 AS ordinal', '0 AS breaks'].join(', ')} FROM ${from}`;
  return `SELECT *, row_number() OVER () AS ordinal
    FROM (SELECT ${[...kept, `${breaksSql(source.header)} AS breaks`].join(', ')} FROM ${from})`;
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
    // Members are taken in their order: of a name that stands twice a look for it would find the first list alone.
    case 'json-members':
      return `(SELECT json_object('name', name, 'item', item) AS item, row_number() OVER () AS item_number
        FROM (SELECT name, unnest(CAST(list AS JSON[])) AS item
          FROM (SELECT unnest(json_keys(members)) AS name, unnest(json_extract(members, '$.*')) AS list
            FROM (SELECT json_extract(${jsonContent}, ${sqlText(source.path)}) AS members FROM read_text(${file})))))`;
    default:
      source satisfies never;
      throw new TypeError('Unknown source');
  }
}

const wholeSql = (file: string) =>
  `(SELECT ${jsonContent} AS item, 1 AS item_number FROM read_text(${file}))`;

/** A byte order mark is no JSON. */
export const jsonText = 'ltrim(content, chr(65279))';
export const jsonContent = `CAST(${jsonText} AS JSON)`;

/** Numbers the items of an array, from 1. One that is the whole file streams; one inside an object is read with all of it. */
export function itemsSql(file: string, path: string): string {
  if (path === '$') {
    return `SELECT json AS item, row_number() OVER () AS item_number
      FROM read_json_objects(${file}, format = 'array', compression = 'uncompressed', maximum_object_size = ${ITEM_BYTES_MAX})`;
  }
  const list = `json_extract(${jsonText}, ${sqlText(`${path}[*]`)})`;
  return `SELECT unnest(items) AS item, generate_subscripts(items, 1) AS item_number
    FROM (SELECT ${list} AS items FROM read_text(${file}))`;
}

const ITEM_BYTES_MAX = 16_777_216;

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
    ...(pass === 'lines' || isTooWide(source.header) ? ['parallel = false'] : []),
    ...(pass === 'lines' ? ['store_rejects = true'] : []),
  ];
  return `read_csv(${file}, ${options.join(', ')})`;
}
