import type { MeasureId } from '../../../plan/index.ts';
import { type Measured, parseDecimal, ZERO } from '../../../core/index.ts';
import { type ColumnId, isCost } from '../../columns.ts';
import type { SqlRow } from './connection.ts';
import { sqlText, sqlTexts } from './quote.ts';
import { sumTooLarge } from './sum-too-large.ts';

/** What a set of files can give: its columns, and what each usage row counts as without a column. */
export interface Filled {
  readonly columns: ReadonlySet<ColumnId>;
  readonly counts: ReadonlySet<string>;
}

/** Writes a measure of one row; `undefined` when the files do not hold it. `seats` is no sum and is never written here. */
export function measureSql(measure: MeasureId, filled: Filled): string | undefined {
  return WRITERS[measure](filled);
}

/** What a row counts as where its export says that each is one. */
export const ONE_A_ROW = 'CAST(1 AS BIGINT)';

const countOf = (measure: 'attempts' | 'operations') => (filled: Filled) => {
  if (filled.columns.has(measure)) return measure;
  return filled.counts.has(measure) ? ONE_A_ROW : undefined;
};
const inputOf = (filled: Filled) =>
  firstKnown(filled, 'in_unsplit', ['in_uncached', 'in_cache_read', 'in_cache_write']);
const outputOf = (filled: Filled) =>
  firstKnown(filled, 'out_unsplit', ['out_visible', 'out_reasoning']);
const column = (id: ColumnId) => (filled: Filled) => columnOf(id, filled);

const WRITERS: Record<MeasureId, (filled: Filled) => string | undefined> = {
  requests: (filled) => countOf('operations')(filled) ?? countOf('attempts')(filled),
  operations: countOf('operations'),
  attempts: countOf('attempts'),
  inputTokens: inputOf,
  outputTokens: outputOf,
  cacheReadInputTokens: column('in_cache_read'),
  cacheCreationInputTokens: column('in_cache_write'),
  reasoningOutputTokens: column('out_reasoning'),
  tokens: (filled) => {
    const input = inputOf(filled);
    const output = outputOf(filled);
    return input && output && `(${input} + ${output})`;
  },
  chargedCost: column('cost_charged'),
  effectiveCost: column('cost_effective'),
  listCost: column('cost_list'),
  upstreamCost: column('cost_upstream'),
  notionalCost: column('cost_notional'),
  seats: () => undefined,
};

function columnOf(column: ColumnId, filled: Filled): ColumnId | undefined {
  return filled.columns.has(column) ? column : undefined;
}

// The first leaf decides whether the split is known; an untold further leaf lies inside the first by the token rule.
function firstKnown(
  filled: Filled,
  whole: ColumnId,
  leaves: readonly ColumnId[],
): string | undefined {
  const [first, ...rest] = leaves.filter((leaf) => filled.columns.has(leaf));
  const split =
    first === leaves[0] && first !== undefined
      ? [first, ...rest.map((leaf) => `coalesce(${leaf}, 0)`)].join(' + ')
      : undefined;
  const both = [columnOf(whole, filled), split].filter((sql) => sql !== undefined);
  if (both.length === 0) return undefined;
  return both.length === 1 ? `(${both.join()})` : `coalesce(${both.join(', ')})`;
}

/** Tells which rows a measure is about: counts are about usage, costs about the charge categories asked for. */
export function rowsOf(measure: MeasureId, include: readonly string[], filled: Filled): string {
  const wanted = isCost(measure) ? include : [USAGE];
  if (wanted.length === 0) return 'true';
  if (!filled.columns.has('charge_category')) return String(wanted.includes(USAGE));
  return `coalesce(charge_category, ${sqlText(USAGE)}) IN (${sqlTexts(wanted)})`;
}

const USAGE = 'usage';

/** Weighs a cost by tokens: those of all rows, and of the rows that know it. */
export function weightSql(measure: MeasureId, filled: Filled, only: string): string[] {
  const tokens = measureSql('tokens', filled);
  if (tokens === undefined || !isCost(measure)) return [];
  const value = measureSql(measure, filled);
  const known = value === undefined ? '0' : `CASE WHEN ${value} IS NOT NULL THEN ${tokens} END`;
  return [
    `sum(${tokens})${only} AS ${measure}_tokens`,
    `sum(${known})${only} AS ${measure}_weighed`,
  ];
}

/** Names the columns of an answer that make one {@link Measured}. */
export const measuredSql = (
  measure: MeasureId,
  value: string | undefined,
  rows: string,
): string[] => [
  value === undefined
    ? `CAST(NULL AS VARCHAR) AS ${measure}_value`
    : `CAST(sum(${value}) FILTER (WHERE ${rows}) AS VARCHAR) AS ${measure}_value`,
  value === undefined
    ? `'0' AS ${measure}_known`
    : `CAST(count(${value}) FILTER (WHERE ${rows}) AS VARCHAR) AS ${measure}_known`,
  `CAST(count(*) FILTER (WHERE ${rows}) AS VARCHAR) AS ${measure}_total`,
];

/** Reads what {@link measuredSql} asked for. */
export function measuredOf(measure: string, row: SqlRow): Measured {
  const text = row[`${measure}_value`] ?? null;
  const value = text === null ? null : parseDecimal(text);
  if (value === undefined) throw sumTooLarge();
  return {
    value,
    knownRows: Number(row[`${measure}_known`]),
    totalRows: Number(row[`${measure}_total`]),
    ...tokensOf(measure, row),
  };
}

function tokensOf(measure: string, row: SqlRow): Pick<Measured, 'tokens'> {
  const total = parseDecimal(row[`${measure}_tokens`] ?? '');
  if (total === undefined) return {};
  return { tokens: { known: parseDecimal(row[`${measure}_weighed`] ?? '') ?? ZERO, total } };
}
