import {
  type Adapter,
  CACHED_TOKENS,
  type CostRule,
  EVERYWHERE,
  type RawColumn,
  type Reading,
  type ReplayRule,
  type Shape,
  type Source,
  WIDE_BAND,
} from './adapter.ts';

const REQUIRED = [
  'created_at',
  'type',
  'quota',
  'prompt_tokens',
  'completion_tokens',
  'model_name',
];
const KEPT = [...REQUIRED, 'id', 'token_name', 'request_id', 'other', 'channel'];

/**
 * Reads rows of new-api's log (`GET /api/log/`): a page, a bare array or JSON Lines.
 *
 * Whether `prompt_tokens` contains cached tokens is a property of the row: rows of the Claude path say
 * `other.claude` or `other.usage_semantic` (QuantumNous/new-api `service/log_info_generate.go`).
 */
export const newApiLog = {
  id: 'new-api-log',
  version: 1,
  facts: {
    id: 'new-api-log',
    measures: ['requests', 'attempts', ...CACHED_TOKENS, 'chargedCost', 'notionalCost'],
    dimensions: [...EVERYWHERE, 'key', 'model', 'outcome'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: true,
  },
  costBases: ['charged', 'notional'],
  expects: `JSON rows at data.items, in an array or one a line, with ${REQUIRED.join(', ')}`,
  recognise: (shape) => {
    const found = rowsOf(shape);
    if (found === undefined || !REQUIRED.every((name) => found.keys.includes(name)))
      return undefined;
    // one-api's rows have the same first columns and another way of charging.
    if (found.keys.includes('elapsed_time')) return undefined;
    return readingOf(found);
  },
} as const satisfies Adapter;

interface Found {
  readonly source: Source;
  readonly keys: readonly string[];
  /** The page says that there are more rows than those up to its end. */
  readonly hasMore: boolean;
}

const WHOLE_INPUT = { from: 'input_tokens_total', in: 'said' } as const;

function readingOf(found: Found): Reading {
  // The user's own view shows `id % 1024` and no channel: only the admin's id identifies a row.
  const isAdmin = found.keys.includes('id') && found.keys.includes('channel');
  return {
    source: found.source,
    raw: RAW,
    nulls: [],
    only: { from: 'type', in: ['2', '5', '6'] },
    fields: fieldsOf(isAdmin),
    required: ['start_at', ...(isAdmin ? (['key_1'] as const) : [])],
    tokens: {
      input: 'prompt_tokens',
      output: 'completion_tokens',
      cacheRead: 'cache_tokens',
      cacheWrite: 'cache_write',
      cacheInInput: {
        exclusiveWhen: [
          { from: 'claude', in: ['true'] },
          { from: 'usage_semantic', in: ['anthropic'] },
          // Claude behind another protocol, as older conversions left it; newer ones say the whole input
          // (`service/text_quota.go`).
          { from: 'cache_creation_tokens_5m', in: 'said', unless: WHOLE_INPUT },
          { from: 'cache_creation_tokens_1h', in: 'said', unless: WHOLE_INPUT },
        ],
      },
      reasoningInOutput: 'unknown',
      absentIsNone: true,
      unreadWhen: BROKEN,
    },
    costs: COSTS,
    currency: { from: 'conversion' },
    identities: [],
    replay: REPLAY,
    band: WIDE_BAND,
    counts: ['attempts'],
    givesBack: 'refund',
    key: isAdmin ? (['key_1'] as const) : 'none',
    keyQuality: isAdmin ? 'provider-id' : 'row-hash',
    restatement: 'append',
    aggregated: ['project'],
    completeness: 'event',
    hasMore: found.hasMore,
    dropped: found.keys.filter((name) => !KEPT.includes(name)),
    cannotTell: [
      'hidden-retries',
      'topup-amounts',
      'workload-missing',
      ...(isAdmin ? [] : (['no-natural-key'] as const)),
      ...(found.keys.includes('token_name') ? [] : (['key-dimension-missing'] as const)),
    ],
  };
}

function fieldsOf(isAdmin: boolean): Reading['fields'] {
  return {
    start_at: { kind: 'instant', from: 'created_at', unit: 's' },
    ...(isAdmin && { key_1: { kind: 'text', from: 'id' } as const }),
    request_ref: { kind: 'text', from: 'request_id' },
    model: { kind: 'text', from: 'model_name' },
    model_served: { kind: 'text', from: 'upstream_model_name' },
    key_ref: { kind: 'text', from: 'token_name' },
    outcome: {
      kind: 'map',
      from: 'type',
      values: { '2': 'ok', '5': 'error' },
      otherwise: 'unknown',
    },
    charge_category: {
      kind: 'map',
      from: 'type',
      values: { '2': 'usage', '5': 'usage', '6': 'refund' },
    },
  };
}

const OWN =
  'id created_at type token_name model_name quota prompt_tokens completion_tokens request_id';
const COUNTED =
  'cache_tokens cache_creation_tokens cache_creation_tokens_5m cache_creation_tokens_1h claude usage_semantic upstream_model_name';
const RATIOS =
  'model_ratio group_ratio completion_ratio cache_ratio cache_creation_ratio cache_creation_ratio_5m cache_creation_ratio_1h';
/** What makes a charge another than tokens times ratios: a fixed price, tiers, audio, tools, a task that is settled later. */
const OTHERWISE =
  'model_price billing_mode audio audio_input audio_output audio_input_seperate_price ws image web_search file_search image_generation_call tool_surcharges task_id pre_consumed quota_delta';
const OTHER = `${COUNTED} ${RATIOS} ${OTHERWISE} billing_source input_tokens_total`;
const BROKEN = 'other_broken';
const inOther = (name: string) => ({ name, path: ['other'], embedded: [name] });
const RAW: readonly RawColumn[] = [
  { name: BROKEN, path: ['other'], saysBroken: true },
  ...OWN.split(' ').map((name) => ({ name, path: [name] })),
  ...OTHER.split(' ').map(inOther),
  // Newer rows say what was written to the cache in all; the older count may be less than its parts by their lives.
  { ...inOther('cache_write_tokens'), name: 'cache_write', or: [inOther('cache_creation_tokens')] },
];

/** What a subscription takes is deducted from no wallet: nothing more is charged (`service/log_info_generate.go`). */
const SUBSCRIBED = { from: 'billing_source', in: ['subscription'] } as const;
const units = { from: 'quota', unit: 'units', literal: 'exact', negative: 'adjustment' } as const;
const COSTS: readonly CostRule[] = [
  { ...units, basis: 'charged', noneWhen: SUBSCRIBED },
  { ...units, basis: 'notional', when: SUBSCRIBED },
];

const FACTORS = ['model_ratio', 'group_ratio'];

/** The row carries every factor of its own charge (QuantumNous/new-api `relay/relay-text.go`, `service/quota.go`). */
const REPLAY: ReplayRule = {
  charge: 'quota',
  formula: {
    terms: [
      { count: 'prompt_tokens', minus: ['cache_tokens', 'cache_creation_tokens'] },
      { count: 'cache_tokens', ratio: 'cache_ratio' },
      { count: 'cache_creation_tokens', ratio: 'cache_creation_ratio' },
      { count: 'completion_tokens', ratio: 'completion_ratio' },
    ],
    factors: FACTORS,
    rounding: ['half-up'],
  },
  exclusive: {
    terms: [
      { count: 'prompt_tokens' },
      { count: 'cache_tokens', ratio: 'cache_ratio' },
      {
        count: 'cache_creation_tokens',
        minus: ['cache_creation_tokens_5m', 'cache_creation_tokens_1h'],
        ratio: 'cache_creation_ratio',
      },
      { count: 'cache_creation_tokens_5m', ratio: 'cache_creation_ratio_5m' },
      { count: 'cache_creation_tokens_1h', ratio: 'cache_creation_ratio_1h' },
      { count: 'completion_tokens', ratio: 'completion_ratio' },
    ],
    factors: FACTORS,
    // Older versions cut, newer ones round, and no row says which wrote it.
    rounding: ['half-up', 'down'],
  },
  notCheckable: [
    { from: 'type', isNot: ['2'] },
    { from: 'model_price', isNot: ['-1', '-1.0'] },
    ...['billing_mode', 'tool_surcharges', 'task_id', 'pre_consumed', 'quota_delta'].map(
      (from) => ({
        from,
        isNot: [],
      }),
    ),
    ...[
      'audio',
      'audio_input_seperate_price',
      'ws',
      'image',
      'web_search',
      'file_search',
      'image_generation_call',
    ].map((from) => ({ from, isNot: ['false'] })),
    ...['audio_input', 'audio_output'].map((from) => ({ from, isNot: ['0'] })),
  ],
};

function rowsOf(shape: Shape): Found | undefined {
  if (shape.kind === 'jsonl')
    return { source: { kind: 'jsonl' }, keys: shape.header, hasMore: false };
  if (shape.kind !== 'json') return undefined;
  const path = shape.root === 'array' ? '$' : '$.data.items';
  const keys = shape.keys[`${path}[0]`];
  if (keys === undefined) return undefined;
  return { source: { kind: 'json-items', path }, keys, hasMore: shape.hasMore };
}
