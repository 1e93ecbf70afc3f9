import { type CostBasis, type MeasureId } from '../plan/index.ts';

/**
 * Names every column that a file of the store may have; an absent column reads as null (design: usage.md 2).
 *
 * Token columns are disjoint leaves. `in_unsplit` and `out_unsplit` hold a count whose cached or reasoning share nobody told,
 * and stand instead of the leaves of their direction, never beside them.
 */
export const COLUMN_TYPES = {
  start_at: 'TIMESTAMP',
  end_at: 'TIMESTAMP',
  start_date: 'DATE',
  model: 'VARCHAR',
  model_served: 'VARCHAR',
  key_ref: 'VARCHAR',
  project_ref: 'VARCHAR',
  user_ref: 'UUID',
  workload: 'VARCHAR',
  request_ref: 'VARCHAR',
  trace_ref: 'VARCHAR',
  outcome: 'VARCHAR',
  charge_category: 'VARCHAR',
  currency: 'VARCHAR',
  attempts: 'BIGINT',
  operations: 'BIGINT',
  in_unsplit: 'BIGINT',
  in_uncached: 'BIGINT',
  in_cache_read: 'BIGINT',
  in_cache_write: 'BIGINT',
  out_unsplit: 'BIGINT',
  out_visible: 'BIGINT',
  out_reasoning: 'BIGINT',
  cost_charged: 'DECIMAL(38,18)',
  cost_effective: 'DECIMAL(38,18)',
  cost_list: 'DECIMAL(38,18)',
  cost_upstream: 'DECIMAL(38,18)',
  cost_notional: 'DECIMAL(38,18)',
  revised_at: 'TIMESTAMP',
  row_hash: 'UUID',
  key_1: 'VARCHAR',
  key_2: 'VARCHAR',
  key_3: 'VARCHAR',
  key_4: 'VARCHAR',
  key_5: 'VARCHAR',
  key_6: 'VARCHAR',
  key_7: 'VARCHAR',
  key_8: 'VARCHAR',
  // Last, so that rows which differ in nothing else are ordered as they were before there were literals.
  cost_charged_literal: 'VARCHAR',
  cost_effective_literal: 'VARCHAR',
  cost_list_literal: 'VARCHAR',
  cost_upstream_literal: 'VARCHAR',
  cost_notional_literal: 'VARCHAR',
  cost_charged_decimals: 'UTINYINT',
  cost_effective_decimals: 'UTINYINT',
  cost_list_decimals: 'UTINYINT',
  cost_upstream_decimals: 'UTINYINT',
  cost_notional_decimals: 'UTINYINT',
} as const;
export type ColumnId = keyof typeof COLUMN_TYPES;

/** Names the columns of tokens, of which no two hold the same ones. */
export const TOKEN_COLUMNS = [
  'in_unsplit',
  'in_uncached',
  'in_cache_read',
  'in_cache_write',
  'out_unsplit',
  'out_visible',
  'out_reasoning',
] as const satisfies readonly ColumnId[];

/** Names the columns whose sums an import records. */
export const NUMERIC_COLUMNS = [
  'attempts',
  'operations',
  ...TOKEN_COLUMNS,
  'cost_charged',
  'cost_effective',
  'cost_list',
  'cost_upstream',
  'cost_notional',
] as const satisfies readonly ColumnId[];

/** Names the column of each basis of cost. */
export const COST_COLUMN = {
  charged: 'cost_charged',
  effective: 'cost_effective',
  list: 'cost_list',
  upstream: 'cost_upstream',
  notional: 'cost_notional',
} as const satisfies Record<CostBasis, ColumnId>;

/**
 * Names the column of each basis that holds an amount as the source wrote it, where the typed amount does not say it: rounded
 * at 10⁻¹⁸, or written with a sign of the currency, groups, an exponent or zeros at its end (decision 0058). Null elsewhere.
 */
export const LITERAL_COLUMN = {
  charged: 'cost_charged_literal',
  effective: 'cost_effective_literal',
  list: 'cost_list_literal',
  upstream: 'cost_upstream_literal',
  notional: 'cost_notional_literal',
} as const satisfies Record<CostBasis, ColumnId>;

/** Names the column of each basis that says with how many decimals a plain amount was written, where a table pads all of them. */
export const DECIMALS_COLUMN = {
  charged: 'cost_charged_decimals',
  effective: 'cost_effective_decimals',
  list: 'cost_list_decimals',
  upstream: 'cost_upstream_decimals',
  notional: 'cost_notional_decimals',
} as const satisfies Record<CostBasis, ColumnId>;

const WRITING: readonly ColumnId[] = [
  ...Object.values(LITERAL_COLUMN),
  ...Object.values(DECIMALS_COLUMN),
];

/** Tells whether a column says how amounts were written: no sum and no comparison of rows rests on it. */
export const isWriting = (column: ColumnId): boolean => WRITING.includes(column);

/** Names what a measure is read from: it is filled when a file has one of these columns. */
export const MEASURE_COLUMNS = {
  requests: ['operations', 'attempts'],
  operations: ['operations'],
  attempts: ['attempts'],
  inputTokens: ['in_unsplit', 'in_uncached'],
  outputTokens: ['out_unsplit', 'out_visible'],
  cacheReadInputTokens: ['in_cache_read'],
  cacheCreationInputTokens: ['in_cache_write'],
  reasoningOutputTokens: ['out_reasoning'],
  tokens: ['in_unsplit', 'in_uncached', 'out_unsplit', 'out_visible'],
  chargedCost: ['cost_charged'],
  effectiveCost: ['cost_effective'],
  listCost: ['cost_list'],
  upstreamCost: ['cost_upstream'],
  notionalCost: ['cost_notional'],
  seats: ['user_ref'],
} as const satisfies Record<MeasureId, readonly ColumnId[]>;

/** Tells whether a measure is one of the five costs. */
export const isCost = (measure: string): boolean => measure.endsWith('Cost');

/** Tells whether a text names a column of the store. */
export const isColumn = (text: string): text is ColumnId => text in COLUMN_TYPES;
