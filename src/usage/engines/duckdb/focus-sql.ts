import { type ColumnId } from '../../columns.ts';
import { sqlText, sqlTexts } from './quote.ts';

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
 * No price is known, so a charge is never divided among leaves; what nobody knows is null, also where FOCUS wants a number. A
 * charge that another view of the same bill tells is zero here.
 */
export function focusSql(
  records: string,
  {
    currency,
    chargedElsewhere,
  }: { readonly currency: string; readonly chargedElsewhere: readonly string[] },
): string {
  const leaf = (column: ColumnId, direction: string, cache: string | null) =>
    `struct_pack(name := ${sqlText(column)}, quantity := ${column}, details := json_object('TokenDirection', ${sqlText(direction)}${cache === null ? '' : `, 'CacheAction', ${sqlText(cache)}`}))`;
  const charge = `struct_pack(name := 'charge', quantity := coalesce(operations, attempts), details := CAST(NULL AS JSON))`;
  const leaves = LEAVES.map(([column, direction, cache]) => leaf(column, direction, cache));
  const isCharge = "leaf.name = 'charge'";
  const isElsewhere = `coalesce(export IN (${sqlTexts(['', ...chargedElsewhere])}), false)`;
  const told = ['leaf.quantity', 'cost_effective', 'cost_list', 'cost_upstream', 'cost_notional'];
  const isEmpty = `${isElsewhere} AND coalesce(${told.map((sql) => `CAST(${sql} AS VARCHAR)`).join(', ')}) IS NULL`;
  const columns = columnsSql({ currency, isCharge, isElsewhere });
  const list = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  return `SELECT ${list.join(', ')} FROM (SELECT *, unnest([${[charge, ...leaves].join(', ')}]) AS leaf FROM (${records}))
    WHERE (${isCharge} AND NOT (${isEmpty})) OR leaf.quantity IS NOT NULL`;
}

/** What the columns ask of a row. */
interface FocusRow {
  readonly currency: string;
  readonly isCharge: string;
  readonly isElsewhere: string;
}

function columnsSql({
  currency,
  isCharge,
  isElsewhere,
}: FocusRow): Readonly<Record<string, string>> {
  const cost = (column: ColumnId) =>
    `CASE WHEN ${isCharge} THEN ${column} ELSE CAST(0 AS DECIMAL(38,18)) END`;
  return {
    BilledCost: `CASE WHEN ${isElsewhere} THEN CAST(0 AS DECIMAL(38,18)) ELSE ${cost('cost_charged')} END`,
    EffectiveCost: cost('cost_effective'),
    ListCost: cost('cost_list'),
    ContractedCost: 'CAST(NULL AS DECIMAL(38,18))',
    // Where no row says one there is no cost, and FOCUS wants a currency all the same.
    BillingCurrency: `coalesce(currency, ${sqlText(currency)})`,
    BillingAccountId: PROVIDER,
    BillingAccountName: NOTHING,
    BillingPeriodStart: time(`date_trunc('month', ${START})`),
    BillingPeriodEnd: time(`date_trunc('month', ${START}) + INTERVAL 1 MONTH`),
    ChargePeriodStart: time(START),
    ChargePeriodEnd: time(END),
    ChargeCategory: CATEGORY,
    ChargeClass: "CASE WHEN charge_category IN ('adjustment', 'refund') THEN 'Correction' END",
    ChargeDescription: "coalesce(model, 'usage')",
    ChargeFrequency: "'Usage-Based'",
    ConsumedQuantity: 'leaf.quantity',
    ConsumedUnit: `CASE WHEN ${isCharge} THEN CASE WHEN leaf.quantity IS NULL THEN NULL ELSE 'Requests' END ELSE 'Tokens' END`,
    // A price is known of nothing.
    PricingQuantity: 'CAST(NULL AS DECIMAL(38,18))',
    PricingUnit: NOTHING,
    InvoiceIssuerName: PROVIDER,
    // Readers of 1.2 and before know the provider by these two names.
    ProviderName: PROVIDER,
    PublisherName: PROVIDER,
    ServiceProviderName: PROVIDER,
    HostProviderName: PROVIDER,
    ServiceCategory: "'AI and Machine Learning'",
    ServiceSubcategory: "'Generative AI'",
    ServiceName: "coalesce(model, provider, 'unknown')",
    SkuPriceDetails: 'leaf.details',
    SubAccountId: 'project_ref',
    SubAccountName: NOTHING,
    x_Export: 'export',
    x_Environment: 'environment',
    x_DayZone: 'day_zone',
    x_Model: 'model',
    x_ModelServed: 'model_served',
    x_KeyRef: 'key_ref',
    x_RequestRef: 'request_ref',
    x_Outcome: 'outcome',
    x_Leaf: 'leaf.name',
    x_CostStatus: `CASE WHEN NOT ${isCharge} THEN 'on-charge-row' WHEN ${isElsewhere} THEN 'on-other-export' WHEN cost_charged IS NULL THEN 'unknown' ELSE 'known' END`,
    x_UpstreamCost: cost('cost_upstream'),
    x_NotionalCost: cost('cost_notional'),
  };
}

const START = 'coalesce(start_at, CAST(start_date AS TIMESTAMP))';
const END = `coalesce(end_at, CASE WHEN start_date IS NOT NULL THEN CAST(start_date AS TIMESTAMP) + INTERVAL 1 DAY ELSE ${START} + INTERVAL 1 SECOND END)`;
const time = (sql: string) => `strftime(${sql}, '%Y-%m-%dT%H:%M:%SZ')`;

const PROVIDER = "coalesce(provider, 'unknown')";
const NOTHING = 'CAST(NULL AS VARCHAR)';

const CATEGORY =
  "CASE coalesce(charge_category, 'usage') WHEN 'usage' THEN 'Usage' WHEN 'purchase' THEN 'Purchase' WHEN 'tax' THEN 'Tax' WHEN 'credit' THEN 'Credit' ELSE 'Adjustment' END";
