import { type Adapter, CACHED_TOKENS, EVERYWHERE, type RawColumn, WIDE_BAND } from './adapter.ts';

const NEEDED = ['timestamp', 'message.usage.input_tokens', 'message.usage.output_tokens'];
/** A session in which nothing was answered yet, or a mere summary of another one, has no line with usage. */
const UNUSED = [
  ['sessionId', 'type', 'timestamp'],
  ['leafUuid', 'type', 'summary'],
  ['messageId', 'type', 'snapshot'],
];
const KEPT = ['timestamp', 'sessionId', 'requestId', 'message', 'costUSD'];

/**
 * Reads session files of Claude Code (JSON Lines), whole or growing.
 *
 * One answer stands on several lines with growing counters, and sidechains replay it under another request: the message's id
 * names it and the largest counters win (ccusage #901, #913, #938). The cost, where there is one, is the client's estimate.
 */
export const claudeCodeSessions = {
  id: 'claude-code-sessions',
  version: 1,
  facts: {
    id: 'claude-code-sessions',
    measures: ['requests', 'attempts', 'operations', ...CACHED_TOKENS, 'notionalCost'],
    dimensions: [...EVERYWHERE, 'model'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  readsTogether: true,
  costBases: ['notional'],
  expects: `JSON Lines of Claude Code sessions, of which some have ${NEEDED.join(', ')}`,
  recognise: (shape) => {
    if (shape.kind !== 'jsonl') return undefined;
    const isSession = [NEEDED, ...UNUSED].some((names) =>
      names.every((name) => shape.paths.includes(name)),
    );
    if (!isSession) return undefined;
    return {
      source: { kind: 'jsonl' },
      raw: RAW,
      nulls: [],
      only: { from: 'input_tokens', in: 'said' },
      fields: {
        start_at: { kind: 'instant', from: 'timestamp', unit: 'iso' },
        key_1: { kind: 'identity', from: 'id' },
        request_ref: { kind: 'text', from: 'requestId' },
        model: { kind: 'text', from: 'model' },
      },
      required: ['start_at', 'key_1'],
      tokens: {
        input: 'input_tokens',
        output: 'output_tokens',
        cacheRead: 'cache_read_input_tokens',
        cacheWrite: 'cache_creation_input_tokens',
        cacheInInput: 'no',
        reasoningInOutput: 'unknown',
        absentIsNone: true,
      },
      costs: [
        {
          from: 'costUSD',
          basis: 'notional',
          unit: 'currency',
          literal: 'float',
          negative: 'refuse',
        },
      ],
      currency: { from: 'format', code: 'USD' },
      identities: [],
      band: { ...WIDE_BAND, basis: 'notional' },
      counts: ['attempts', 'operations'],
      key: ['key_1'],
      keyQuality: 'provider-id',
      restatement: 'max-wins',
      aggregated: [],
      completeness: 'event',
      hasMore: false,
      dropped: shape.header.filter((name) => !KEPT.includes(name)),
      cannotTell: [
        'cost-is-an-estimate',
        'key-dimension-missing',
        'outcome-missing',
        'workload-missing',
      ],
    };
  },
} as const satisfies Adapter;

const used = (name: string): RawColumn => ({ name, path: ['message', 'usage', name] });

const RAW: readonly RawColumn[] = [
  { name: 'timestamp' },
  { name: 'requestId' },
  { name: 'costUSD' },
  { name: 'id', path: ['message', 'id'] },
  { name: 'model', path: ['message', 'model'] },
  ...[
    'input_tokens',
    'output_tokens',
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
  ].map(used),
];
