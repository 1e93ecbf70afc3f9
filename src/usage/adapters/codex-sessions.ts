import { type Adapter, EVERYWHERE, type RawColumn } from './adapter.ts';

const LAST = 'payload.info.last_token_usage';
const NEEDED = ['timestamp', 'type'];

/**
 * Reads session files of Codex (JSON Lines), whole or growing.
 *
 * A `token_count` event says what the last turn used and what all turns used; the running total names the event within its
 * session, so that an event that is written again, or replayed into a fork, counts once (ccusage #1288, #1349).
 */
export const codexSessions = {
  id: 'codex-sessions',
  version: 1,
  facts: {
    id: 'codex-sessions',
    measures: [
      'requests',
      'attempts',
      'inputTokens',
      'outputTokens',
      'cacheReadInputTokens',
      'reasoningOutputTokens',
      'tokens',
    ],
    dimensions: [...EVERYWHERE, 'model'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  readsTogether: true,
  costBases: [],
  expects: `JSON Lines of Codex sessions with ${NEEDED.join(', ')}, payload, of which some have ${LAST}`,
  recognise: (shape) => {
    if (shape.kind !== 'jsonl' || !NEEDED.every((name) => shape.paths.includes(name)))
      return undefined;
    const isCodex = ['payload.info', 'payload.model', 'payload.id', 'payload.cwd'].some((name) =>
      shape.paths.includes(name),
    );
    return isCodex ? READING : undefined;
  },
} as const satisfies Adapter;

const used = (name: string): RawColumn => ({
  name,
  path: ['payload', 'info', 'last_token_usage', name],
});

const READING = {
  source: { kind: 'jsonl' },
  raw: [
    { name: 'timestamp' },
    // Answers and calls of tools have identifiers of their own at the same place.
    {
      name: 'session',
      path: ['payload', 'id'],
      carried: { path: ['type'], is: 'session_meta' },
    },
    { name: 'running', path: ['payload', 'info', 'total_token_usage'] },
    {
      name: 'model',
      path: ['payload', 'info', 'model'],
      or: [{ path: ['payload', 'model'] }],
      carried: true,
    },
    ...[
      'input_tokens',
      'cached_input_tokens',
      'output_tokens',
      'reasoning_output_tokens',
      'total_tokens',
    ].map(used),
  ],
  nulls: [],
  only: { from: 'input_tokens', in: 'said' },
  fields: {
    start_at: { kind: 'instant', from: 'timestamp', unit: 'iso' },
    model: { kind: 'text', from: 'model' },
    key_1: { kind: 'text', from: 'session', otherwise: '-' },
    key_2: { kind: 'identity', from: 'running' },
  },
  required: ['start_at', 'key_2'],
  tokens: {
    input: 'input_tokens',
    output: 'output_tokens',
    cacheRead: 'cached_input_tokens',
    reasoning: 'reasoning_output_tokens',
    total: 'total_tokens',
    cacheInInput: 'yes',
    // Versions differ; the row's own total tells.
    reasoningInOutput: 'unknown',
    absentIsNone: true,
  },
  costs: [],
  currency: { from: 'none' },
  identities: [],
  counts: ['attempts'],
  key: ['key_1', 'key_2'],
  keyQuality: 'composite',
  restatement: 'append',
  aggregated: [],
  completeness: 'event',
  hasMore: false,
  dropped: [],
  cannotTell: ['cost-missing', 'key-dimension-missing', 'outcome-missing', 'workload-missing'],
} as const satisfies ReturnType<Adapter['recognise']>;
