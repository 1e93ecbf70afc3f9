import { type Adapter, type CostRule, EVERYWHERE, WIDE_BAND } from './adapter.ts';

const REQUIRED = [
  'date',
  'model_permaslug',
  'usage',
  'requests',
  'prompt_tokens',
  'completion_tokens',
];
const OPTIONAL = [
  'byok_usage_inference',
  'reasoning_tokens',
  'endpoint_id',
  'provider_name',
  'workspace_id',
];

/**
 * Reads the answer of OpenRouter's `GET /activity`: one row per completed UTC day, model and endpoint.
 *
 * `usage` is what OpenRouter charges; what an own account with the model's host pays stands beside it and is never added. It
 * answers for the last 30 completed days only, so a review that comes too late has lost them.
 */
export const openrouterDaily = {
  id: 'openrouter-daily',
  version: 1,
  facts: {
    id: 'openrouter-daily',
    measures: [
      'requests',
      'attempts',
      'inputTokens',
      'outputTokens',
      'reasoningOutputTokens',
      'tokens',
      'chargedCost',
      'upstreamCost',
    ],
    dimensions: [...EVERYWHERE, 'project', 'model'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged', 'upstream'],
  expects: `JSON rows at data with ${REQUIRED.join(', ')}`,
  recognise: (shape) => {
    const keys = shape.kind === 'json' ? (shape.keys['$.data[0]'] ?? []) : [];
    if (shape.kind !== 'json' || !REQUIRED.every((name) => keys.includes(name))) return undefined;
    const has = (name: string) => keys.includes(name);
    const kept = [...REQUIRED, ...OPTIONAL].filter(has);
    const key = (column: string, from: string) =>
      has(from) && { [column]: { kind: 'text', from, otherwise: '*' } as const };
    return {
      source: { kind: 'json-items', path: '$.data' },
      raw: kept.map((name) => ({ name })),
      nulls: [],
      fields: {
        start_date: { kind: 'date', from: 'date' },
        model: { kind: 'text', from: 'model_permaslug' },
        attempts: { kind: 'count', from: 'requests' },
        ...key('project_ref', 'workspace_id'),
        ...key('key_1', 'endpoint_id'),
        ...key('key_2', 'provider_name'),
      },
      required: ['start_date', 'model'],
      tokens: {
        input: 'prompt_tokens',
        output: 'completion_tokens',
        ...(has('reasoning_tokens') && { reasoning: 'reasoning_tokens' }),
        cacheInInput: 'yes',
        reasoningInOutput: 'yes',
        absentIsNone: false,
      },
      costs: COSTS.filter((cost) => has(cost.from)),
      currency: { from: 'format', code: 'USD' },
      identities: [],
      counts: [],
      band: WIDE_BAND,
      key: [
        'start_date',
        'model',
        ...(has('workspace_id') ? (['project_ref'] as const) : []),
        ...(has('endpoint_id') ? (['key_1'] as const) : []),
        ...(has('provider_name') ? (['key_2'] as const) : []),
      ],
      keyQuality: 'composite',
      restatement: 'latest-wins',
      toldWhole: ['start_date'],
      aggregated: ['key', 'outcome', ...(has('workspace_id') ? [] : (['project'] as const))],
      completeness: 'bucket',
      hasMore: shape.hasMore,
      dropped: keys.filter((name) => !kept.includes(name)),
      cannotTell: [
        'cache-split-missing',
        'currency-from-format',
        'float-money',
        'hidden-retries',
        'key-dimension-missing',
        'outcome-missing',
        'workload-missing',
      ],
    };
  },
} as const satisfies Adapter;

const COSTS: readonly CostRule[] = (
  [
    ['usage', 'charged'],
    ['byok_usage_inference', 'upstream'],
  ] as const
).map(([from, basis]) => ({ from, basis, unit: 'currency', literal: 'float', negative: 'refuse' }));
