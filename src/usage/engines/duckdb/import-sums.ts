import {
  addDecimals,
  canonicalJson,
  type Decimal,
  type Digest,
  formatDecimal,
  type Measured,
  parseDecimal,
  sha256,
  ZERO,
} from '../../../core/index.ts';
import type { CostBasis } from '../../../plan/index.ts';
import { type ColumnId, COST_COLUMN, NUMERIC_COLUMNS } from '../../columns.ts';
import type { Connection, SqlRow } from './connection.ts';
import { type Filled, measureSql, ONE_A_ROW } from './measure-sql.ts';
import { sqlPath } from './quote.ts';
import { sumTooLarge } from './sum-too-large.ts';
import { spansDays, spansDaysSql } from './spans-days.ts';
import { parquetList } from './stage.ts';

/** What the accepted rows of an import add up to. */
export interface ImportSums {
  readonly accepted: number;
  readonly requests: Measured;
  readonly tokens: Measured;
  readonly cost: readonly {
    readonly basis: CostBasis;
    readonly currency: string;
    readonly sum: Measured;
  }[];
  readonly content: Digest;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** The start of the last row, where `lastAt` may be its end. */
  readonly lastStartAt: string | null;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly filled: readonly ColumnId[];
  /** Some row is of more than a day. */
  readonly spansDays: boolean;
}

/** Sums files of one import; one pass groups them by day, category and currency, and the rest is folded here. */
export async function sumImport(
  connection: Connection,
  paths: readonly string[],
  columns: readonly ColumnId[],
  constants: { readonly counts: readonly string[]; readonly currency: string | null },
): Promise<ImportSums> {
  const known = await knownColumns(connection, paths);
  const rows =
    paths.length === 0
      ? []
      : await groupedRows(connection, {
          paths,
          columns,
          counts: constants.counts,
          partly: partlyKnown(known, columns),
        });
  const usage = rows.filter((row) => row['category'] === 'usage');
  const numeric = NUMERIC_COLUMNS.filter((column) => columns.includes(column));
  return {
    accepted: rows.reduce((sum, row) => sum + Number(row['row_count']), 0),
    requests: foldMeasured(usage, 'requests'),
    tokens: foldMeasured(usage, 'tokens'),
    cost: costSums(rows, columns, constants.currency),
    content: contentDigest(rows, numeric),
    firstAt: extreme(rows, 'first_at', 'min'),
    lastAt: extreme(rows, 'last_at', 'max'),
    lastStartAt: extreme(rows, 'last_start', 'max'),
    firstDate: extreme(rows, 'first_date', 'min'),
    lastDate: extreme(rows, 'last_date', 'max'),
    filled: columns.filter((column) => known.has(column)),
    spansDays: rows.some(spansDays),
  };
}

/** Asks the files' own statistics which columns any row fills, and which not every row does: counting would read them again. */
async function knownColumns(
  connection: Connection,
  paths: readonly string[],
): Promise<ReadonlyMap<string | null, { readonly isWhole: boolean }>> {
  const known = new Map<string | null, { isWhole: boolean }>();
  for (const path of paths) {
    const rows = await connection.rows(
      `SELECT path_in_schema AS name, CAST(sum(coalesce(stats_null_count, num_values)) = 0 AS VARCHAR) AS whole
       FROM parquet_metadata(${sqlPath(path)})
       GROUP BY path_in_schema HAVING sum(num_values - coalesce(stats_null_count, 0)) > 0`,
    );
    for (const { name, whole } of rows) {
      const before = known.get(name ?? null);
      known.set(name ?? null, { isWhole: whole === 'true' && before?.isWhole !== false });
    }
  }
  return known;
}

/** A cost that every row knows rests on all tokens, and weighing it would be work for nothing. */
const partlyKnown = (
  known: ReadonlyMap<string | null, { readonly isWhole: boolean }>,
  columns: readonly ColumnId[],
): readonly ColumnId[] =>
  BASES.map(([, column]) => column).filter(
    (column) => columns.includes(column) && known.get(column)?.isWhole === false,
  );

interface Grouping {
  readonly paths: readonly string[];
  readonly columns: readonly ColumnId[];
  readonly counts: readonly string[];
  /** Costs that some rows do not know. */
  readonly partly: readonly ColumnId[];
}

