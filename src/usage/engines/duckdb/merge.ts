import type { Reading } from '../../adapters/adapter.ts';
import { type ColumnId, COLUMN_TYPES, isColumn, isWriting } from '../../columns.ts';
import { markBest } from './best-rows.ts';
import type { Connection } from './connection.ts';
import { countRows } from './count-rows.ts';
import { type Merged, type MergeRequest, SHRUNK_MAX, shrunkOf } from './merged.ts';
import { type Partition, partitionOf } from './partition.ts';
import { sqlName, sqlPath, sqlText, sqlTexts } from './quote.ts';
import { PARQUET, parquetList } from './stage.ts';
import { statesOf } from './states.ts';

/**
 * Settles staged rows against the table by the export's restatement rule.
 *
 * Where no key occurs twice and none is in the table, the staged files are taken as they are, unless they are drafts.
 */
export async function mergeRows(connection: Connection, request: MergeRequest): Promise<Merged> {
  const merged = await settleRows(connection, request);
  if (!request.areDrafts || merged.fresh !== request.staged) return merged;
  const path = request.newPath();
  const columns = request.stagedColumns.map(sqlName).join(', ');
  const rows = `SELECT ${columns} FROM ${parquetList(request.staged)}`;
  await connection.run(`COPY (${rows}) TO ${sqlText(path)} ${PARQUET}`);
  return { ...merged, fresh: [path] };
}

async function settleRows(connection: Connection, request: MergeRequest): Promise<Merged> {
  const { reading, staged } = request;
  const plain = { fresh: staged, replaced: [], duplicate: 0, superseded: 0, shrunk: [] };
  if (reading.restatement === 'replace-partition') return await replaceDays(connection, request);
  await createViews(connection, request);
  if (reading.key === 'none') {
    const isAlone = request.current.length === 0 && !(await overlap(connection, request));
    return isAlone ? plain : await appendMultiset(connection, request);
  }
  const key = keySql(reading.key, reading);
  // Of drafts the best are found either way, and nothing else is there to be met.
  const isAlone = request.areDrafts && request.current.length === 0;
  if (!isAlone && !(await meets(connection, request, key))) return plain;
  return reading.restatement === 'append'
    ? await appendNew(connection, request, key)
    : await takeWinners(connection, request, key);
}

async function createViews(connection: Connection, request: MergeRequest): Promise<void> {
  const files = request.staged.map((path) => ({ path, columns: request.stagedColumns }));
  await connection.run(`CREATE OR REPLACE TEMP VIEW staged AS ${relation(files)}`);
  await connection.run(`CREATE OR REPLACE TEMP VIEW current AS ${relation(request.current)}`);
}

/** Gives rows with every column of the store, whatever their files have, and where they are: the file, and a number. */
function relation(files: MergeRequest['current']): string {
  const all = Object.entries(COLUMN_TYPES).map(
    ([name, type]) => `CAST(NULL AS ${type}) AS ${name}`,
  );
  const empty = `SELECT ${all.join(', ')}, CAST(NULL AS VARCHAR) AS filename, CAST(NULL AS BIGINT) AS position WHERE false`;
  if (files.length === 0) return empty;
  const list = files.map(({ path }) => sqlPath(path)).join(', ');
  return `${empty} UNION ALL BY NAME SELECT *, CAST(file_index * ${FILE_ROWS} + file_row_number AS BIGINT) AS position
    FROM read_parquet([${list}], union_by_name = true, filename = true)`;
}

/** More rows than a file has. */
const FILE_ROWS = 1_099_511_627_776n;

/** Writes the parts of a key. Where a query may cut a bucket of a day shorter, one longer than an hour is named by its date. */
export function keySql(key: readonly ColumnId[], reading: Reading): string[] {
  const isBucket = reading.cutsDays === true;
  return key.map((column) =>
    column === 'start_at' && isBucket
      ? "CASE WHEN end_at - start_at > INTERVAL 1 HOUR OR end_at IS NULL THEN date_trunc('day', start_at) ELSE start_at END"
      : column,
  );
}

