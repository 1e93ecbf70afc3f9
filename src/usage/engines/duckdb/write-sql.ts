import type { Period } from '../../../core/index.ts';
import type { CostBasis } from '../../../plan/index.ts';
import { type ColumnId, COLUMN_TYPES, DECIMALS_COLUMN, LITERAL_COLUMN } from '../../columns.ts';
import type { TablePart } from '../../views.ts';
import { sqlPath, sqlText } from './quote.ts';
import { insideSql } from './row-dates.ts';
import { writtenSql } from './written-sql.ts';

/** One export's files and what holds for all of their rows. */
export interface WrittenExport {
  readonly of: TablePart;
  readonly paths: readonly string[];
  /** Columns that another view of the same bill tells: here they are null, so that nothing is told twice. */
  readonly elsewhere: ReadonlySet<ColumnId>;
}

/** Writes the stored rows of exports with their constants, one row a record; a column that no file has is null. */
export function recordsSql(exports: readonly WrittenExport[], period: Period | undefined): string {
  const parts = exports
    .filter(({ paths }) => paths.length > 0)
    .map((one) => recordsOf(one, period));
  const rows = [emptySql(), ...parts].join(' UNION ALL BY NAME ');
  const written = BASES.map(
    (basis) => `${writtenSql(basis, () => true)} AS ${LITERAL_COLUMN[basis]}`,
  );
  return `SELECT * EXCLUDE (${Object.values(DECIMALS_COLUMN).join(', ')}) REPLACE (${written.join(', ')}) FROM (${rows})`;
}

const BASES = Object.keys(LITERAL_COLUMN) as CostBasis[];

function emptySql(): string {
  const columns = Object.entries(COLUMN_TYPES).map(
    ([name, type]) => `CAST(NULL AS ${type}) AS ${name}`,
  );
  const constants = ['export', 'adapter', 'environment', 'provider', 'day_zone'].map(
    (name) => `CAST(NULL AS VARCHAR) AS ${name}`,
  );
  return `SELECT ${[...columns, ...constants].join(', ')} WHERE false`;
}

function recordsOf({ of, paths, elsewhere }: WrittenExport, period: Period | undefined): string {
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
  const where = period === undefined ? '' : ` WHERE ${insideSql(of, period)}`;
  return `SELECT ${all}, ${replaced.join(', ')} FROM read_parquet([${paths.map(sqlPath).join(', ')}], union_by_name = true)${where}`;
}
