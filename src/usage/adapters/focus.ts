import { type Adapter, type CostRule, EVERYWHERE } from './adapter.ts';
import { isLitellmFocus } from './litellm-focus.ts';

const REQUIRED = [
  'BilledCost',
  'BillingCurrency',
  'ChargeCategory',
  'ChargePeriodStart',
  'ChargePeriodEnd',
];
const OPTIONAL = ['BillingPeriodStart', 'EffectiveCost', 'ListCost', 'SubAccountId'];

/**
 * Reads FOCUS cost and usage data, CSV or Parquet, by the columns that every version since 1.0 has.
 *
 * A newer export restates whole days, so it replaces the days that it holds, each within its billing period: a correction of
 * an invoiced month is a row of a later period on the day that it corrects, and is added.
 */
export const focus = {
  id: 'focus',
  version: 1,
  facts: {
    id: 'focus',
    measures: ['chargedCost', 'effectiveCost', 'listCost'],
    dimensions: [...EVERYWHERE, 'project'],
    defaultZone: 'UTC',
    grain: 'hour',
    needsConversion: false,
    invoice: true,
  },
  costBases: ['charged', 'effective', 'list'],
  expects: `a FOCUS table, CSV or Parquet, with ${REQUIRED.join(', ')}`,
  recognise: (shape) => {
    if (shape.kind !== 'csv' && shape.kind !== 'parquet') return undefined;
    const has = (name: string) => shape.header.includes(name);
    // LiteLLM's files write growing rows again and again: read as they stand they would count many times.
    if (!REQUIRED.every(has) || isLitellmFocus(shape.header)) return undefined;
    const kept = [...REQUIRED, ...OPTIONAL].filter(has);
    return {
      source:
        shape.kind === 'csv'
          ? { kind: 'csv', delimiter: shape.delimiter, header: shape.header }
          : { kind: 'parquet', header: shape.header },
      raw: kept.map((name) => ({ name })),
      nulls: ['NULL', '(null)', 'null'],
      fields: {
        start_at: { kind: 'instant', from: 'ChargePeriodStart', unit: 'iso' },
        end_at: { kind: 'instant', from: 'ChargePeriodEnd', unit: 'iso' },
        currency: { kind: 'text', from: 'BillingCurrency' },
        charge_category: { kind: 'map', from: 'ChargeCategory', values: CATEGORIES },
        ...(has('SubAccountId') && {
          project_ref: { kind: 'text', from: 'SubAccountId' } as const,
        }),
        ...(has('BillingPeriodStart') && {
          key_1: { kind: 'text', from: 'BillingPeriodStart' } as const,
        }),
      },
      required: ['start_at', 'currency', 'charge_category'],
      costs: COSTS.filter((cost) => has(cost.from)),
      currency: { from: 'column' },
      identities: [],
      counts: [],
      key: 'none',
      keyQuality: 'row-hash',
      restatement: 'replace-partition',
      ...(has('BillingPeriodStart') && { partition: 'key_1' as const }),
      aggregated: [],
      completeness: 'bucket',
      hasMore: false,
      dropped: shape.header.filter((name) => !kept.includes(name)),
      cannotTell: [
        'split-by-sku',
        'requests-missing',
        'tokens-missing',
        'model-dimension-missing',
        'key-dimension-missing',
        'outcome-missing',
        'workload-missing',
        'no-natural-key',
      ],
    };
  },
} as const satisfies Adapter;

const CATEGORIES = {
  Usage: 'usage',
  Purchase: 'purchase',
  Tax: 'tax',
  Credit: 'credit',
  Adjustment: 'adjustment',
};

const COSTS: readonly CostRule[] = (
  [
    ['BilledCost', 'charged'],
    ['EffectiveCost', 'effective'],
    ['ListCost', 'list'],
  ] as const
).map(([from, basis]) => ({ from, basis, unit: 'currency', literal: 'float', negative: 'allow' }));