async function meets(connection: Connection, request: MergeRequest, key: readonly string[]) {
  // Hashes can only say too much: two keys of one hash lead to the exact way, which then finds nothing.
  const hash = `hash(${key.join(', ')})`;
  const [row] = await connection.rows(
    `SELECT CAST(EXISTS (SELECT 1 FROM (SELECT ${hash} AS hash FROM staged) GROUP BY hash HAVING count(*) > 1) AS VARCHAR) AS twice`,
  );
  if (row?.['twice'] === 'true') return true;
  if (request.current.length === 0) return false;
  const [known] = await connection.rows(
    `SELECT CAST(EXISTS (SELECT 1 FROM staged WHERE ${hash} IN (SELECT ${hash} FROM current)) AS VARCHAR) AS known`,
  );
  return known?.['known'] === 'true';
}

async function appendNew(
  connection: Connection,
  request: MergeRequest,
  key: readonly string[],
): Promise<Merged> {
  const order = request.stagedColumns.map(sqlName).join(', ');
  const winners = `SELECT * FROM staged s QUALIFY row_number() OVER (PARTITION BY ${key.join(', ')} ORDER BY ${order}) = 1`;
  const sql = `WITH best AS (${winners}) SELECT ${order} FROM best WHERE ${tuple(key)} NOT IN (SELECT ${tuple(key)} FROM current)`;
  return await writeFresh(connection, request, sql);
}

/** Writes a key as one value. Lists compare null with null as equal, which a tuple in NOT IN does not. */
export const tuple = (key: readonly string[]) =>
  `[${key.map((part) => `coalesce(CAST(${part} AS VARCHAR), chr(1))`).join(', ')}]`;

/** Tells whether two staged files hold the same row: rolling exports that were saved one after the other do. */
async function overlap(connection: Connection, { staged }: MergeRequest): Promise<boolean> {
  if (staged.length < 2) return false;
  const [row] = await connection.rows(
    'SELECT CAST(EXISTS (SELECT 1 FROM staged GROUP BY row_hash HAVING min(filename) <> max(filename)) AS VARCHAR) AS twice',
  );
  return row?.['twice'] === 'true';
}

/**
 * Identical rows of a file are distinct events, so a row is new only where neither the table nor another file holds as many of
 * its kind: of each kind there are as many as in the file that has the most.
 */
async function appendMultiset(connection: Connection, request: MergeRequest): Promise<Merged> {
  const columns = request.stagedColumns.map(sqlName).join(', ');
  const sql = `WITH held AS (SELECT row_hash, count(*) AS times FROM current GROUP BY row_hash),
    counted AS (SELECT *, row_number() OVER (PARTITION BY row_hash, filename) AS nth FROM staged),
    once AS (SELECT * FROM counted QUALIFY row_number() OVER (PARTITION BY row_hash, nth ORDER BY filename) = 1)
    SELECT ${columns} FROM once LEFT JOIN held USING (row_hash) WHERE nth > coalesce(times, 0)`;
  return await writeFresh(connection, request, sql);
}

async function writeFresh(
  connection: Connection,
  request: MergeRequest,
  sql: string,
): Promise<Merged> {
  const path = request.newPath();
  await connection.run(`COPY (${sql}) TO ${sqlText(path)} ${PARQUET}`);
  const before = await countRows(connection, 'staged');
  const after = await countRows(connection, `read_parquet(${sqlPath(path)})`);
  return {
    fresh: after === 0 ? [] : [path],
    replaced: [],
    duplicate: before - after,
    superseded: 0,
    shrunk: [],
  };
}

