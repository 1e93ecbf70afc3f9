import {
  type Adapter,
  CACHED_TOKENS,
  EVERYWHERE,
  type RawColumn,
  type Reading,
  type Shape,
  WIDE_BAND,
} from './adapter.ts';

/**
 * Reads OTLP/JSON files, one JSON text or one export request a line: spans of the GenAI conventions, or Claude Code's log
 * events.
 *
 * By the conventions `input_tokens` holds cached tokens too; where a span's cached tokens exceed its input it says otherwise
 * and is left out. Claude Code's events count input beside its cached tokens, and their cost is the client's estimate.
 */
export const otelGenai = {
  id: 'otel-genai',
  version: 1,
  facts: {
    id: 'otel-genai',
    measures: ['requests', 'attempts', ...CACHED_TOKENS, 'reasoningOutputTokens', 'notionalCost'],
    dimensions: [...EVERYWHERE, 'model', 'outcome'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  costBases: ['notional'],
  expects: 'OTLP/JSON with resourceSpans or resourceLogs, one JSON text or one a line',
  recognise: (shape) => {
    const keys = keysOf(shape);
    if (keys.includes('resourceSpans')) return spans(shape.kind === 'jsonl');
    return keys.includes('resourceLogs') ? logs(shape.kind === 'jsonl') : undefined;
  },
} as const satisfies Adapter;

function keysOf(shape: Shape): readonly string[] {
  if (shape.kind === 'json') return shape.keys['$'] ?? [];
  return shape.kind === 'jsonl' ? shape.header : [];
}

const attribute = (name: string, ...keys: readonly string[]): RawColumn => {
  const [first = name, ...others] = keys;
  return {
    name,
    path: ['attributes', first],
    or: others.map((key) => ({ path: ['attributes', key] })),
  };
};

const common = {
  nulls: [],
  identities: [],
  band: { ...WIDE_BAND, basis: 'notional' },
  counts: ['attempts'],
  restatement: 'append',
  aggregated: [],
  completeness: 'event',
  hasMore: false,
  dropped: [],
} as const;

/** Names of today and of the versions before it, as instrumentations still write them. */
function spans(isLines: boolean): Reading {
  return {
    ...common,
    source: { kind: 'otlp', of: 'spans', isLines },
    raw: SPAN_RAW,
    only: { from: 'input', in: 'said', unless: { from: 'operation', in: SUMS_OF_CALLS } },
    fields: {
      trace_ref: { kind: 'text', from: 'trace' },
      key_1: { kind: 'text', from: 'span' },
      start_at: { kind: 'instant', from: 'start', unit: 'ns' },
      request_ref: { kind: 'text', from: 'request' },
      model: { kind: 'text', from: 'model' },
      model_served: { kind: 'text', from: 'served' },
      outcome: {
        kind: 'map',
        from: 'status',
        values: {
          '1': 'ok',
          STATUS_CODE_OK: 'ok',
          '2': 'error',
          STATUS_CODE_ERROR: 'error',
        },
        otherwise: 'unknown',
      },
    },
    required: ['trace_ref', 'key_1', 'start_at'],
    tokens: {
      input: 'input',
      output: 'output',
      cacheRead: 'read',
      cacheWrite: 'write',
      reasoning: 'reasoning',
      cacheInInput: 'yes',
      reasoningInOutput: 'yes',
      absentIsNone: false,
    },
    costs: [],
    currency: { from: 'none' },
    key: ['trace_ref', 'key_1'],
    keyQuality: 'provider-id',
    cannotTell: [
      'cost-missing',
      'key-dimension-missing',
      'workload-missing',
      'hidden-retries',
      'agent-spans-skipped',
    ],
  };
}

/** Operations whose spans carry the tokens of the calls inside them once more (GenAI conventions, `gen_ai.operation.name`). */
const SUMS_OF_CALLS = ['invoke_agent', 'create_agent', 'execute_tool', 'invoke_workflow'] as const;

function logs(isLines: boolean): Reading {
  return {
    ...common,
    source: { kind: 'otlp', of: 'logs', isLines },
    raw: [
      { name: 'start', path: ['record', 'timeUnixNano'] },
      attribute('event', 'event.name'),
      attribute('request', 'request_id'),
      attribute('model', 'model'),
      attribute('input', 'input_tokens'),
      attribute('output', 'output_tokens'),
      attribute('read', 'cache_read_tokens'),
      attribute('write', 'cache_creation_tokens'),
      attribute('cost', 'cost_usd'),
    ],
    only: { from: 'event', in: ['api_request', 'claude_code.api_request'] },
    fields: {
      start_at: { kind: 'instant', from: 'start', unit: 'ns' },
      key_1: { kind: 'identity', from: 'request' },
      request_ref: { kind: 'text', from: 'request' },
      model: { kind: 'text', from: 'model' },
    },
    required: ['start_at', 'key_1'],
    tokens: {
      input: 'input',
      output: 'output',
      cacheRead: 'read',
      cacheWrite: 'write',
      cacheInInput: 'no',
      reasoningInOutput: 'unknown',
      absentIsNone: false,
    },
    costs: [
      { from: 'cost', basis: 'notional', unit: 'currency', literal: 'float', negative: 'refuse' },
    ],
    currency: { from: 'format', code: 'USD' },
    key: ['key_1'],
    keyQuality: 'provider-id',
    cannotTell: [
      'cost-is-an-estimate',
      'key-dimension-missing',
      'outcome-missing',
      'workload-missing',
    ],
  };
}

const SPAN_RAW: readonly RawColumn[] = [
  { name: 'trace', path: ['record', 'traceId'] },
  { name: 'span', path: ['record', 'spanId'] },
  { name: 'start', path: ['record', 'startTimeUnixNano'] },
  { name: 'end', path: ['record', 'endTimeUnixNano'] },
  { name: 'status', path: ['record', 'status', 'code'] },
  attribute('operation', 'gen_ai.operation.name'),
  attribute('request', 'gen_ai.response.id'),
  attribute('model', 'gen_ai.request.model'),
  attribute('served', 'gen_ai.response.model'),
  attribute('input', 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
  attribute('output', 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
  attribute('read', 'gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens'),
  attribute(
    'write',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
  ),
  attribute('reasoning', 'gen_ai.usage.reasoning.output_tokens'),
];
