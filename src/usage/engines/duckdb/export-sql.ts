import type { Instant, Period } from '../../../core/index.ts';
import type { DimensionId, MeasureId, Plan, Scope } from '../../../plan/index.ts';
import { type ColumnId, COLUMN_TYPES } from '../../columns.ts';
import type { TablePart } from '../../views.ts';
import { allocationSql, stageSql } from './allocation-sql.ts';
import { type Filled, measureSql, ONE_A_ROW, rowsOf, weightSql } from './measure-sql.ts';
import { sqlName, sqlPath, sqlText, sqlTexts } from './quote.ts';
import { dayNumberSql, EPOCH, insideSql } from './row-dates.ts';

/** Asks for one export's rows by date and dimension. */
export interface ExportQuery {
  readonly of: TablePart;
  /** Parquet files with the columns each has. */
  readonly files: readonly { readonly path: string; readonly columns: readonly ColumnId[] }[];
  readonly plan: Plan;
  readonly period: Period;
  readonly asOf: Instant;
  readonly measures: readonly MeasureId[];
  readonly by: readonly DimensionId[];
  readonly filter: Scope;
  readonly include: readonly string[];
  /** Some row does not know a cost that is asked for: then costs are weighed by tokens, which is a sum more of each row. */
  readonly weighs: boolean;
}

const SOURCE_COLUMNS = {
  key: 'key_ref',
  project: 'project_ref',
  model: 'model',
  workload: 'workload',
  outcome: 'outcome',
} as const satisfies Partial<Record<DimensionId, ColumnId>>;
type SourceDimension = keyof typeof SOURCE_COLUMNS;
type RuleWhen = Plan['allocation']['rules'][number]['when'];
const SOURCES: readonly SourceDimension[] = ['key', 'project', 'model', 'workload', 'outcome'];

