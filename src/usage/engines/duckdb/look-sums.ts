import {
  addDays,
  dateIn,
  decimal,
  divideDecimal,
  formatDecimal,
  type Instant,
  isComplete,
  parseInstant,
  parsePlainDate,
  type PlainDate,
  told,
  wholeDecimal,
} from '../../../core/index.ts';
import { MEASURES, type MeasureId } from '../../../plan/index.ts';
import { type ColumnId, isCost } from '../../columns.ts';
import type { Conversion } from '../../conversion.ts';
import { type LimitId, LIMITS } from '../../limits.ts';
import type { LookResult, Sums } from '../../look-result.ts';
import type { RecognisedFile } from '../../shape.ts';
import { type Bucket, listBuckets } from './buckets.ts';
import type { Connection, SqlRow } from './connection.ts';
import { currencySums } from './currency-sums.ts';
import {
  type Filled,
  measuredOf,
  measuredSql,
  measureSql,
  rowsOf,
  weightSql,
} from './measure-sql.ts';
import { sqlName, sqlText } from './quote.ts';
import { spansDays, spansDaysSql } from './spans-days.ts';
import type { StagedFile } from './stage.ts';
import { textAt } from './text-at.ts';

/** A staged file, with what is known about it. */
export interface LookInput {
  readonly table: string;
  readonly staged: StagedFile;
  readonly recognised: RecognisedFile;
  readonly zone: string;
  readonly conversion: Conversion | undefined;
}

type LookSums = Omit<
  LookResult,
  | 'file'
  | 'adapter'
  | 'adapterVersion'
  | 'recognisedBy'
  | 'quarantined'
  | 'quarantinedRows'
  | 'skipped'
  | 'duplicate'
  | 'replay'
  | 'flagged'
  | 'flaggedRows'
  | 'zone'
  | 'grain'
  | 'droppedColumns'
>;

/** Sums a staged file in total, by day and by its first dimension. */
export async function sumFile(connection: Connection, input: LookInput): Promise<LookSums> {
  const { recognised, staged, table } = input;
  const filled = await filledOf(connection, table, staged.columns, recognised.reading.counts);
  const buckets = await listBuckets(connection, recognised.path, recognised.reading);
  const currencies = await currenciesOf(connection, input, filled);
  const measures = MEASURES.filter(
    (measure) =>
      measureSql(measure, filled) !== undefined && !(isCost(measure) && currencies.length > 1),
  );
  const from = `(SELECT *, ${dateSql(input)} AS look_date FROM ${sqlName(table)})`;
  const sums = measures.flatMap((measure) => [
    ...measuredSql(measure, measureSql(measure, filled), rowsOf(measure, [], filled)),
    ...weightSql(measure, filled, '').map(asText),
  ]);
  const list = ['CAST(count(*) AS VARCHAR) AS row_count', ...sums].join(', ');
  const [total] = await connection.rows(
    `SELECT ${list}, ${edges(staged.columns)}, ${spansDaysSql(staged.columns)} FROM ${from}`,
  );
  const days = await connection.rows(
    `SELECT CAST(look_date AS VARCHAR) AS date, ${list} FROM ${from} GROUP BY look_date ORDER BY look_date`,
  );
  const totals = sumsOf(measures, total ?? {});
  const present = presentDates(days, buckets, input.zone);
  return {
    rows: Number(total?.['row_count']),
    ...edgesOf(total ?? {}, present, buckets),
    totals,
    currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
    currencies,
    ...(currencies.length > 1 && { byCurrency: await currencySums(connection, table, filled) }),
    days: daysOf(days, measures, present),
    by: await groupsOf(connection, { from, list, measures, filled }),
    unitCosts: currencies.length === 1 ? unitCosts(totals) : [],
    requestsAre: requestsAre(filled),
    buckets: buckets === undefined ? null : bucketSummary(buckets),
    missingDays: missingDays(present),
    cannotTell: [
      ...limitsOf(input, filled),
      ...(spansDays(total) ? (['rows-span-days'] as const) : []),
    ].map((code) => ({ code, sentence: LIMITS[code] })),
  };
}

