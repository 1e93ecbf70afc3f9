import { type Adapter, CACHED_TOKENS, EVERYWHERE, type RawColumn, WIDE_BAND } from './adapter.ts';

const OUTER = [
  'date',
  'actor',
  'model_breakdown',
  'organization_id',
  'terminal_type',
  'customer_type',
  'subscription_type',
];

/**
 * Reads Anthropic's Claude Code analytics: one row per day, person and model.
 *
 * `estimated_cost.amount` counts whole cents and is an estimate at list prices: it is notional, and never added to a charge.
 */
export const anthropicClaudeCode = {
  id: 'anthropic-claude-code',
  version: 1,
  facts: {
    id: 'anthropic-claude-code',
    measures: [...CACHED_TOKENS, 'notionalCost', 'seats'],
    dimensions: [...EVERYWHERE, 'model'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['notional'],
  expects: 'JSON rows at data with date, actor and model_breakdown',
  recognise: (shape) => {
    if (shape.kind !== 'json') return undefined;
    const path = shape.root === 'array' ? '$' : '$.data';
    const keys = shape.keys[`${path}[0]`] ?? [];
    if (!['date', 'actor', 'model_breakdown'].every((name) => keys.includes(name)))
      return undefined;
    return {
      source: { kind: 'json-nested', path, inner: 'model_breakdown' },
      raw: RAW,
      nulls: [],
      fields: {
        start_date: { kind: 'date', from: 'date' },
        user_ref: { kind: 'pseudonym', from: 'actor' },
        model: { kind: 'text', from: 'model' },
        currency: { kind: 'text', from: 'currency' },
        key_1: { kind: 'text', from: 'terminal', otherwise: '-' },
        key_2: { kind: 'text', from: 'customer' },
        key_3: { kind: 'text', from: 'subscription' },
      },
      required: ['start_date'],
      tokens: {
        input: 'input',
        output: 'output',
        cacheRead: 'cache_read',
        cacheWrite: 'cache_creation',
        cacheInInput: 'no',
        reasoningInOutput: 'unknown',
        absentIsNone: false,
      },
      costs: [
        {
          from: 'amount',
          basis: 'notional',
          unit: 'hundredth',
          literal: 'exact',
          negative: 'refuse',
        },
      ],
      currency: { from: 'column' },
      identities: [],
      band: { ...WIDE_BAND, basis: 'notional' },
      counts: [],
      key: ['start_date', 'user_ref', 'model', 'key_1', 'key_2', 'key_3'],
      keyQuality: 'composite',
      restatement: 'latest-wins',
      aggregated: ['outcome', 'project', 'key'],
      completeness: 'bucket',
      hasMore: shape.hasMore,
      dropped: keys.filter((name) => !OUTER.includes(name)),
      cannotTell: [
        'cost-is-an-estimate',
        'requests-missing',
        'key-dimension-missing',
        'outcome-missing',
        'workload-missing',
        ...(shape.hasMore ? (['more-pages'] as const) : []),
      ],
    };
  },
} as const satisfies Adapter;

const tokens = (name: string): RawColumn => ({ name, path: ['inner', 'tokens', name] });

const RAW: readonly RawColumn[] = [
  { name: 'date', path: ['outer', 'date'] },
  {
    name: 'actor',
    path: ['outer', 'actor', 'email_address'],
    or: [{ path: ['outer', 'actor', 'api_key_name'] }],
  },
  { name: 'terminal', path: ['outer', 'terminal_type'] },
  // A person may use a plan and the API on one day; rows of before the two were told apart are rows of the API.
  { name: 'customer', path: ['outer', 'customer_type'], nulls: ['api'] },
  { name: 'subscription', path: ['outer', 'subscription_type'] },
  { name: 'model', path: ['inner', 'model'] },
  ...['input', 'output', 'cache_read', 'cache_creation'].map(tokens),
  { name: 'amount', path: ['inner', 'estimated_cost', 'amount'] },
  { name: 'currency', path: ['inner', 'estimated_cost', 'currency'] },
];
