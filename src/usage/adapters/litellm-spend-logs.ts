import {
  type Adapter,
  CACHED_TOKENS,
  type CostRule,
  EVERYWHERE,
  type RawColumn,
  type Shape,
  type Source,
  WIDE_BAND,
} from './adapter.ts';

const REQUIRED = [
  'request_id',
  'startTime',
  'spend',
  'prompt_tokens',
  'completion_tokens',
  'model',
];
const KEPT = [
  ...REQUIRED,
  'total_tokens',
  'metadata',
  'status',
  'team_id',
  'user',
  'api_key',
  'cache_hit',
];

/**
 * Reads LiteLLM's spend logs (`/spend/logs?summarize=false`, or a dump of the table): a page, an array or JSON Lines.
 *
 * Prompt tokens include cached ones whoever the provider is. Times are UTC without an offset. A model without a price is
 * written as a spend of zero, so a zero beside tokens is unknown (BerriAI/litellm PR #35913), but for an answer from the cache.
 */
export const litellmSpendLogs = {
  id: 'litellm-spend-logs',
  version: 1,
  facts: {
    id: 'litellm-spend-logs',
    measures: ['requests', 'attempts', ...CACHED_TOKENS, 'chargedCost', 'seats'],
    dimensions: [...EVERYWHERE, 'key', 'project', 'model', 'outcome'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  costBases: ['charged'],
  expects: `JSON rows in an array, at data or one a line, with ${REQUIRED.join(', ')}`,
  recognise: (shape) => {
    const found = rowsOf(shape);
    if (found === undefined || !REQUIRED.every((name) => found.keys.includes(name)))
      return undefined;
    return {
      source: found.source,
      raw: RAW,
      nulls: [],
      fields: {
        request_ref: { kind: 'text', from: 'request_id' },
        start_at: { kind: 'instant', from: 'startTime', unit: 'iso' },
        model: { kind: 'text', from: 'model' },
        project_ref: { kind: 'text', from: 'team_id' },
        key_ref: { kind: 'text', from: 'key' },
        user_ref: { kind: 'pseudonym', from: 'user' },
        outcome: {
          kind: 'map',
          from: 'status',
          values: { success: 'ok', failure: 'error' },
          otherwise: 'unknown',
        },
      },
      required: ['request_ref', 'start_at'],
      tokens: {
        input: 'prompt_tokens',
        output: 'completion_tokens',
        cacheRead: 'cache_read',
        cacheWrite: 'cache_write',
        total: 'total_tokens',
        cacheInInput: 'yes',
        reasoningInOutput: 'unknown',
        absentIsNone: false,
      },
      costs: COSTS,
      currency: { from: 'format', code: 'USD' },
      identities: [],
      counts: ['attempts'],
      band: WIDE_BAND,
      key: ['request_ref'],
      keyQuality: 'provider-id',
      restatement: 'append',
      aggregated: [],
      completeness: 'event',
      hasMore: shape.kind === 'json' && shape.hasMore,
      dropped: found.keys.filter((name) => !KEPT.includes(name)),
      cannotTell: [
        'zero-means-unpriced',
        'currency-from-format',
        'float-money',
        'workload-missing',
      ],
    };
  },
} as const satisfies Adapter;

const inUsage = (...names: readonly string[]) => ({
  path: ['metadata'],
  embedded: ['usage_object', ...names],
});

const RAW: readonly RawColumn[] = [
  ...[...REQUIRED, 'total_tokens', 'status', 'team_id', 'user', 'cache_hit'].map((name) => ({
    name,
  })),
  // The alias a person gave, else the digest that LiteLLM keeps in place of the key.
  {
    name: 'key',
    path: ['metadata'],
    embedded: ['user_api_key_alias'],
    or: [{ path: ['api_key'] }],
  },
  {
    name: 'cache_read',
    ...inUsage('cache_read_input_tokens'),
    or: [inUsage('prompt_tokens_details', 'cached_tokens')],
  },
  { name: 'cache_write', ...inUsage('cache_creation_input_tokens') },
];

function rowsOf(shape: Shape): { source: Source; keys: readonly string[] } | undefined {
  if (shape.kind === 'jsonl') return { source: { kind: 'jsonl' }, keys: shape.header };
  if (shape.kind !== 'json') return undefined;
  const path = shape.root === 'array' ? '$' : '$.data';
  const keys = shape.keys[`${path}[0]`];
  return keys === undefined ? undefined : { source: { kind: 'json-items', path }, keys };
}

const COSTS: readonly CostRule[] = [
  {
    from: 'spend',
    basis: 'charged',
    unit: 'currency',
    literal: 'float',
    negative: 'refuse',
    zero: 'unpriced',
    // An answer from LiteLLM's own cache is not billed by anybody.
    zeroIsKnown: { from: 'cache_hit', in: ['True', 'true'] },
  },
];