/** Tells whether requests are operations or attempts. */
export function requestsAre(filled: Filled): 'operations' | 'attempts' | 'unknown' {
  if (measureSql('operations', filled) !== undefined) return 'operations';
  return measureSql('attempts', filled) === undefined ? 'unknown' : 'attempts';
}

/** A column that no row fills is as good as absent. */
async function filledOf(
  connection: Connection,
  table: string,
  columns: readonly ColumnId[],
  counts: readonly string[],
): Promise<Filled> {
  const list = columns.map((column) => `CAST(count(${column}) AS VARCHAR) AS ${column}`).join(', ');
  const [row] = await connection.rows(`SELECT ${list} FROM ${sqlName(table)}`);
  return {
    columns: new Set(columns.filter((column) => row?.[column] !== '0')),
    counts: new Set(counts),
  };
}

async function currenciesOf(
  connection: Connection,
  input: LookInput,
  filled: Filled,
): Promise<string[]> {
  const { reading } = input.recognised;
  const hasCost = [...filled.columns].some((column) => column.startsWith('cost_'));
  if (!hasCost) return [];
  if (reading.currency.from === 'conversion') {
    return input.conversion === undefined ? [] : [input.conversion.per.currency];
  }
  if (reading.currency.from === 'format') return [reading.currency.code];
  const rows = await connection.rows(
    `SELECT DISTINCT currency FROM ${sqlName(input.table)} WHERE currency IS NOT NULL ORDER BY currency`,
  );
  return rows.map((row) => textAt(row, 'currency'));
}

function dateSql({ staged, zone }: LookInput): string {
  if (staged.columns.includes('start_date')) return 'start_date';
  if (zone === 'UTC' || zone === 'unknown') return 'CAST(start_at AS DATE)';
  return `CAST(timezone(${sqlText(zone)}, timezone('UTC', start_at)) AS DATE)`;
}

const INSTANT = "'%Y-%m-%dT%H:%M:%SZ'";

function edges(columns: readonly ColumnId[]): string {
  if (!columns.includes('start_at')) return 'NULL AS first, NULL AS last';
  const last = columns.includes('end_at')
    ? 'coalesce(max(end_at), max(start_at))'
    : 'max(start_at)';
  return `strftime(min(start_at), ${INSTANT}) AS first, strftime(${last}, ${INSTANT}) AS last`;
}

function edgesOf(
  row: SqlRow,
  present: readonly PlainDate[],
  buckets: readonly Bucket[] | undefined,
) {
  const spans = (buckets ?? []).filter(({ date }) => date === null);
  const instant = (text: string | null | undefined, ...more: (Instant | undefined)[]) => {
    const all = [text ? parseInstant(text) : undefined, ...more].filter((one) => one !== undefined);
    return all.toSorted();
  };
  const starts = instant(row['first'], spans[0]?.start);
  const ends = instant(row['last'], spans.at(-1)?.end);
  return {
    first: starts[0] ?? null,
    last: ends.at(-1) ?? null,
    firstDate: present[0] ?? null,
    lastDate: present.at(-1) ?? null,
  };
}

const sumsOf = (measures: readonly MeasureId[], row: SqlRow): Sums =>
  Object.fromEntries(measures.map((measure) => [measure, told(measuredOf(measure, row))]));

function asText(sum: string): string {
  const [sql = '', name = ''] = sum.split(' AS ');
  return `CAST(${sql} AS VARCHAR) AS ${name}`;
}

function presentDates(
  days: readonly SqlRow[],
  buckets: readonly Bucket[] | undefined,
  zone: string,
): PlainDate[] {
  const fromRows = days.map((row) => parsePlainDate(row['date'] ?? ''));
  const fromBuckets = (buckets ?? []).map(({ start, date }) =>
    date === null ? dateIn(start, zone === 'unknown' ? 'UTC' : zone) : parsePlainDate(date),
  );
  const all = [...fromRows, ...fromBuckets].filter((date) => date !== undefined);
  return [...new Set(all)].toSorted();
}

