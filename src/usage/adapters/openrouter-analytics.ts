import {
  type Adapter,
  type CostRule,
  EVERYWHERE,
  type FieldRule,
  type Reading,
  type Shape,
  type TokenRule,
  WIDE_BAND,
} from './adapter.ts';

const DAYS = ['date__day', 'created_at__day'];
const COUNTED = [
  'request_count',
  'tokens_total',
  'tokens_prompt',
  'tokens_completion',
  'cached_tokens',
  'reasoning_tokens',
];
/** What OpenRouter names a metric; every other column of a row is a dimension, and rows differ by all of them. */
const METRIC = /(^|_)(count|rate|usage|fees|latency|throughput)$|^(tokens|usage)_|_tokens$/;
/** Where a dimension is kept; a query has two at most, and one label of a classifier beside them. */
const SLOTS: Readonly<Record<string, keyof Reading['fields']>> = {
  model: 'model',
  api_key_id: 'key_ref',
  workspace: 'project_ref',
  user: 'user_ref',
  generation_id: 'request_ref',
  provider: 'key_1',
  variant: 'key_2',
  app: 'key_3',
  origin: 'key_4',
  country: 'key_5',
  finish_reason: 'key_6',
  context_length_bucket: 'key_7',
};

/**
 * Reads the answer of OpenRouter's analytics query when it is grouped by day.
 *
 * Counts are texts, and it may be truncated, which it says in its metadata. `total_usage` adds what own accounts with the
 * models' hosts pay to what OpenRouter charges; `credits_usage` is the charge alone (OpenRouterTeam/skills, analytics schema).
 */
export const openrouterAnalytics = {
  id: 'openrouter-analytics',
  version: 1,
  facts: {
    id: 'openrouter-analytics',
    measures: [
      'requests',
      'attempts',
      'inputTokens',
      'outputTokens',
      'cacheReadInputTokens',
      'reasoningOutputTokens',
      'tokens',
      'chargedCost',
      'upstreamCost',
      'seats',
    ],
    dimensions: [...EVERYWHERE, 'key', 'project', 'model'],
    defaultZone: 'UTC',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged', 'upstream'],
  expects: `JSON rows at data.data with credits_usage or total_usage, and ${DAYS.join(' or ')}: a query grouped by day`,
  recognise: (shape) => {
    const keys = shape.kind === 'json' ? (shape.keys['$.data.data[0]'] ?? []) : [];
    const day = DAYS.find((name) => keys.includes(name));
    if (shape.kind !== 'json' || day === undefined) return undefined;
    const groups = groupsOf(keys.filter((name) => !DAYS.includes(name) && !METRIC.test(name)));
    const costs = costsOf(keys);
    if (costs.length === 0 || groups === undefined) return undefined;
    return readingOf(shape, { keys, day, groups, costs });
  },
} as const satisfies Adapter;

/** Which column keeps each dimension; none where one has no place. */
type Groups = readonly (readonly [column: keyof Reading['fields'], name: string])[];

function groupsOf(names: readonly string[]): Groups | undefined {
  const known = names.filter((name) => SLOTS[name] !== undefined);
  const labels = names.filter((name) => SLOTS[name] === undefined);
  // Whom a caller serves is a person too; more labels than one have no place.
  const isPerson = labels[0] === 'external_user';
  if (labels.length > 1 || (isPerson && known.includes('user'))) return undefined;
  return [
    ...known.map((name) => [SLOTS[name] ?? 'key_8', name] as const),
    ...labels.map((name) => [isPerson ? 'user_ref' : 'key_8', name] as const),
  ];
}

interface Found {
  readonly keys: readonly string[];
  readonly day: string;
  readonly groups: Groups;
  readonly costs: readonly CostRule[];
}

function readingOf(shape: Shape & { kind: 'json' }, found: Found): Reading {
  const { keys, day, groups, costs } = found;
  const has = (name: string) => keys.includes(name);
  const kept = [
    ...costs.map(({ from }) => from),
    ...COUNTED.filter(has),
    ...groups.map(([, name]) => name),
  ];
  const tokens = tokenRule(keys);
  return {
    source: { kind: 'json-items', path: '$.data.data' },
    raw: [{ name: day }, ...kept.map((name) => ({ name }))],
    nulls: [],
    fields: {
      start_date: { kind: 'date', from: day },
      ...Object.fromEntries(groups.map(([column, name]) => [column, groupRule(column, name)])),
      ...(has('request_count') && { attempts: { kind: 'count', from: 'request_count' } }),
    },
    required: ['start_date'],
    ...(tokens && { tokens }),
    costs,
    currency: { from: 'format', code: 'USD' },
    identities: [],
    band: WIDE_BAND,
    counts: [],
    key: ['start_date', ...groups.map(([column]) => column)],
    keyQuality: 'composite',
    restatement: 'latest-wins',
    toldWhole: ['start_date'],
    aggregated: ['outcome', ...summedOver(has)],
    completeness: 'bucket',
    hasMore: shape.hasMore,
    dropped: keys.filter((name) => name !== day && !kept.includes(name)),
    cannotTell: [
      'currency-from-format',
      'float-money',
      'outcome-missing',
      'workload-missing',
      ...(has('credits_usage') ? [] : (['own-accounts-in-charge'] as const)),
      ...(has('api_key_id') ? [] : (['key-dimension-missing'] as const)),
      ...(has('model') ? [] : (['model-dimension-missing'] as const)),
      ...(tokens === undefined ? (['tokens-missing'] as const) : []),
      ...(shape.hasMore ? (['more-pages'] as const) : []),
    ],
  };
}

function groupRule(column: keyof Reading['fields'], from: string): FieldRule {
  if (column === 'user_ref') return { kind: 'pseudonym', from };
  return { kind: 'text', from, otherwise: '-' };
}

const summedOver = (has: (name: string) => boolean): Reading['aggregated'] => [
  ...(has('api_key_id') ? [] : (['key'] as const)),
  ...(has('workspace') ? [] : (['project'] as const)),
  ...(has('model') ? [] : (['model'] as const)),
];

function costsOf(keys: readonly string[]): readonly CostRule[] {
  const charge = ['credits_usage', 'total_usage'].find((name) => keys.includes(name));
  const rule = { unit: 'currency', literal: 'float', negative: 'adjustment' } as const;
  if (charge === undefined) return [];
  return [
    { ...rule, from: charge, basis: 'charged' },
    ...(charge === 'credits_usage' && keys.includes('byok_usage')
      ? [{ ...rule, from: 'byok_usage', basis: 'upstream' } as const]
      : []),
  ];
}

function tokenRule(keys: readonly string[]): TokenRule | undefined {
  const has = (name: string) => keys.includes(name);
  if (!has('tokens_prompt') || !has('tokens_completion')) return undefined;
  return {
    input: 'tokens_prompt',
    output: 'tokens_completion',
    ...(has('tokens_total') && { total: 'tokens_total' }),
    ...(has('cached_tokens') && { cacheRead: 'cached_tokens' }),
    ...(has('reasoning_tokens') && { reasoning: 'reasoning_tokens' }),
    cacheInInput: 'yes',
    reasoningInOutput: 'yes',
    absentIsNone: false,
  };
}