/** The larger counters win, or the later file; ties keep what the table has. */
async function takeWinners(
  connection: Connection,
  request: MergeRequest,
  key: readonly string[],
): Promise<Merged> {
  const columns = request.stagedColumns.map(sqlName).join(', ');
  const { restatement, fields } = request.reading;
  // A row that says when it was written needs no file to tell which version is the later one.
  const isLatest = restatement === 'latest-wins' && fields.revised_at === undefined;
  const order = [
    ...(isLatest ? [`list_position([${sqlTexts(request.staged)}], filename)`] : []),
    ...rankParts(request.stagedColumns),
  ].map((sql) => ({ sql, way: 'desc' as const }));
  const ties = tieParts(request.stagedColumns).map((sql) => ({ sql, way: 'asc' as const }));
  const isBest = await markBest(connection, { key, order: [...order, ...ties] });
  const best = `FROM staged WHERE ${isBest}`;
  if (request.current.length === 0)
    return await writeFresh(connection, request, `SELECT ${columns} ${best}`);
  const said = saidSql(fields);
  const rank = rankSql([
    ...request.stagedColumns,
    ...request.current.flatMap((file) => file.columns),
  ]);
  const differs = isLatest ? `${said} IS DISTINCT FROM held_said` : `${rank} > held_rank`;
  // Of a large table only the keys are read that the new rows have.
  await connection.run(`CREATE OR REPLACE TEMP TABLE winners AS
    WITH best AS (SELECT *, ${tuple(key)} AS merge_key ${best}),
    held AS (SELECT ${tuple(key)} AS merge_key, max(${rank}) AS held_rank, any_value(${said}) AS held_said, true AS is_held
      FROM current WHERE hash(${key.join(', ')}) IN (SELECT hash(${key.join(', ')}) FROM staged) GROUP BY ALL)
    SELECT best.* EXCLUDE (filename, position), coalesce(is_held, false) AS is_held FROM best LEFT JOIN held USING (merge_key)
    WHERE is_held IS NULL OR ${differs}`);
  const merged = await writeFresh(connection, request, `SELECT ${columns} FROM winners`);
  if ((await countRows(connection, '(FROM winners WHERE is_held)')) === 0) return merged;
  const lost = `${tuple(key)} IN (SELECT merge_key FROM winners WHERE is_held)`;
  return { ...merged, ...(await dropRows(connection, request, lost)) };
}

/**
 * Writes which of rows that rank alike is taken, the least first: always the same, as an import that is derived again must not
 * differ. How amounts were written counts last: an import of before that was kept is derived again with the rows that it took.
 */
export function tieParts(columns: readonly ColumnId[]): string[] {
  const said = columns.filter((column) => !isWriting(column));
  const written = columns.filter(isWriting);
  const hashes = [said, written]
    .filter((some) => some.length > 0)
    .map((some) => `hash(${some.map(sqlName).join(', ')})`);
  return [...(columns.includes('start_at') ? ['start_at'] : []), ...hashes];
}

const counters = [
  'attempts',
  'operations',
  'in_unsplit',
  'in_uncached',
  'in_cache_read',
  'out_unsplit',
  'out_visible',
];
const costs = ['cost_charged', 'cost_effective', 'cost_list', 'cost_upstream', 'cost_notional'];

/** Writes which of two versions of a row wins: the one written later, else the larger counters, else the later end. */
export function rankSql(columns: readonly ColumnId[]): string {
  const parts = rankParts(columns).map((part) => `CAST(${part} AS DECIMAL(38,18))`);
  return parts.length === 0 ? '1' : `[${parts.join(', ')}]`;
}

/** Gives the parts of a rank in their order; a column that no row has tells nothing. */
function rankParts(columns: readonly ColumnId[]): readonly string[] {
  const has = (name: string) => columns.some((column) => column === name);
  const times = (name: string) => (has(name) ? [`coalesce(epoch_us(${name}), 0)`] : []);
  return [
    ...times('revised_at'),
    ...[...counters, ...costs].filter(has).map((name) => `coalesce(${name}, -1)`),
    ...times('end_at'),
  ];
}