/** Sums rows by date and stated dimension first: rules of allocation are applied to those sums, never to rows. */
export function exportSql(query: ExportQuery): string {
  const { measures, of, include } = query;
  const filled: Filled = { columns: of.filled, counts: of.counts };
  const sums = measures.flatMap((measure) => {
    const value = measureSql(measure, filled);
    const rows = rowsOf(measure, include, filled);
    const only = rows === 'true' ? '' : ` FILTER (WHERE ${rows})`;
    const total = `count(*)${only}`;
    // A row that counts as one needs no sum: counting rows is what the engine does fastest.
    const isOne = value === ONE_A_ROW;
    const known = isOne ? total : `count(${value})${only}`;
    const sum = isOne ? `nullif(${total}, 0)` : `sum(${value})${only}`;
    return [
      `${value === undefined ? 'NULL' : sum} AS ${measure}_value`,
      `${value === undefined ? '0' : known} AS ${measure}_known`,
      `${total} AS ${measure}_total`,
      ...(query.weighs ? weightSql(measure, filled, only) : []),
    ];
  });
  const partial = sums.map((sum) => sum.slice(sum.lastIndexOf(' ') + 1));
  const folded = partial.map((name) => `CAST(sum(${name}) AS VARCHAR) AS ${name}`);
  const hasCurrency = of.filled.has('currency');
  const inner = rowsSql(query, sums, hasCurrency ? ['currency'] : []);
  const filter = filterSql(query);
  const labels = query.by.map((dimension) => `d_${dimension}`);
  // Rows that the filter leaves out only say on which dates something was delivered.
  const named = [...labels, 'currency'].map((name) =>
    filter === 'true' ? name : `CASE WHEN ${filter} THEN ${name} END AS ${name}`,
  );
  const kept = [...named, 'row_date', `${filter} AS is_in`, ...partial];
  const groups = [...labels, 'currency', 'row_date', 'is_in'];
  const list = [...groups.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`), ...folded];
  return `SELECT ${list.join(', ')}
    FROM (SELECT ${kept.join(', ')} FROM (${labelledSql(query, inner, hasCurrency)})) GROUP BY ALL`;
}

/** Lists distinct users by date and dimension, for seats. */
export function seatsSql(query: ExportQuery): string {
  const user = query.of.filled.has('user_ref') ? 'user_ref' : 'CAST(NULL AS UUID) AS user_ref';
  const inner = rowsSql(query, [], query.of.filled.has('user_ref') ? ['user_ref'] : []);
  const labelled = labelledSql(
    query,
    query.of.filled.has('user_ref') ? inner : `SELECT *, ${user} FROM (${inner})`,
    false,
  );
  const groups = [...query.by.map((dimension) => `d_${dimension}`), 'row_date', 'user_ref'];
  return `SELECT DISTINCT ${groups.join(', ')} FROM (${labelled}) WHERE ${filterSql(query)}`;
}

function rowsSql(query: ExportQuery, sums: readonly string[], more: readonly ColumnId[]): string {
  const { of, files, period, asOf } = query;
  const end = asOf < period.end ? asOf : period.end;
  const columns = [...neededSources(query).map((dimension) => SOURCE_COLUMNS[dimension]), ...more];
  const kept = columns.filter((column) => of.filled.has(column));
  const list = [`${dayNumberSql(of, period)} AS row_day`, ...kept, ...sums];
  // Groups become dates, rows do not: numbers of days are grouped in two thirds of the time.
  return `SELECT * EXCLUDE (row_day), ${EPOCH} + CAST(row_day AS INTEGER) AS row_date
    FROM (SELECT ${list.join(', ')} FROM (${filesSql(files, of)}) WHERE ${insideSql(of, period, end)} GROUP BY ALL)`;
}

/** A column that some file lacks reads as null there. */
function filesSql(files: ExportQuery['files'], of: TablePart): string {
  const columns = [...of.filled];
  const list = files.map(({ path }) => sqlPath(path)).join(', ');
  const [first] = files;
  const isUniform = files.every(({ columns: own }) => own.join() === first?.columns.join());
  // Asking every file for its columns first takes longer than reading them, where there are a thousand.
  const option = isUniform ? '' : ', union_by_name = true';
  const read = `SELECT * FROM read_parquet([${list}]${option})`;
  if (files.every((file) => columns.every((column) => file.columns.includes(column)))) return read;
  const empty = columns.map(
    (column) => `CAST(NULL AS ${COLUMN_TYPES[column]}) AS ${sqlName(column)}`,
  );
  return `SELECT ${empty.join(', ')} WHERE false UNION ALL BY NAME ${read}`;
}

function labelledSql(query: ExportQuery, inner: string, hasCurrency: boolean): string {
  const { of, plan } = query;
  const sources = Object.fromEntries(
    SOURCES.map((dimension) => [dimension, sourceSql(query, dimension)]),
  );
  const { provider, environment, currency } = of.constants;
  const dated = `SELECT *, ${SOURCES.map((name) => `${sources[name]} AS s_${name}`).join(', ')} FROM (${inner})`;
  const stage = stageSql(plan, { provider, environment });
  const ruled = `SELECT *, ${stage.rule} AS s_rule FROM (${dated})`;
  const staged = `SELECT *, ${stage.pool} AS s_pool FROM (${ruled})`;
  const allocation = allocationSql(plan);
  const labels: Record<DimensionId, string> = {
    day: 'row_date',
    export: sqlText(of.id),
    provider: provider === null ? 'NULL' : sqlText(provider),
    environment: sqlText(environment),
    key: 's_key',
    project: 's_project',
    model: 's_model',
    outcome: 's_outcome',
    workload: allocation.workload,
    // A filter takes such rows for unknown to every owner: they are nobody's here either, and not the plan's.
    owner: carries(of, plan, 'owner') ? allocation.owner : 'CAST(NULL AS VARCHAR)',
    rule: 's_rule',
    pool: 's_pool',
    statedWorkload: 's_workload',
  };
  const list = Object.entries(labels).map(([dimension, sql]) => `${sql} AS d_${dimension}`);
  const money = hasCurrency
    ? ''
    : `, ${currency === null ? 'CAST(NULL AS VARCHAR)' : sqlText(currency)} AS currency`;
  return `SELECT *, ${list.join(', ')}${money} FROM (${staged})`;
}

function sourceSql(query: ExportQuery, dimension: SourceDimension): string {
  const column = SOURCE_COLUMNS[dimension];
  if (!neededSources(query).includes(dimension)) return 'CAST(NULL AS VARCHAR)';
  if (query.of.filled.has(column)) return column;
  const aggregated: readonly string[] = query.of.constants.aggregated;
  return aggregated.includes(dimension) ? "'*'" : 'CAST(NULL AS VARCHAR)';
}

/** What the rules of allocation say of a row. */
const ALLOCATED = ['workload', 'owner', 'rule', 'pool', 'statedWorkload'];

/** Rows are grouped by what is asked for and by what the rules of allocation look at, and by nothing else. */
function neededSources({ by, filter, plan }: ExportQuery): SourceDimension[] {
  const asked = new Set<string>([...by, ...Object.keys(filter)]);
  if (ALLOCATED.some((dimension) => asked.has(dimension))) {
    asked.add('workload');
    const rules = [...plan.allocation.rules, ...plan.allocation.shared];
    for (const key of rules.flatMap(({ when }) => Object.keys(when))) asked.add(key);
  }
  return SOURCES.filter((dimension) => asked.has(dimension));
}

/**
 * Tells whether an export's rows can be told apart by a dimension; a filter on one that they cannot leaves them unknown,
 * never zero, and so does the weight of a target.
 */
export function carries(of: TablePart, plan: Plan, dimension: DimensionId): boolean {
  if (dimension === 'workload' || dimension === 'owner') {
    const rules = plan.allocation.rules.filter((rule) => rule[dimension] !== undefined);
    const isRuled = [...rules, ...plan.allocation.shared].some(({ when }) => canMatch(of, when));
    return isRuled || (dimension === 'workload' ? of.filled.has('workload') : rules.length === 0);
  }
  const column = SOURCES.find((source) => source === dimension);
  return column === undefined || of.filled.has(SOURCE_COLUMNS[column]);
}

function canMatch({ constants, filled }: TablePart, when: RuleWhen): boolean {
  const { provider, environment } = constants;
  return (
    SOURCES.every((source) => !(source in when) || filled.has(SOURCE_COLUMNS[source])) &&
    (when.provider === undefined || when.provider.includes(provider ?? '')) &&
    (when.environment === undefined || when.environment.includes(environment))
  );
}

function filterSql({ filter, of, plan }: ExportQuery): string {
  const tests = (Object.keys(filter) as (keyof Scope)[])
    .filter((dimension) => carries(of, plan, dimension))
    .flatMap((dimension) => {
      const values: readonly string[] | undefined = filter[dimension];
      if (values === undefined) return [];
      const label = dimension === 'outcome' ? "coalesce(d_outcome, 'unknown')" : `d_${dimension}`;
      return [values.length === 0 ? 'false' : `coalesce(${label} IN (${sqlTexts(values)}), false)`];
    });
  return tests.length === 0 ? 'true' : tests.join(' AND ');
}
