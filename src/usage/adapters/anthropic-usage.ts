import {
  type Adapter,
  CACHED_TOKENS,
  EVERYWHERE,
  type RawColumn,
  type Reading,
  type Shape,
} from './adapter.ts';

const USAGE_KEPT =
  'uncached_input_tokens cache_creation cache_read_input_tokens output_tokens api_key_id workspace_id model service_tier context_window inference_geo speed account_id service_account_id'.split(
    ' ',
  );
const COST_KEPT =
  'amount currency workspace_id model cost_type token_type description service_tier context_window inference_geo speed'.split(
    ' ',
  );

/**
 * Reads buckets of Anthropic's organization usage report and cost report (Admin API), one kind a file.
 *
 * Input, cache reads and cache writes stand beside each other; `amount` is a decimal text in cents; Priority Tier is in no
 * cost report (Anthropic Admin API reference, "Get Messages Usage Report", "Get Cost Report").
 */
export const anthropicUsage = {
  id: 'anthropic-usage',
  version: 1,
  facts: {
    id: 'anthropic-usage',
    measures: [...CACHED_TOKENS, 'chargedCost'],
    dimensions: [...EVERYWHERE, 'key', 'project', 'model'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged'],
  expects:
    'JSON buckets {starting_at, ending_at, results} of the usage report or the cost report, in an array or a page’s data',
  recognise: (shape) => {
    if (shape.kind !== 'json') return undefined;
    const path = shape.root === 'array' ? '$' : '$.data';
    const bucket = shape.keys[`${path}[0]`];
    if (!['starting_at', 'ending_at', 'results'].every((name) => bucket?.includes(name)))
      return undefined;
    const keys = shape.keys['results'] ?? [];
    return keys.includes('amount') ? costs(shape, path) : usage(shape, path);
  },
} as const satisfies Adapter;

const bucketColumns: readonly RawColumn[] = [
  { name: 'starting_at', path: ['bucket', 'starting_at'] },
  { name: 'ending_at', path: ['bucket', 'ending_at'] },
];
const inResult = (names: readonly string[]): RawColumn[] =>
  names.map((name) => ({ name, path: ['result', name] }));

const spans = {
  start_at: { kind: 'instant', from: 'starting_at', unit: 'iso' },
  end_at: { kind: 'instant', from: 'ending_at', unit: 'iso' },
  project_ref: { kind: 'text', from: 'workspace_id', otherwise: '*' },
  model: { kind: 'text', from: 'model', otherwise: '*' },
  key_1: { kind: 'text', from: 'service_tier', otherwise: '*' },
  key_2: { kind: 'text', from: 'context_window', otherwise: '*' },
  key_3: { kind: 'text', from: 'inference_geo', otherwise: '*' },
} as const;

const common = {
  nulls: [],
  required: ['start_at', 'end_at'],
  identities: [],
  counts: [],
  keyQuality: 'composite',
  cutsDays: true,
  completeness: 'bucket',
} as const;

const sourceAt = (path: string): Reading['source'] => ({
  kind: 'json-buckets',
  path,
  span: { start: 'starting_at', end: 'ending_at', unit: 'iso' },
});

function usage(shape: Shape & { kind: 'json' }, path: string): Reading {
  const keys = shape.keys['results'] ?? [];
  return {
    ...common,
    source: sourceAt(path),
    raw: [
      ...bucketColumns,
      ...inResult(USAGE_KEPT.filter((name) => name !== 'cache_creation')),
      { name: 'write_1h', path: ['result', 'cache_creation', 'ephemeral_1h_input_tokens'] },
      { name: 'write_5m', path: ['result', 'cache_creation', 'ephemeral_5m_input_tokens'] },
    ],
    fields: {
      ...spans,
      key_ref: { kind: 'text', from: 'api_key_id', otherwise: '*' },
      // A person is told apart and never kept as they are; a service account is nobody.
      user_ref: { kind: 'pseudonym', from: 'account_id' },
      key_4: { kind: 'text', from: 'service_account_id', otherwise: '*' },
      // Nothing stands in for a speed that is not said: rows of before it was a dimension are the same rows.
      key_5: { kind: 'text', from: 'speed' },
    },
    tokens: {
      input: 'uncached_input_tokens',
      output: 'output_tokens',
      cacheRead: 'cache_read_input_tokens',
      cacheWrite: ['write_5m', 'write_1h'],
      cacheInInput: 'no',
      reasoningInOutput: 'unknown',
      absentIsNone: false,
    },
    costs: [],
    currency: { from: 'none' },
    key: [
      'start_at',
      'project_ref',
      'key_ref',
      'model',
      'key_1',
      'key_2',
      'key_3',
      'key_4',
      'key_5',
      'user_ref',
    ],
    restatement: 'max-wins',
    toldWhole: ['start_at'],
    aggregated: ['outcome'],
    hasMore: shape.hasMore,
    dropped: keys.filter((name) => !USAGE_KEPT.includes(name)),
    cannotTell: [
      'usage-without-cost',
      'cost-missing',
      'requests-missing',
      'outcome-missing',
      'workload-missing',
      ...(shape.hasMore ? (['more-pages'] as const) : []),
    ],
  };
}

function costs(shape: Shape & { kind: 'json' }, path: string): Reading {
  return {
    ...common,
    source: sourceAt(path),
    raw: [...bucketColumns, ...inResult(COST_KEPT)],
    fields: {
      ...spans,
      key_4: { kind: 'text', from: 'cost_type', otherwise: '*' },
      key_5: { kind: 'text', from: 'token_type', otherwise: '*' },
      key_6: { kind: 'text', from: 'description', otherwise: '*' },
      key_7: { kind: 'text', from: 'speed' },
      currency: { kind: 'text', from: 'currency' },
    },
    costs: [
      {
        from: 'amount',
        basis: 'charged',
        unit: 'hundredth',
        literal: 'exact',
        negative: 'adjustment',
      },
    ],
    currency: { from: 'column' },
    key: [
      'start_at',
      'project_ref',
      'model',
      'key_1',
      'key_2',
      'key_3',
      'key_4',
      'key_5',
      'key_6',
      'key_7',
    ],
    // A day's cost is corrected up and down after it closed.
    restatement: 'latest-wins',
    toldWhole: ['start_at'],
    aggregated: ['outcome', 'key'],
    hasMore: shape.hasMore,
    dropped: (shape.keys['results'] ?? []).filter((name) => !COST_KEPT.includes(name)),
    cannotTell: [
      'cost-without-usage',
      'priority-tier-missing',
      'tokens-missing',
      'requests-missing',
      'key-dimension-missing',
      'workload-missing',
      ...(shape.hasMore ? (['more-pages'] as const) : []),
    ],
  };
}
