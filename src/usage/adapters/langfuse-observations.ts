import {
  type Adapter,
  CACHED_TOKENS,
  EVERYWHERE,
  type Place,
  type RawColumn,
  WIDE_BAND,
} from './adapter.ts';

const REQUIRED = [
  ['id'],
  ['type'],
  ['start_time', 'startTime'],
  ['usage_details', 'usageDetails'],
] as const;
const KEPT =
  'id type trace_id traceId start_time startTime end_time endTime usage_details usageDetails total_cost totalCost provided_model_name providedModelName model environment event_ts updated_at updatedAt'.split(
    ' ',
  );

/**
 * Reads Langfuse's observation export, JSON Lines or a JSON array, with snake_case or camelCase names.
 *
 * Usage keys are disjoint buckets with a total; one observation may stand in several versions, of which the latest counts.
 */
export const langfuseObservations = {
  id: 'langfuse-observations',
  version: 1,
  facts: {
    id: 'langfuse-observations',
    measures: ['requests', 'attempts', ...CACHED_TOKENS, 'reasoningOutputTokens', 'listCost'],
    dimensions: [...EVERYWHERE, 'model'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  costBases: ['list'],
  expects: 'JSON Lines or an array of observations with id, type, start_time and usage_details',
  recognise: (shape) => {
    const isList = shape.kind === 'json' && shape.root === 'array';
    const keys = shape.kind === 'jsonl' ? shape.header : isList ? shape.keys['$[0]'] : undefined;
    if (keys === undefined || !REQUIRED.every((names) => names.some((name) => keys.includes(name))))
      return undefined;
    return {
      source: isList ? { kind: 'json-items', path: '$' } : { kind: 'jsonl' },
      raw: RAW,
      nulls: [],
      only: { from: 'type', in: ['GENERATION', 'EMBEDDING'] },
      fields: {
        request_ref: { kind: 'text', from: 'id' },
        trace_ref: { kind: 'text', from: 'trace_id' },
        start_at: { kind: 'instant', from: 'start_time', unit: 'iso' },
        revised_at: { kind: 'instant', from: 'event_ts', unit: 'iso' },
        model: { kind: 'text', from: 'model' },
      },
      required: ['request_ref', 'start_at'],
      tokens: {
        input: ['input', 'more_input'],
        output: ['output', 'more_output'],
        cacheRead: 'cache_read',
        cacheWrite: ['cache_write', 'cache_write_5m', 'cache_write_1h'],
        reasoning: 'reasoning',
        total: 'total',
        cacheInInput: 'no',
        reasoningInOutput: 'no',
        absentIsNone: true,
      },
      costs: [
        {
          from: 'total_cost',
          // Langfuse multiplies by its own price list, or takes what the application says: nobody charges this.
          basis: 'list',
          unit: 'currency',
          literal: 'float',
          negative: 'refuse',
          zero: 'unpriced',
        },
      ],
      currency: { from: 'format', code: 'USD' },
      identities: [],
      band: { ...WIDE_BAND, basis: 'list' },
      counts: ['attempts'],
      key: ['request_ref'],
      keyQuality: 'provider-id',
      restatement: 'latest-wins',
      aggregated: [],
      completeness: 'event',
      hasMore: false,
      dropped: keys.filter((name) => !KEPT.includes(name)),
      cannotTell: [
        'cost-is-an-estimate',
        'currency-from-format',
        'key-dimension-missing',
        'outcome-missing',
        'workload-missing',
      ],
    };
  },
} as const satisfies Adapter;

const either = (name: string, ...others: readonly string[]): RawColumn => ({
  name,
  path: [name],
  or: others.map((other) => ({ path: [other] })),
});

/** Keys of `usage_details` are the application's own; these are the ones that Langfuse's integrations write. */
const KEYS = {
  input: ['input'],
  output: ['output'],
  total: ['total'],
  cache_read: ['input_cached_tokens', 'input_cache_read', 'cache_read_input_tokens'],
  cache_write: ['input_cache_creation', 'cache_creation_input_tokens'],
  cache_write_5m: ['input_cache_creation_5m'],
  cache_write_1h: ['input_cache_creation_1h'],
  reasoning: ['output_reasoning_tokens', 'output_reasoning'],
} as const;

const DETAILS = ['usage_details', 'usageDetails'];

const usage = ([name, keys]: readonly [name: string, keys: readonly string[]]): RawColumn => {
  const [first, ...or] = keys.flatMap((key): Place[] =>
    DETAILS.map((details) => ({ path: [details], embedded: [key] })),
  );
  return { name, ...first, or };
};

/** Any other key is one of the input or of the output, as its name says (Langfuse, "Token & Cost Tracking"): audio, images. */
function otherUsage(having: 'input' | 'output'): RawColumn {
  const but = Object.values(KEYS).flat();
  const [first, ...or] = DETAILS.map((details): Place => ({
    path: [details],
    sum: { having, but },
  }));
  return { name: `more_${having}`, ...first, or };
}

const RAW: readonly RawColumn[] = [
  { name: 'id' },
  { name: 'type' },
  either('trace_id', 'traceId'),
  either('start_time', 'startTime'),
  either('event_ts', 'updated_at', 'updatedAt'),
  {
    name: 'model',
    path: ['provided_model_name'],
    or: [{ path: ['providedModelName'] }, { path: ['model'] }],
  },
  either('total_cost', 'totalCost'),
  ...Object.entries(KEYS).map(usage),
  otherUsage('input'),
  otherUsage('output'),
];
