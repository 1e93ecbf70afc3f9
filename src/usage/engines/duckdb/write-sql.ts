import type { Instant, Period } from '../../../core/index.ts';
import { type ColumnId, COLUMN_TYPES } from '../../columns.ts';
import type { TableExport } from '../../views.ts';
import { sqlPath, sqlText } from './quote.ts';

/** One export's files and what holds for all of their rows. */
export interface WrittenExport {
  readonly of: TableExport;
  readonly paths: readonly string[];
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

function recordsOf({ of, paths }: WrittenExport): string {
  const { constants } = of;
  const text = (value: string | null) =>
    value === null ? 'CAST(NULL AS VARCHAR)' : sqlText(value);
  const has = (column: ColumnId) => of.files.some((file) => file.columns.includes(column));
  // Constants of an import are in no file; they come back here.
  const replaced = [
    ...(has('currency') ? [] : [`${text(constants.currency)} AS currency`]),
    ...(['attempts', 'operations'] as const)
      .filter((count) => !has(count) && of.counts.has(count))
      .map((count) => `CAST(1 AS BIGINT) AS ${count}`),
    `${text(of.id)} AS export`,
    `${text(of.plan.adapter)} AS adapter`,
    `${text(constants.environment)} AS environment`,
    `${text(constants.provider)} AS provider`,
    `${text(constants.zone)} AS day_zone`,
  ];
  return `SELECT *, ${replaced.join(', ')} FROM read_parquet([${paths.map(sqlPath).join(', ')}], union_by_name = true)`;
}

const timestamp = (instant: Instant) =>
  `TIMESTAMP ${sqlText(instant.replace('T', ' ').replace('Z', ''))}`;

function insideSql({ start, end }: Period): string {
  const at = 'coalesce(start_at, CAST(start_date AS TIMESTAMP))';
  return `${at} >= ${timestamp(start)} AND ${at} < ${timestamp(end)}`;
}

/** Leaves of FOCUS rows: the part of the draft vocabulary that FOCUS 1.3 leaves to `SkuPriceDetails`. */
const LEAVES = [
  ['in_unsplit', 'Input', null],
  ['in_uncached', 'Input', 'None'],
  ['in_cache_read', 'Input', 'Read'],
  ['in_cache_write', 'Input', 'Write'],
  ['out_unsplit', 'Output', null],
  ['out_visible', 'Output', null],
  ['out_reasoning', 'Output', null],
] as const satisfies readonly (readonly [ColumnId, string, string | null])[];

/**
 * Writes FOCUS 1.3 rows: the charge of each record on a row of its own, and one row per known token leaf without a charge.
 *
 * No price is known, so a charge is never divided among leaves; what nobody knows is null, also where FOCUS wants a number.
 */
export function focusSql(records: string): string {
  const leaf = (column: ColumnId, direction: string, cache: string | null) =>
    `struct_pack(name := ${sqlText(column)}, quantity := ${column}, details := json_object('TokenDirection', ${sqlText(direction)}${cache === null ? '' : `, 'CacheAction', ${sqlText(cache)}`}))`;
  const charge = `struct_pack(name := 'charge', quantity := coalesce(operations, attempts), details := CAST(NULL AS JSON))`;
  const leaves = LEAVES.map(([column, direction, cache]) => leaf(column, direction, cache));
  const isCharge = "leaf.name = 'charge'";
  const cost = (column: ColumnId) =>
    `CASE WHEN ${isCharge} THEN ${column} ELSE CAST(0 AS DECIMAL(38,18)) END`;
  const start = 'coalesce(start_at, CAST(start_date AS TIMESTAMP))';
  const end = `coalesce(end_at, CASE WHEN start_date IS NOT NULL THEN CAST(start_date AS TIMESTAMP) + INTERVAL 1 DAY ELSE ${start} + INTERVAL 1 SECOND END)`;
  const time = (sql: string) => `strftime(${sql}, '%Y-%m-%dT%H:%M:%SZ')`;
  const columns: Readonly<Record<string, string>> = {
    BilledCost: cost('cost_charged'),
    EffectiveCost: cost('cost_effective'),
    ListCost: cost('cost_list'),
    ContractedCost: 'CAST(NULL AS DECIMAL(38,18))',
    BillingCurrency: 'currency',
    BillingAccountId: 'provider',
    BillingPeriodStart: time(`date_trunc('month', ${start})`),
    BillingPeriodEnd: time(`date_trunc('month', ${start}) + INTERVAL 1 MONTH`),
    ChargePeriodStart: time(start),
    ChargePeriodEnd: time(end),
    ChargeCategory: CATEGORY,
    ChargeClass: "CASE WHEN charge_category IN ('adjustment', 'refund') THEN 'Correction' END",
    ChargeDescription: "coalesce(model, 'usage')",
    ChargeFrequency: "'Usage-Based'",
    ConsumedQuantity: 'leaf.quantity',
    ConsumedUnit: `CASE WHEN ${isCharge} THEN CASE WHEN leaf.quantity IS NULL THEN NULL ELSE 'Requests' END ELSE 'Tokens' END`,
    InvoiceIssuerName: 'provider',
    ServiceProviderName: 'provider',
    HostProviderName: 'provider',
    ServiceCategory: "'AI and Machine Learning'",
    ServiceName: "coalesce(model, provider, 'unknown')",
    SkuPriceDetails: 'leaf.details',
    SubAccountId: 'project_ref',
    x_Export: 'export',
    x_Environment: 'environment',
    x_DayZone: 'day_zone',
    x_Model: 'model',
    x_ModelServed: 'model_served',
    x_KeyRef: 'key_ref',
    x_RequestRef: 'request_ref',
    x_Outcome: 'outcome',
    x_Leaf: 'leaf.name',
    x_CostStatus: `CASE WHEN ${isCharge} THEN CASE WHEN cost_charged IS NULL THEN 'unknown' ELSE 'known' END ELSE 'on-charge-row' END`,
    x_UpstreamCost: cost('cost_upstream'),
    x_NotionalCost: cost('cost_notional'),
  };
  const list = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  return `SELECT ${list.join(', ')} FROM (SELECT *, unnest([${[charge, ...leaves].join(', ')}]) AS leaf FROM (${records}))
    WHERE ${isCharge} OR leaf.quantity IS NOT NULL`;
}

const CATEGORY =
  "CASE coalesce(charge_category, 'usage') WHEN 'usage' THEN 'Usage' WHEN 'purchase' THEN 'Purchase' WHEN 'tax' THEN 'Tax' WHEN 'credit' THEN 'Credit' ELSE 'Adjustment' END";
