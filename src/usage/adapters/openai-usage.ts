import {
  type Adapter,
  CACHED_TOKENS,
  EVERYWHERE,
  type RawColumn,
  type Reading,
  type Shape,
} from './adapter.ts';

const USAGE_KEPT =
  'object input_tokens output_tokens num_model_requests input_cached_tokens input_cache_write_tokens input_uncached_tokens project_id api_key_id model user_id batch service_tier size source context_level vector_store_id'.split(
    ' ',
  );
const COST_KEPT = ['object', 'amount', 'project_id', 'api_key_id', 'line_item'];

/**
 * Reads buckets of OpenAI's organization usage and costs pages, or a bare array of buckets.
 *
 * `input_tokens` includes cached and cache-write tokens; a dimension that is null was not grouped by; an absent field is
 * not zero (openai-openapi `openapi.yaml`, UsageCompletionsResult, CostsResult).
 */
export const openaiUsage = {
  id: 'openai-usage',
  version: 1,
  facts: {
    id: 'openai-usage',
    measures: ['requests', 'attempts', ...CACHED_TOKENS, 'chargedCost'],
    dimensions: [...EVERYWHERE, 'key', 'project', 'model'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged'],
  expects: 'JSON buckets {start_time, end_time, results} in an array or a page’s data',
  recognise: (shape) => {
    if (shape.kind !== 'json') return undefined;
    const path = shape.root === 'array' ? '$' : '$.data';
    const bucket = shape.keys[`${path}[0]`];
    if (bucket === undefined) return undefined;
    if (!['start_time', 'end_time', 'results'].every((name) => bucket.includes(name)))
      return undefined;
    const isCosts = shape.tags.some((tag) => tag === 'organization.costs.result');
    if (isCosts && shape.tags.length > 1) return undefined;
    return isCosts ? costs(shape, path) : usage(shape, path);
  },
} as const satisfies Adapter;

const bucketColumns: readonly RawColumn[] = [
  { name: 'start_time', path: ['bucket', 'start_time'] },
  { name: 'end_time', path: ['bucket', 'end_time'] },
];

const SPAN = { start: 'start_time', end: 'end_time', unit: 's' } as const;

const common = {
  nulls: [],
  required: ['start_at', 'end_at'],
  aggregated: ['outcome'],
  counts: [],
  completeness: 'bucket',
  keyQuality: 'composite',
  cutsDays: true,
} as const;

const spans = {
  start_at: { kind: 'instant', from: 'start_time', unit: 's' },
  end_at: { kind: 'instant', from: 'end_time', unit: 's' },
  project_ref: { kind: 'text', from: 'project_id', otherwise: '*' },
  key_ref: { kind: 'text', from: 'api_key_id', otherwise: '*' },
  key_1: { kind: 'text', from: 'object', otherwise: '-' },
} as const;

const USAGE_KEY = [
  'start_at',
  'project_ref',
  'key_ref',
  'model',
  'user_ref',
  'key_1',
  'key_2',
  'key_3',
  'key_4',
  'key_5',
  'key_6',
  'key_7',
] as const;

function usage(shape: Shape & { kind: 'json' }, path: string): Reading {
  const keys = shape.keys['results'] ?? [];
  const counts = shape.tags.length === 0 || keys.includes('num_model_requests');
  return {
    ...common,
    source: { kind: 'json-buckets', path, span: SPAN },
    raw: [...bucketColumns, ...USAGE_KEPT.map((name) => ({ name, path: ['result', name] }))],
    fields: {
      ...spans,
      model: { kind: 'text', from: 'model', otherwise: '*' },
      key_2: { kind: 'text', from: 'batch', otherwise: '*' },
      key_3: { kind: 'text', from: 'service_tier', otherwise: '*' },
      // Dimensions of images, searches and stores alone; nothing stands in for them where a page has none.
      key_4: { kind: 'text', from: 'size' },
      key_5: { kind: 'text', from: 'source' },
      key_6: { kind: 'text', from: 'context_level' },
      key_7: { kind: 'text', from: 'vector_store_id' },
      user_ref: { kind: 'pseudonym', from: 'user_id' },
      attempts: { kind: 'count', from: 'num_model_requests' },
    },
    tokens: {
      input: 'input_tokens',
      output: 'output_tokens',
      cacheRead: 'input_cached_tokens',
      cacheWrite: 'input_cache_write_tokens',
      cacheInInput: 'yes',
      reasoningInOutput: 'unknown',
      absentIsNone: false,
    },
    costs: [],
    currency: { from: 'none' },
    identities: [
      {
        whole: 'input_tokens',
        parts: ['input_uncached_tokens', 'input_cached_tokens', 'input_cache_write_tokens'],
      },
    ],
    key: USAGE_KEY,
    restatement: 'max-wins',
    toldWhole: ['start_at', 'key_1'],
    hasMore: shape.hasMore,
    dropped: keys.filter((name) => !USAGE_KEPT.includes(name)),
    cannotTell: [
      'usage-without-cost',
      'cost-missing',
      'hidden-retries',
      'outcome-missing',
      'workload-missing',
      ...(counts ? [] : (['requests-missing'] as const)),
      ...(shape.hasMore ? (['more-pages'] as const) : []),
    ],
  };
}

function costs(shape: Shape & { kind: 'json' }, path: string): Reading {
  return {
    ...common,
    source: { kind: 'json-buckets', path, span: SPAN },
    raw: [
      ...bucketColumns,
      ...['object', 'project_id', 'api_key_id', 'line_item'].map((name) => ({
        name,
        path: ['result', name],
      })),
      { name: 'value', path: ['result', 'amount', 'value'] },
      { name: 'currency', path: ['result', 'amount', 'currency'] },
    ],
    fields: {
      ...spans,
      key_2: { kind: 'text', from: 'line_item', otherwise: '*' },
      currency: { kind: 'text', from: 'currency' },
    },
    costs: [
      {
        from: 'value',
        basis: 'charged',
        unit: 'currency',
        literal: 'float',
        negative: 'adjustment',
      },
    ],
    currency: { from: 'column' },
    identities: [],
    key: ['start_at', 'project_ref', 'key_ref', 'key_1', 'key_2'],
    // A day's cost is corrected up and down after it closed.
    restatement: 'latest-wins',
    toldWhole: ['start_at', 'key_1'],
    aggregated: ['outcome', 'model'],
    hasMore: shape.hasMore,
    dropped: (shape.keys['results'] ?? []).filter((name) => !COST_KEPT.includes(name)),
    cannotTell: [
      'cost-without-usage',
      'tokens-missing',
      'requests-missing',
      'model-dimension-missing',
      'workload-missing',
      'float-money',
      ...(shape.hasMore ? (['more-pages'] as const) : []),
    ],
  };
}