function daysOf(
  rows: readonly SqlRow[],
  measures: readonly MeasureId[],
  present: readonly PlainDate[],
) {
  const byDate = new Map(rows.map((row) => [row['date'], row]));
  return present.map((date) => {
    const row = byDate.get(date);
    if (row !== undefined) {
      return { date, rows: Number(row['row_count']), sums: sumsOf(measures, row) };
    }
    // A bucket without rows was measured: its sums are zeros, and every one of its no rows is known.
    const zero = { value: decimal('0'), knownRows: 0, totalRows: 0 };
    return { date, rows: 0, sums: Object.fromEntries(measures.map((measure) => [measure, zero])) };
  });
}

interface GroupInput {
  readonly from: string;
  readonly list: string;
  readonly measures: readonly MeasureId[];
  readonly filled: Filled;
}

const DIMENSION_COLUMNS = [
  ['model', 'model'],
  ['key', 'key_ref'],
  ['project', 'project_ref'],
] as const;
const GROUPS_MAX = 50;

async function groupsOf(connection: Connection, input: GroupInput): Promise<LookResult['by']> {
  for (const [dimension, column] of DIMENSION_COLUMNS) {
    if (!input.filled.columns.has(column)) continue;
    const rows = await connection.rows(
      `SELECT ${column} AS name, ${input.list} FROM ${input.from} GROUP BY ${column} ORDER BY ${column}`,
    );
    if (rows.every((row) => row['name'] === '*')) continue;
    const groups = rows
      .map((row) => ({
        name: row['name'] ?? null,
        rows: Number(row['row_count']),
        sums: sumsOf(input.measures, row),
      }))
      .toSorted(
        (left, right) => Number(weight(right.sums) - weight(left.sums)) || right.rows - left.rows,
      );
    return {
      dimension,
      groups: groups.slice(0, GROUPS_MAX),
      more: Math.max(0, groups.length - GROUPS_MAX),
    };
  }
  return null;
}

const weight = (sums: Sums): bigint =>
  sums.chargedCost?.value ?? sums.tokens?.value ?? sums.requests?.value ?? 0n;

function unitCosts({ chargedCost, requests, tokens }: Sums): LookResult['unitCosts'] {
  const units = [
    ['request', requests, 1],
    ['1k-requests', requests, 1000],
    ['1m-tokens', tokens, 1_000_000],
  ] as const;
  return units.flatMap(([unit, below, scale]) => {
    if (!chargedCost || !below || !isComplete(chargedCost) || !isComplete(below)) return [];
    const cost = chargedCost.value;
    const count = below.value;
    if (cost === null || count === null) return [];
    // Scaled first: a cost per single token would lose its digits.
    const scaled = divideDecimal(cost, divideDecimal(count, wholeDecimal(scale)) ?? decimal('0'));
    return scaled === undefined ? [] : [{ unit, value: formatDecimal(scaled) }];
  });
}

function bucketSummary(buckets: readonly Bucket[]): NonNullable<LookResult['buckets']> {
  const span = ({ start, end }: Bucket) => ({ start, end });
  return {
    count: buckets.length,
    empty: buckets.filter(({ isEmpty }) => isEmpty).map(span),
    partial: buckets.filter(({ isPartial }) => isPartial).map(span),
  };
}

function missingDays(present: readonly PlainDate[]): PlainDate[] {
  const known = new Set(present);
  const [first] = present;
  const missing: PlainDate[] = [];
  let left = known.size - 1;
  // An outlier of 1970 must not print ten thousand days.
  for (let date = first; date !== undefined && left > 0 && missing.length < 366;) {
    date = addDays(date, 1);
    if (known.has(date)) left -= 1;
    else missing.push(date);
  }
  return missing;
}

function limitsOf({ recognised, conversion, zone }: LookInput, filled: Filled): LimitId[] {
  const { reading } = recognised;
  const needsUnit = reading.costs.some(({ unit }) => unit === 'units') && conversion === undefined;
  const hasZone = zone !== 'unknown';
  const hasModel = filled.columns.has('model');
  const limits: LimitId[] = [
    ...reading.cannotTell.filter((limit) => !(limit === 'zone-undocumented' && hasZone)),
    ...(reading.hasMore ? (['more-pages'] as const) : []),
    ...(needsUnit ? (['quota-unconverted'] as const) : []),
    ...(hasModel || reading.fields.model === undefined
      ? []
      : (['model-dimension-missing'] as const)),
  ];
  return [...new Set(limits)];
}