/** What a later file may say otherwise of a row; when a bucket begins is its key, and a query may have cut it shorter. */
const SAID = Object.keys(COLUMN_TYPES).filter(
  (column) =>
    isColumn(column) && !isWriting(column) && !/^(start_|key_\d|revised_at|row_hash)/.test(column),
);

function saidSql({ end_at: end }: Reading['fields']): string {
  const said = end === undefined ? [...SAID, 'start_at', 'start_date'] : SAID;
  return `[${said.map((name) => `CAST(${name} AS VARCHAR)`).join(', ')}]`;
}

/** A newer export holds whole days: what the table had of them is replaced, and what an older state of the same import has. */
async function replaceDays(connection: Connection, request: MergeRequest): Promise<Merged> {
  const plain = {
    fresh: request.staged,
    replaced: [],
    duplicate: 0,
    superseded: 0,
    shrunk: [],
  };
  if (request.current.length === 0 && request.staged.length < 2) return plain;
  await createViews(connection, request);
  const partition = partitionOf(request.reading, request.zone);
  const { isOld, shrunk, doubtful } = await statesOf(connection, request, partition);
  const newest = isOld === undefined ? plain : await withoutOld(connection, request, isOld);
  const before = await shrunkDays(connection, partition, isOld);
  const dropped = await dropRows(connection, request, partition.isToldAnew);
  return {
    ...newest,
    replaced: dropped.replaced,
    superseded: newest.superseded + dropped.superseded,
    shrunk: [...before, ...shrunk.filter(({ date }) => !before.some((one) => one.date === date))],
    ...(doubtful.length > 0 && { doubtful }),
  };
}

async function withoutOld(
  connection: Connection,
  request: MergeRequest,
  isOld: string,
): Promise<Merged> {
  const columns = request.stagedColumns.map(sqlName).join(', ');
  const sql = `SELECT ${columns} FROM staged WHERE NOT (${isOld})`;
  const { duplicate, ...written } = await writeFresh(connection, request, sql);
  return { ...written, duplicate: 0, superseded: duplicate };
}

async function shrunkDays(
  connection: Connection,
  { day, isToldAnew }: Partition,
  isOld = 'false',
): Promise<Merged['shrunk']> {
  const counted = (from: string) => `SELECT ${day} AS day, count(*) AS n FROM ${from} GROUP BY day`;
  const replaced = `(SELECT * FROM current WHERE ${isToldAnew})`;
  const newest = `(SELECT * FROM staged WHERE NOT (${isOld}))`;
  const rows = await connection.rows(
    `SELECT CAST(day AS VARCHAR) AS date, CAST(held.n AS VARCHAR) AS before, CAST(newer.n AS VARCHAR) AS after
     FROM (${counted(replaced)}) held JOIN (${counted(newest)}) newer USING (day)
     WHERE newer.n < held.n ORDER BY day LIMIT ${SHRUNK_MAX}`,
  );
  return shrunkOf(rows);
}

async function dropRows(connection: Connection, request: MergeRequest, lost: string) {
  const rows = await connection.rows(
    `SELECT filename, CAST(count(*) AS VARCHAR) AS lost FROM current WHERE ${lost} GROUP BY filename ORDER BY filename`,
  );
  const replaced = [];
  for (const { filename } of rows) {
    const file = request.current.find(({ path }) => path === filename);
    if (file === undefined) throw new TypeError('The engine named a file that it was not given');
    const path = request.newPath();
    const columns = file.columns.map(sqlName).join(', ');
    await connection.run(
      `COPY (SELECT ${columns} FROM current WHERE filename = ${sqlText(file.path)} AND NOT coalesce(${lost}, false)) TO ${sqlText(path)} ${PARQUET}`,
    );
    const left = await countRows(connection, `read_parquet(${sqlPath(path)})`);
    replaced.push({ old: file.path, path: left === 0 ? undefined : path });
  }
  return { replaced, superseded: rows.reduce((sum, row) => sum + Number(row['lost']), 0) };
}
