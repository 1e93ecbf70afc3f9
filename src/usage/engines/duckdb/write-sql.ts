import { dateIn, instantFromMs, instantMs, type Period } from '../../../core/index.ts';
import { type ColumnId, COLUMN_TYPES } from '../../columns.ts';
import type { TableExport } from '../../views.ts';
import { sqlPath, sqlText, timestampSql } from './quote.ts';

/** One export's files and what holds for all of their rows. */
export interface WrittenExport {
  readonly of: TableExport;
  readonly paths: readonly string[];
  /** Columns that another view of the same bill tells: here they are null, so that nothing is told twice. */
  readonly elsewhere: ReadonlySet<ColumnId>;
}

/** Writes the stored rows of exports with their constants, one row a record; a column that no file has is null. */
export function recordsSql(exports: readonly WrittenExport[], period: Period | undefined): string {
  const parts = exports.filter(({ paths }) => paths.length > 0).map(recordsOf);
  const rows = [emptySql(), ...parts].join(' UNION ALL BY NAME ');
  return `SELECT * FROM (${rows}) ${period === undefined ? '' : `WHERE ${insideSql(period)}`}`;
}

function emptySql(): string {
  const columns = Object.entries(COLUMN_TYPES).map(
    ([name, type]) => `CAST(NULL AS ${type}) AS ${name}`,
  );
  const constants = ['export', 'adapter', 'environment', 'provider', 'day_zone'].map(
    (name) => `CAST(NULL AS VARCHAR) AS ${name}`,
  );
  return `SELECT ${[...columns, ...constants].join(', ')} WHERE false`;
}

function recordsOf({ of, paths, elsewhere }: WrittenExport): string {
  const { constants } = of;
  const text = (value: string | null) =>
    value === null ? 'CAST(NULL AS VARCHAR)' : sqlText(value);
  const has = (column: ColumnId) => of.files.some((file) => file.columns.includes(column));
  // Constants of an import are in no file; they come back here.
  const replaced = [
    ...(has('currency') ? [] : [`${text(constants.currency)} AS currency`]),
    ...(['attempts', 'operations'] as const)
      .filter((count) => !has(count) && of.counts.has(count) && !elsewhere.has(count))
      .map((count) => `CAST(1 AS BIGINT) AS ${count}`),
    `${text(of.id)} AS export`,
    `${text(of.plan.adapter)} AS adapter`,
    `${text(constants.environment)} AS environment`,
    `${text(constants.provider)} AS provider`,
    `${text(constants.zone)} AS day_zone`,
  ];
  const untold = [...elsewhere]
    .filter(has)
    .map((column) => `CAST(NULL AS ${COLUMN_TYPES[column]}) AS ${column}`);
  const all = untold.length === 0 ? '*' : `* REPLACE (${untold.join(', ')})`;
  return `SELECT ${all}, ${replaced.join(', ')} FROM read_parquet([${paths.map(sqlPath).join(', ')}], union_by_name = true)`;
}

/** A date, and a bucket longer than an hour, is inside where its own date is; an instant where the zone's dates begin and end. */
function insideSql({ start, end, zone }: Period): string {
  const [first, last] = [dateIn(start, zone), dateIn(instantFromMs(instantMs(end) - 1000), zone)];
  const between = (date: string) =>
    `${date} BETWEEN DATE ${sqlText(first)} AND DATE ${sqlText(last)}`;
  const ownZone = `CASE day_zone WHEN 'unknown' THEN 'UTC' ELSE day_zone END`;
  return `CASE WHEN start_date IS NOT NULL THEN ${between('start_date')}
    WHEN coalesce(end_at - start_at > INTERVAL 1 HOUR, false) THEN ${between(`CAST(timezone(${ownZone}, timezone('UTC', start_at)) AS DATE)`)}
    ELSE start_at >= ${timestampSql(start)} AND start_at < ${timestampSql(end)} END`;
}
