import { type Adapter, EVERYWHERE, type Shape, type Source, WIDE_BAND } from './adapter.ts';

const REQUIRED = [
  'created_at',
  'type',
  'quota',
  'prompt_tokens',
  'completion_tokens',
  'model_name',
  'elapsed_time',
];
const KEPT = [...REQUIRED, 'id', 'token_name', 'request_id', 'channel'];

/**
 * Reads rows of one-api's log (`GET /api/log/`): a page, an array or JSON Lines.
 *
 * Rows do not say how much of the prompt was cached, and their charge is rounded up, so no row can be replayed from its own
 * factors (songquanpeng/one-api `model/log.go`).
 */
export const oneApiLog = {
  id: 'one-api-log',
  version: 1,
  facts: {
    id: 'one-api-log',
    measures: ['requests', 'attempts', 'inputTokens', 'outputTokens', 'tokens', 'chargedCost'],
    dimensions: [...EVERYWHERE, 'key', 'model'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: true,
  },
  costBases: ['charged'],
  expects: `JSON rows at data, in an array or one a line, with ${REQUIRED.join(', ')}`,
  recognise: (shape) => {
    const found = rowsOf(shape);
    if (found === undefined || !REQUIRED.every((name) => found.keys.includes(name)))
      return undefined;
    const hasId = found.keys.includes('id') && found.keys.includes('channel');
    return {
      source: found.source,
      raw: KEPT.filter((name) => !['elapsed_time', 'channel'].includes(name)).map((name) => ({
        name,
      })),
      nulls: [],
      // 1 top-up, 3 management, 4 system, 5 test of a channel by its operator.
      only: { from: 'type', in: ['2', '5'] },
      fields: {
        start_at: { kind: 'instant', from: 'created_at', unit: 's' },
        ...(hasId && { key_1: { kind: 'text', from: 'id' } as const }),
        request_ref: { kind: 'text', from: 'request_id' },
        model: { kind: 'text', from: 'model_name' },
        key_ref: { kind: 'text', from: 'token_name' },
      },
      required: ['start_at', ...(hasId ? (['key_1'] as const) : [])],
      tokens: {
        input: 'prompt_tokens',
        output: 'completion_tokens',
        cacheInInput: 'unknown',
        reasoningInOutput: 'unknown',
        absentIsNone: false,
      },
      costs: [
        {
          from: 'quota',
          basis: 'charged',
          unit: 'units',
          literal: 'exact',
          negative: 'adjustment',
        },
      ],
      currency: { from: 'conversion' },
      identities: [],
      band: WIDE_BAND,
      counts: ['attempts'],
      key: hasId ? ['key_1'] : 'none',
      keyQuality: hasId ? 'provider-id' : 'row-hash',
      restatement: 'append',
      aggregated: ['project', 'outcome'],
      completeness: 'event',
      hasMore: false,
      dropped: found.keys.filter((name) => !KEPT.includes(name)),
      cannotTell: [
        'cache-split-missing',
        'hidden-retries',
        'outcome-missing',
        'topup-amounts',
        'workload-missing',
        ...(hasId ? [] : (['no-natural-key'] as const)),
      ],
    };
  },
} as const satisfies Adapter;

function rowsOf(shape: Shape): { source: Source; keys: readonly string[] } | undefined {
  if (shape.kind === 'jsonl') return { source: { kind: 'jsonl' }, keys: shape.header };
  if (shape.kind !== 'json') return undefined;
  const path = shape.root === 'array' ? '$' : '$.data';
  const keys = shape.keys[`${path}[0]`];
  return keys === undefined ? undefined : { source: { kind: 'json-items', path }, keys };
}
