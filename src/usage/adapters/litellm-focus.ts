import { type Adapter, type CostRule, EVERYWHERE, type Shape } from './adapter.ts';

/** Exactly these 44 columns, in any order, are what LiteLLM writes (`litellm/integrations/focus`). */
const HEADER =
  'BilledCost BillingAccountId BillingAccountName BillingAccountType BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart ConsumedQuantity ConsumedUnit ContractedCost ContractedUnitPrice EffectiveCost InvoiceIssuerName InvoiceId ListCost ListUnitPrice AvailabilityZone PricingCurrency PricingCategory PricingQuantity PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName ResourceType ServiceCategory ServiceSubcategory ServiceName SubAccountId SubAccountName SubAccountType Tags'.split(
    ' ',
  );
const KEPT = [
  'BilledCost',
  'BillingAccountId',
  'BillingCurrency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ProviderName',
  'ResourceId',
  'ServiceName',
  'SubAccountId',
];

/** Tells whether a table has the columns of LiteLLM's FOCUS files and no others. */
export const isLitellmFocus = (header: readonly string[]): boolean =>
  header.length === HEADER.length && HEADER.every((name) => header.includes(name));

/**
 * Reads LiteLLM's FOCUS files, CSV or Parquet.
 *
 * Each hourly file writes a day's growing row again, so the later file wins by day, key, model and provider; added together
 * the rows of a day would count up to 24 times. Its four costs are one number and its quantity is always one request.
 */
export const litellmFocus = {
  id: 'litellm-focus',
  version: 1,
  facts: {
    id: 'litellm-focus',
    measures: ['chargedCost'],
    dimensions: [...EVERYWHERE, 'key', 'project', 'model'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged'],
  expects: `a FOCUS table, CSV or Parquet, with exactly the ${HEADER.length} columns that LiteLLM writes`,
  recognise: (shape) => {
    if (shape.kind !== 'csv' && shape.kind !== 'parquet') return undefined;
    if (!isLitellmFocus(shape.header)) return undefined;
    return {
      source: sourceOf(shape),
      raw: KEPT.map((name) => ({ name })),
      nulls: ['NULL', 'null', 'None'],
      fields: {
        start_at: { kind: 'instant', from: 'ChargePeriodStart', unit: 'iso' },
        end_at: { kind: 'instant', from: 'ChargePeriodEnd', unit: 'iso' },
        currency: { kind: 'text', from: 'BillingCurrency' },
        key_ref: { kind: 'text', from: 'BillingAccountId', otherwise: '-' },
        project_ref: { kind: 'text', from: 'SubAccountId', otherwise: '-' },
        model: { kind: 'text', from: 'ResourceId', otherwise: '-' },
        key_1: { kind: 'text', from: 'ProviderName', otherwise: '-' },
        key_2: { kind: 'text', from: 'ServiceName', otherwise: '-' },
      },
      required: ['start_at', 'currency'],
      costs: [COST],
      currency: { from: 'column' },
      identities: [],
      counts: [],
      key: ['start_at', 'key_ref', 'project_ref', 'model', 'key_1', 'key_2'],
      keyQuality: 'composite',
      restatement: 'latest-wins',
      aggregated: ['outcome'],
      completeness: 'bucket',
      hasMore: false,
      dropped: shape.header.filter((name) => !KEPT.includes(name)),
      cannotTell: [
        'money-in-six-decimals',
        'requests-missing',
        'tokens-missing',
        'outcome-missing',
        'workload-missing',
      ],
    };
  },
} as const satisfies Adapter;

const COST: CostRule = {
  from: 'BilledCost',
  basis: 'charged',
  unit: 'currency',
  literal: 'float',
  quantum: '0.000001',
  negative: 'adjustment',
};

const sourceOf = (shape: Shape & { readonly kind: 'csv' | 'parquet' }) =>
  shape.kind === 'csv'
    ? ({ kind: 'csv', delimiter: shape.delimiter, header: shape.header } as const)
    : ({ kind: 'parquet', header: shape.header } as const);
