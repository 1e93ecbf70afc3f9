import {
  type Adapter,
  type CostRule,
  EVERYWHERE,
  type Reading,
  type Shape,
  WIDE_BAND,
} from './adapter.ts';

const REQUIRED = [
  'generation_id',
  'created_at',
  'cost_total',
  'tokens_prompt',
  'tokens_completion',
  'model_permaslug',
];
const OPTIONAL = [
  'tokens_reasoning',
  'tokens_cached',
  'cancelled',
  'api_key_name',
  'byok_usage_inference',
];

/** Reads OpenRouter's activity CSV: one generation a row; `created_at` is UTC without an offset (checked on real ids). */
export const openrouterActivity = {
  id: 'openrouter-activity',
  version: 1,
  facts: {
    id: 'openrouter-activity',
    measures: [
      'requests',
      'operations',
      'attempts',
      'inputTokens',
      'outputTokens',
      'cacheReadInputTokens',
      'reasoningOutputTokens',
      'tokens',
      'chargedCost',
      'upstreamCost',
    ],
    dimensions: [...EVERYWHERE, 'key', 'model', 'outcome'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  costBases: ['charged', 'upstream'],
  expects: `CSV whose header has ${REQUIRED.join(', ')}`,
  recognise: (shape) => {
    if (shape.kind !== 'csv' || !REQUIRED.every((name) => shape.header.includes(name))) {
      return undefined;
    }
    return readingOf(shape);
  },
} as const satisfies Adapter;

function readingOf(shape: Shape & { readonly kind: 'csv' }): Reading {
  const has = (name: string) => shape.header.includes(name);
  const kept = [...REQUIRED, ...OPTIONAL].filter(has);
  return {
    source: { kind: 'csv', delimiter: shape.delimiter, header: shape.header },
    raw: kept.map((name) => ({ name })),
    nulls: [],
    fields: {
      request_ref: { kind: 'text', from: 'generation_id' },
      start_at: { kind: 'instant', from: 'created_at', unit: 'iso' },
      model: { kind: 'text', from: 'model_permaslug' },
      ...(has('api_key_name') && { key_ref: { kind: 'text', from: 'api_key_name' } }),
      ...(has('cancelled') && {
        outcome: {
          kind: 'map',
          from: 'cancelled',
          values: { true: 'cancelled', True: 'cancelled', false: 'ok', False: 'ok' },
          otherwise: 'unknown',
        },
      }),
    },
    required: ['request_ref', 'start_at'],
    tokens: {
      input: 'tokens_prompt',
      output: 'tokens_completion',
      ...(has('tokens_cached') && { cacheRead: 'tokens_cached' }),
      ...(has('tokens_reasoning') && { reasoning: 'tokens_reasoning' }),
      cacheInInput: 'yes',
      reasoningInOutput: 'yes',
      absentIsNone: false,
    },
    costs: COSTS.filter((cost) => has(cost.from)),
    currency: { from: 'format', code: 'USD' },
    identities: [],
    band: WIDE_BAND,
    counts: ['attempts', 'operations'],
    key: ['request_ref'],
    keyQuality: 'provider-id',
    restatement: 'append',
    aggregated: [],
    completeness: 'event',
    hasMore: false,
    dropped: shape.header.filter((name) => !kept.includes(name)),
    cannotTell: [
      'currency-from-format',
      'workload-missing',
      ...(has('tokens_cached') ? [] : (['cache-split-missing'] as const)),
      ...(has('api_key_name') ? [] : (['key-dimension-missing'] as const)),
      ...(has('cancelled') ? [] : (['outcome-missing'] as const)),
    ],
  };
}

const COSTS: readonly CostRule[] = (
  [
    ['cost_total', 'charged'],
    // What the caller's own account with the model's host pays: never added to the charge (forgecode #1641).
    ['byok_usage_inference', 'upstream'],
  ] as const
).map(([from, basis]) => ({ from, basis, unit: 'currency', literal: 'float', negative: 'refuse' }));
