import {
  type Adapter,
  CACHED_TOKENS,
  type CostRule,
  EVERYWHERE,
  type Reading,
  type Shape,
  WIDE_BAND,
} from './adapter.ts';

const CSV_REQUIRED = ['Date', 'Team ID', 'Spend ($)', 'Requests', 'Total Tokens', 'Prompt Tokens'];
const CSV_KEPT = [
  ...CSV_REQUIRED,
  'Completion Tokens',
  'Cache Read Input Tokens',
  'Cache Creation Input Tokens',
  'Key Alias',
  'Key ID',
];
/** What else the daily CSV has; a further column is a dimension by which its rows are split, as models and users are. */
const CSV_BESIDE = [
  'Team',
  'Successful Requests',
  'Failed Requests',
  'Flat Cost ($)',
  'Total Cost ($)',
];

/**
 * Reads LiteLLM's daily totals: the answer of `/user/daily/activity` (or `/team/daily/activity`), and the daily CSV of its UI.
 *
 * A day's own numbers are read and never its breakdowns, which have fanned out (BerriAI/litellm #32581, 34.275 B for 1.339 B
 * tokens); for the same reason the CSV with models is not read. The CSV with keys has a row for each of them.
 */
export const litellmActivity = {
  id: 'litellm-activity',
  version: 1,
  facts: {
    id: 'litellm-activity',
    measures: ['requests', 'attempts', ...CACHED_TOKENS, 'chargedCost'],
    dimensions: [...EVERYWHERE, 'project', 'key'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged'],
  expects: `JSON days at results with date and metrics, or a CSV with ${CSV_REQUIRED.join(', ')} (not the one with models)`,
  recognise: (shape) => {
    if (shape.kind === 'csv') return csv(shape);
    if (shape.kind !== 'json') return undefined;
    const keys = shape.keys['$.results[0]'] ?? [];
    const isActivity = ['date', 'metrics'].every((name) => keys.includes(name));
    return isActivity ? activity(shape, keys) : undefined;
  },
} as const satisfies Adapter;

const COST: CostRule = {
  from: 'spend',
  basis: 'charged',
  unit: 'currency',
  literal: 'float',
  negative: 'refuse',
  zero: 'unpriced',
};

const common = {
  nulls: [],
  currency: { from: 'format', code: 'USD' },
  identities: [],
  band: WIDE_BAND,
  counts: [],
  keyQuality: 'composite',
  // Rows are incremented in place while their day lasts.
  restatement: 'max-wins',
  toldWhole: ['start_date'],
  completeness: 'bucket',
} as const;

const LIMITS = [
  'zero-means-unpriced',
  'currency-from-format',
  'float-money',
  'model-dimension-missing',
  'key-dimension-missing',
  'outcome-missing',
  'workload-missing',
  'hidden-retries',
] as const;

function activity(shape: Shape & { kind: 'json' }, keys: readonly string[]): Reading {
  const metric = (name: string) => ({ name, path: ['metrics', name] });
  return {
    ...common,
    source: { kind: 'json-items', path: '$.results' },
    raw: [
      { name: 'date' },
      ...[
        'spend',
        'prompt_tokens',
        'completion_tokens',
        'cache_read_input_tokens',
        'cache_creation_input_tokens',
        'total_tokens',
        'api_requests',
      ].map(metric),
    ],
    fields: {
      start_date: { kind: 'date', from: 'date' },
      attempts: { kind: 'count', from: 'api_requests' },
    },
    required: ['start_date'],
    tokens: {
      input: 'prompt_tokens',
      output: 'completion_tokens',
      cacheRead: 'cache_read_input_tokens',
      cacheWrite: 'cache_creation_input_tokens',
      total: 'total_tokens',
      cacheInInput: 'yes',
      reasoningInOutput: 'unknown',
      absentIsNone: false,
    },
    costs: [COST],
    key: ['start_date'],
    aggregated: ['project', 'key', 'model', 'outcome'],
    hasMore: shape.hasMore,
    // Pages are of so many rows of the database, newest first, and each adds up its own rows of a day (BerriAI/litellm
    // `common_daily_activity.py`).
    cut: [
      ...(shape.isLaterPage === true ? (['first'] as const) : []),
      ...(shape.hasMore ? (['last'] as const) : []),
    ],
    dropped: keys.filter((name) => !['date', 'metrics'].includes(name)),
    cannotTell: [
      ...LIMITS,
      ...(shape.hasMore ? (['more-pages'] as const) : []),
      ...(shape.hasMore || shape.isLaterPage === true ? (['page-cuts-days'] as const) : []),
    ],
  };
}

function csv(shape: Shape & { kind: 'csv' }): Reading | undefined {
  const has = (name: string) => shape.header.includes(name);
  if (!CSV_REQUIRED.every(has)) return undefined;
  if (!shape.header.every((name) => CSV_KEPT.includes(name) || CSV_BESIDE.includes(name)))
    return undefined;
  const kept = CSV_KEPT.filter(has);
  const isByKey = has('Key ID');
  return {
    ...common,
    source: { kind: 'csv', delimiter: shape.delimiter, header: shape.header },
    raw: kept.map((name) => (name === 'Key Alias' ? { name, nulls: ['-'] } : { name })),
    fields: {
      start_date: { kind: 'date', from: 'Date' },
      project_ref: { kind: 'text', from: 'Team ID', otherwise: '-' },
      attempts: { kind: 'count', from: 'Requests' },
      ...(has('Key Alias') && { key_ref: { kind: 'text', from: 'Key Alias' } as const }),
      ...(isByKey && { key_1: { kind: 'text', from: 'Key ID' } as const }),
    },
    required: ['start_date'],
    tokens: {
      input: 'Prompt Tokens',
      ...(has('Completion Tokens') && { output: 'Completion Tokens' }),
      ...(has('Cache Read Input Tokens') && { cacheRead: 'Cache Read Input Tokens' }),
      ...(has('Cache Creation Input Tokens') && { cacheWrite: 'Cache Creation Input Tokens' }),
      total: 'Total Tokens',
      cacheInInput: 'yes',
      reasoningInOutput: 'unknown',
      absentIsNone: false,
    },
    costs: [{ ...COST, from: 'Spend ($)', literal: 'grouped', quantum: '0.0001' }],
    key: ['start_date', 'project_ref', ...(isByKey ? (['key_1'] as const) : [])],
    aggregated: [...(isByKey ? [] : (['key'] as const)), 'model', 'outcome'],
    hasMore: false,
    dropped: shape.header.filter((name) => !kept.includes(name)),
    cannotTell: [
      ...LIMITS.filter((limit) => !isByKey || limit !== 'key-dimension-missing'),
      ...(has('Cache Read Input Tokens') ? [] : (['cache-split-missing'] as const)),
      'money-in-four-decimals',
    ],
  };
}