async function groupedRows(
  connection: Connection,
  { paths, columns, counts, partly }: Grouping,
): Promise<readonly SqlRow[]> {
  const has = (column: ColumnId) => columns.includes(column);
  const filled: Filled = { columns: new Set(columns), counts: new Set(counts) };
  const numeric = NUMERIC_COLUMNS.filter(has);
  const day = has('start_date') ? 'start_date' : 'CAST(start_at AS DATE)';
  const time = (sql: string) => `strftime(${sql}, '%Y-%m-%dT%H:%M:%SZ')`;
  const end = has('end_at') ? 'coalesce(end_at, start_at)' : 'start_at';
  const at = has('start_at');
  const list = [
    `${day} AS day`,
    `${has('charge_category') ? "coalesce(charge_category, 'usage')" : "'usage'"} AS category`,
    `${has('currency') ? 'currency' : 'NULL'} AS currency`,
    'CAST(count(*) AS VARCHAR) AS row_count',
    ...numeric.map((column) => `CAST(count(${column}) AS VARCHAR) AS known_${column}`),
    ...numeric.map((column) => `CAST(sum(${column}) AS VARCHAR) AS sum_${column}`),
    ...(['requests', 'tokens'] as const).flatMap((measure) => {
      const sql = measureSql(measure, filled) ?? 'CAST(NULL AS BIGINT)';
      const isOne = sql === ONE_A_ROW;
      return [
        `CAST(${isOne ? 'count(*)' : `sum(${sql})`} AS VARCHAR) AS sum_${measure}`,
        `CAST(${isOne ? 'count(*)' : `count(${sql})`} AS VARCHAR) AS known_${measure}`,
      ];
    }),
    ...partly.flatMap((column) => {
      const tokens = measureSql('tokens', filled);
      return tokens === undefined
        ? []
        : [
            `CAST(sum(${tokens}) FILTER (WHERE ${column} IS NOT NULL) AS VARCHAR) AS weighed_${column}`,
          ];
    }),
    spansDaysSql(columns),
    `${at ? time('min(start_at)') : 'NULL'} AS first_at`,
    `${at ? time(`max(${end})`) : 'NULL'} AS last_at`,
    `${at ? time('max(start_at)') : 'NULL'} AS last_start`,
    `${has('start_date') ? 'CAST(min(start_date) AS VARCHAR)' : 'NULL'} AS first_date`,
    `${has('start_date') ? 'CAST(max(start_date) AS VARCHAR)' : 'NULL'} AS last_date`,
  ];
  // Days are grouped as days: as texts they take half as long again.
  return await connection.rows(
    `SELECT * REPLACE (CAST(day AS VARCHAR) AS day)
     FROM (SELECT ${list.join(', ')} FROM ${parquetList(paths)} GROUP BY day, category, currency)
     ORDER BY day, category, currency`,
  );
}

function sumOf(rows: readonly SqlRow[], name: string): Decimal | null {
  const known = rows.map((row) => row[name]).filter((text) => text !== null && text !== undefined);
  if (known.length === 0) return null;
  return addDecimals(
    ...known.map((text) => {
      const value = parseDecimal(text);
      if (value === undefined) throw sumTooLarge();
      return value;
    }),
  );
}

const countOf = (rows: readonly SqlRow[], name: string) =>
  rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0);

const foldMeasured = (rows: readonly SqlRow[], name: string): Measured => ({
  value: sumOf(rows, `sum_${name}`),
  knownRows: countOf(rows, `known_${name}`),
  totalRows: countOf(rows, 'row_count'),
});

/** Of a cost that some rows do not know, the tokens of those that do and of all. */
function foldCost(rows: readonly SqlRow[], column: ColumnId): Measured {
  const measured = foldMeasured(rows, column);
  const total = sumOf(rows, 'sum_tokens');
  if (total === null) return measured;
  const known =
    measured.knownRows === measured.totalRows ? total : sumOf(rows, `weighed_${column}`);
  return { ...measured, tokens: { known: known ?? ZERO, total } };
}

const BASES = Object.entries(COST_COLUMN) as [CostBasis, ColumnId][];

function costSums(rows: readonly SqlRow[], columns: readonly ColumnId[], constant: string | null) {
  const currencies = [...new Set(rows.map((row) => row['currency'] ?? constant))].filter(
    (currency) => currency !== null,
  );
  return BASES.filter(([, column]) => columns.includes(column)).flatMap(([basis, column]) =>
    currencies
      .toSorted()
      .map((currency) => ({
        basis,
        currency,
        sum: foldCost(
          rows.filter((row) => (row['currency'] ?? constant) === currency),
          column,
        ),
      }))
      .filter(({ sum }) => sum.knownRows > 0),
  );
}

/** Digests rows, known counts and exact sums per UTC day: the Parquet writer is not byte-deterministic, this is. */
function contentDigest(rows: readonly SqlRow[], numeric: readonly ColumnId[]): Digest {
  const days = [...new Set(rows.map((row) => row['day'] ?? ''))].map((day) => {
    const ofDay = rows.filter((row) => row['day'] === day);
    const columns = numeric.map((column) => {
      const sum = sumOf(ofDay, `sum_${column}`);
      return [
        column,
        { known: countOf(ofDay, `known_${column}`), sum: sum === null ? null : formatDecimal(sum) },
      ] as const;
    });
    return [
      day,
      { rows: countOf(ofDay, 'row_count'), columns: Object.fromEntries(columns) },
    ] as const;
  });
  return sha256(canonicalJson(Object.fromEntries(days)));
}

function extreme(rows: readonly SqlRow[], name: string, which: 'min' | 'max'): string | null {
  const texts = rows.map((row) => row[name]).filter((text) => text !== null && text !== undefined);
  return texts.toSorted().at(which === 'min' ? 0 : -1) ?? null;
}
