import {
  type Adapter,
  EVERYWHERE,
  type Reading,
  type Shape,
  type TokenRule,
  WIDE_BAND,
} from './adapter.ts';

const DAYS = ['date__day', 'created_at__day'];
const KEPT = [
  'total_usage',
  'request_count',
  'tokens_total',
  'tokens_prompt',
  'tokens_completion',
  'model',
];

/**
 * Reads the answer of OpenRouter's analytics query when it is grouped by day.
 *
 * Counts are texts, two dimensions are the most it gives, and it may be truncated, which it says in its metadata.
 */
export const openrouterAnalytics = {
  id: 'openrouter-analytics',
  version: 1,
  facts: {
    id: 'openrouter-analytics',
    measures: ['requests', 'attempts', 'inputTokens', 'outputTokens', 'tokens', 'chargedCost'],
    dimensions: [...EVERYWHERE, 'model'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged'],
  expects: `JSON rows at data.data with total_usage and ${DAYS.join(' or ')}: a query grouped by day`,
  recognise: (shape) => {
    const keys = shape.kind === 'json' ? (shape.keys['$.data.data[0]'] ?? []) : [];
    const day = DAYS.find((name) => keys.includes(name));
    if (shape.kind !== 'json' || day === undefined || !keys.includes('total_usage'))
      return undefined;
    return readingOf(shape, keys, day);
  },
} as const satisfies Adapter;

function readingOf(shape: Shape & { kind: 'json' }, keys: readonly string[], day: string): Reading {
  const has = (name: string) => keys.includes(name);
  const hasModel = has('model');
  const tokens = tokenRule(keys);
  return {
    source: { kind: 'json-items', path: '$.data.data' },
    raw: [{ name: day }, ...KEPT.filter(has).map((name) => ({ name }))],
    nulls: [],
    fields: {
      start_date: { kind: 'date', from: day },
      ...(hasModel && { model: { kind: 'text', from: 'model', otherwise: '-' } }),
      ...(has('request_count') && { attempts: { kind: 'count', from: 'request_count' } }),
    },
    required: ['start_date'],
    ...(tokens && { tokens }),
    costs: [
      {
        from: 'total_usage',
        basis: 'charged',
        unit: 'currency',
        literal: 'float',
        negative: 'adjustment',
      },
    ],
    currency: { from: 'format', code: 'USD' },
    identities: [],
    band: WIDE_BAND,
    counts: [],
    key: hasModel ? ['start_date', 'model'] : ['start_date'],
    keyQuality: 'composite',
    restatement: 'latest-wins',
    toldWhole: ['start_date'],
    aggregated: hasModel ? ['key', 'project', 'outcome'] : ['key', 'project', 'outcome', 'model'],
    completeness: 'bucket',
    hasMore: shape.hasMore,
    dropped: keys.filter((name) => name !== day && !KEPT.includes(name)),
    cannotTell: [
      'currency-from-format',
      'float-money',
      'key-dimension-missing',
      'outcome-missing',
      'workload-missing',
      ...(hasModel ? [] : (['model-dimension-missing'] as const)),
      ...(tokens === undefined ? (['tokens-missing'] as const) : []),
      ...(shape.hasMore ? (['more-pages'] as const) : []),
    ],
  };
}

function tokenRule(keys: readonly string[]): TokenRule | undefined {
  const has = (name: string) => keys.includes(name);
  if (!has('tokens_prompt') || !has('tokens_completion')) return undefined;
  return {
    input: 'tokens_prompt',
    output: 'tokens_completion',
    ...(has('tokens_total') && { total: 'tokens_total' }),
    cacheInInput: 'yes',
    reasoningInOutput: 'unknown',
    absentIsNone: false,
  };
}
