import type { Adapter } from './adapter.ts';

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
    dimensions: ['day', 'export', 'provider', 'environment', 'model', 'workload', 'owner'],
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
    const hasModel = keys.includes('model');
    const hasSplit = keys.includes('tokens_prompt') && keys.includes('tokens_completion');
    return {
      source: { kind: 'json-items', path: '$.data.data' },
      raw: [{ name: day }, ...KEPT.filter((name) => keys.includes(name)).map((name) => ({ name }))],
      nulls: [],
      fields: {
        start_date: { kind: 'date', from: day },
        ...(hasModel && { model: { kind: 'text', from: 'model', otherwise: '-' } as const }),
        ...(keys.includes('request_count') && {
          attempts: { kind: 'count', from: 'request_count' } as const,
        }),
      },
      required: ['start_date'],
      ...(hasSplit && {
        tokens: {
          input: 'tokens_prompt',
          output: 'tokens_completion',
          ...(keys.includes('tokens_total') && { total: 'tokens_total' }),
          cacheInInput: 'yes' as const,
          reasoningInOutput: 'unknown' as const,
          absentIsNone: false,
        },
      }),
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
      counts: [],
      key: ['start_date', ...(hasModel ? (['model'] as const) : [])],
      keyQuality: 'composite',
      restatement: 'latest-wins',
      aggregated: ['key', 'project', 'outcome', ...(hasModel ? [] : (['model'] as const))],
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
        ...(hasSplit ? [] : (['tokens-missing'] as const)),
        ...(shape.hasMore ? (['more-pages'] as const) : []),
      ],
    };
  },
} as const satisfies Adapter;
