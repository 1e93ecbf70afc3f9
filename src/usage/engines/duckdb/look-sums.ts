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
  wholeDecimal,
} from '../../../core/index.ts';
import { MEASURES, type MeasureId } from '../../../plan/index.ts';
import type { Reading } from '../../adapters/adapter.ts';
import { type ColumnId, isCost } from '../../columns.ts';
import type { Conversion } from '../../conversion.ts';
import { type LimitId, LIMITS } from '../../limits.ts';
import type { LookResult, Sums } from '../../look-result.ts';
import type { Bucket } from './buckets.ts';
import type { Connection, SqlRow } from './connection.ts';
import { currencySums } from './currency-sums.ts';
import { type Filled, measuredSql, measureSql, rowsOf, weightSql } from './measure-sql.ts';
import { groupsOf, rowsByFile, sumsOf } from './look-groups.ts';
import { sqlName, sqlTexts } from './quote.ts';
import { dateOfStart } from './row-dates.ts';
import { spansDays, spansDaysSql } from './spans-days.ts';
import { textAt } from './text-at.ts';

/** Staged files, with what is known about them. */
export interface LookInput {
  readonly table: string;
  readonly columns: readonly ColumnId[];
  readonly reading: Reading;
  readonly zone: string;
  readonly conversion: Conversion | undefined;
  /** The buckets that a file lists apart from its rows. */
  readonly buckets: readonly Bucket[] | undefined;
  /** Names the file of a row, where the table holds several. Default: the one file is named by the empty text. */
  readonly fileSql?: string;
}

/** What sums say of one file. */
export type LookSums = Omit<
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

/**
 * Sums staged files, each by itself: in total, by day and by its first dimension. Files that fill the same columns are asked
 * for at once.
 */
export async function sumFiles(
  connection: Connection,
  input: LookInput,
  files: readonly string[],
): Promise<ReadonlyMap<string, LookSums>> {
  const filled = await filledByFile(connection, input, files);
  const alike = new Map<string, { filled: Filled; names: string[] }>();
  for (const [name, one] of filled) {
    const kind = [...one.columns].join();
    const known = alike.get(kind);
    if (known === undefined) alike.set(kind, { filled: one, names: [name] });
    else known.names.push(name);
  }
  const sums = new Map<string, LookSums>();
  for (const group of alike.values()) {
    for (const [name, one] of await sumAlike(connection, input, group)) sums.set(name, one);
  }
  return sums;
}

interface Alike {
  readonly filled: Filled;
  readonly names: readonly string[];
}

async function sumAlike(
  connection: Connection,
  input: LookInput,
  { filled, names }: Alike,
): Promise<readonly (readonly [string, LookSums])[]> {
  const { columns, buckets, table } = input;
  const currencies = await currenciesOf(connection, input, filled);
  const measures = MEASURES.filter(
    (measure) =>
      measureSql(measure, filled) !== undefined && !(isCost(measure) && currencies.length > 1),
  );
  const from = `(SELECT *, ${dateSql(input)} AS look_date FROM (SELECT *, ${input.fileSql ?? "''"} AS look_file FROM ${sqlName(table)})
    WHERE look_file IN (${sqlTexts(names)}))`;
  const sums = measures.flatMap((measure) => [
    ...measuredSql(measure, measureSql(measure, filled), rowsOf(measure, [], filled)),
    ...weightSql(measure, filled, '').map(asText),
  ]);
  const list = ['CAST(count(*) AS VARCHAR) AS row_count', ...sums].join(', ');
  const whole = `${list}, ${edges(columns)}, ${spansDaysSql(columns)} FROM ${from}`;
  const totals = rowsByFile(await connection.rows(`SELECT look_file, ${whole} GROUP BY look_file`));
  // A file without rows is in no group, and its sums are those of nothing.
  const [nothing] = await connection.rows(`SELECT ${whole} WHERE false`);
  const days = rowsByFile(
    await connection.rows(
      `SELECT look_file, CAST(look_date AS VARCHAR) AS date, ${list} FROM ${from} GROUP BY look_file, look_date ORDER BY look_file, look_date`,
    ),
  );
  const groups = await groupsOf(connection, { from, list, measures, filled });
  const byCurrency =
    currencies.length > 1
      ? { byCurrency: await currencySums(connection, table, filled) }
      : undefined;
  return names.map((name) => {
    const total = totals.get(name)?.[0] ?? nothing ?? {};
    const ofDays = days.get(name) ?? [];
    const present = presentDates(ofDays, buckets, input.zone);
    const ofFile = sumsOf(measures, total);
    const sum: LookSums = {
      rows: Number(total['row_count']),
      ...edgesOf(total, present, buckets),
      totals: ofFile,
      currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
      currencies,
      ...byCurrency,
      days: daysOf(ofDays, measures, present),
      by: groups.get(name) ?? null,
      unitCosts: currencies.length === 1 ? unitCosts(ofFile) : [],
      requestsAre: requestsAre(filled),
      buckets: buckets === undefined ? null : bucketSummary(buckets),
      missingDays: missingDays(present),
      cannotTell: [
        ...limitsOf(input, filled),
        ...(spansDays(total) ? (['rows-span-days'] as const) : []),
      ].map((code) => ({ code, sentence: LIMITS[code] })),
    };
    return [name, sum] as const;
  });
}

/** Tells whether requests are operations or attempts. */
export function requestsAre(filled: Filled): 'operations' | 'attempts' | 'unknown' {
  if (measureSql('operations', filled) !== undefined) return 'operations';
  return measureSql('attempts', filled) === undefined ? 'unknown' : 'attempts';
}

/** A column that no row of a file fills is as good as absent. */
async function filledByFile(
  connection: Connection,
  { table, columns, reading, fileSql = "''" }: LookInput,
  files: readonly string[],
): Promise<ReadonlyMap<string, Filled>> {
  const list = columns.map((column) => `CAST(count(${column}) AS VARCHAR) AS ${column}`).join(', ');
  const counted = rowsByFile(
    await connection.rows(
      `SELECT ${fileSql} AS look_file, ${list} FROM ${sqlName(table)} GROUP BY look_file`,
    ),
  );
  return new Map(
    files.map((file) => {
      const [row] = counted.get(file) ?? [];
      const known = columns.filter((column) => row !== undefined && row[column] !== '0');
      return [file, { columns: new Set(known), counts: new Set(reading.counts) }];
    }),
  );
}

async function currenciesOf(
  connection: Connection,
  input: LookInput,
  filled: Filled,
): Promise<string[]> {
  const { reading } = input;
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

const dateSql = ({ columns, zone }: LookInput): string =>
  columns.includes('start_date') ? 'start_date' : dateOfStart(zone);

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

function limitsOf({ reading, conversion, zone }: LookInput, filled: Filled): LimitId[] {
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
