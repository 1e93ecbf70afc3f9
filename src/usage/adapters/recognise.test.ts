import { describe, expect, it } from 'vitest';
import type { Adapter, Reading, Shape } from './adapter.ts';
import { ADAPTERS } from './registry.ts';

const csv = (...header: string[]): Shape => ({ kind: 'csv', delimiter: ',', header });
const parquet = (...header: string[]): Shape => ({ kind: 'parquet', header });
const lines = (header: string[], paths: string[] = header): Shape => ({
  kind: 'jsonl',
  header,
  paths,
});
const json = (
  keys: Record<string, string[]>,
  more: Partial<Shape & { kind: 'json' }> = {},
): Shape => ({ kind: 'json', root: 'object', tags: [], hasMore: false, ...more, keys });
const list = (...keys: string[]) => json({ '$[0]': keys }, { root: 'array' });

/** Finds who reads a shape, the way a file without a named adapter is recognised. */
function readerOf(shape: Shape): readonly [string, Reading] | undefined {
  for (const adapter of Object.values<Adapter>(ADAPTERS)) {
    const reading = adapter.recognise(shape);
    if (reading !== undefined) return [adapter.id, reading];
  }
  return undefined;
}

const BUCKET = ['starting_at', 'ending_at', 'results'];
const NEW_API = 'created_at type quota prompt_tokens completion_tokens model_name'.split(' ');
const SPEND = 'request_id startTime spend prompt_tokens completion_tokens model'.split(' ');
const DAILY = 'date model_permaslug usage requests prompt_tokens completion_tokens'.split(' ');
const FOCUS = 'BilledCost BillingCurrency ChargeCategory ChargePeriodStart ChargePeriodEnd'.split(
  ' ',
);
const CURSOR = [
  'Date',
  'Model',
  'Input (w/ Cache Write)',
  'Input (w/o Cache Write)',
  'Cache Read',
  'Output Tokens',
  'Total Tokens',
  'Cost',
];

/** A row with tokens and a cost is one whose unit can be seen to be wrong. */
function isBanded(reading: Reading | undefined): boolean {
  if (reading?.tokens === undefined || reading.costs.length === 0) return true;
  return reading.costs.some(({ basis }) => basis === reading.band?.basis);
}

describe('every shape that an export is documented in', () => {
  it.each([
    ['anthropic-claude-code', list('date', 'actor', 'model_breakdown')],
    [
      'anthropic-claude-code',
      json({ '$.data[0]': ['date', 'actor', 'model_breakdown', 'extra'] }, { hasMore: true }),
    ],
    ['anthropic-usage', json({ '$[0]': BUCKET }, { root: 'array' })],
    [
      'anthropic-usage',
      json({ '$[0]': BUCKET, results: ['amount', 'extra'] }, { root: 'array', hasMore: true }),
    ],
    ['anthropic-usage', json({ '$.data[0]': BUCKET, results: ['uncached_input_tokens', 'extra'] })],
    [
      'claude-code-sessions',
      lines(
        ['type', 'cwd'],
        ['timestamp', 'message.usage.input_tokens', 'message.usage.output_tokens'],
      ),
    ],
    [
      'codex-sessions',
      lines(
        ['timestamp', 'type', 'payload'],
        ['timestamp', 'type', 'payload.type', 'payload.info'],
      ),
    ],
    ['cometapi-quota', json({ '$.daily_quota': ['2026-11-09'] })],
    ['cursor-usage', csv(...CURSOR)],
    ['cursor-usage', csv(...CURSOR, 'Kind', 'User')],
    ['focus', parquet(...FOCUS)],
    ['langfuse-observations', list('id', 'type', 'startTime', 'usageDetails', 'input')],
    ['litellm-activity', json({ '$.results[0]': ['date', 'metrics'] }, { hasMore: true })],
    [
      'litellm-activity',
      csv('Date', 'Team ID', 'Spend ($)', 'Requests', 'Total Tokens', 'Prompt Tokens'),
    ],
    ['litellm-spend-logs', lines(SPEND)],
    ['litellm-spend-logs', json({ '$.data[0]': SPEND }, { hasMore: true })],
    ['new-api-log', lines(NEW_API)],
    ['new-api-log', list(...NEW_API, 'id', 'channel', 'token_name')],
    ['one-api-log', list(...NEW_API, 'elapsed_time')],
    [
      'one-api-log',
      json({ '$.data[0]': [...NEW_API, 'elapsed_time', 'id', 'channel', 'content'] }),
    ],
    ['openai-usage', json({ '$[0]': ['start_time', 'end_time', 'results'] }, { root: 'array' })],
    [
      'openai-usage',
      json(
        {
          '$.data[0]': ['start_time', 'end_time', 'results'],
          results: ['object', 'amount', 'extra'],
        },
        { tags: ['organization.costs.result'], hasMore: true },
      ),
    ],
    [
      'openai-usage',
      json(
        { '$.data[0]': ['start_time', 'end_time', 'results'], results: ['object'] },
        { tags: ['x'], hasMore: true },
      ),
    ],
    ['openrouter-analytics', json({ '$.data.data[0]': ['created_at__day', 'total_usage'] })],
    [
      'openrouter-analytics',
      json(
        { '$.data.data[0]': ['date__day', 'total_usage', 'tokens_prompt', 'tokens_completion'] },
        { hasMore: true },
      ),
    ],
    ['openrouter-daily', json({ '$.data[0]': DAILY })],
    [
      'openrouter-daily',
      json({
        '$.data[0]': [
          ...DAILY,
          'workspace_id',
          'endpoint_id',
          'provider_name',
          'reasoning_tokens',
          'x',
        ],
      }),
    ],
    ['otel-genai', json({ $: ['resourceSpans'] })],
    ['otel-genai', lines(['resourceLogs'])],
  ] as const)('is read by %s alone: %#', (id, shape) => {
    const [reader, reading] = readerOf(shape) ?? [];
    expect(reader).toBe(id);
    // What is kept is not also dropped, and every rule names a raw column that is there.
    const raw = reading?.raw.map(({ name }) => name) ?? [];
    const named = [
      ...Object.values(reading?.fields ?? {}).map(({ from }) => from),
      ...(reading?.costs ?? []).map(({ from }) => from),
      ...(reading?.only === undefined ? [] : [reading.only.from]),
    ];
    expect(raw.length).toBeGreaterThan(0);
    expect(named.filter((name) => !raw.includes(name))).toEqual([]);
    expect(new Set(raw).size).toBe(raw.length);
    expect(isBanded(reading)).toBe(true);
  });

  it('knows no reader of a shape that is none of them', () => {
    const strangers: Shape[] = [
      csv('a', 'b'),
      parquet('a', 'b'),
      lines(['a']),
      list('a'),
      json({ $: ['a'] }),
      json({ '$.data[0]': ['a'] }),
      json({ '$.data[0]': ['start_time', 'end_time'] }),
      json(
        { '$.data[0]': ['start_time', 'end_time', 'results'] },
        { tags: ['organization.costs.result', 'organization.usage.completions.result'] },
      ),
      lines(['timestamp', 'type', 'payload'], ['timestamp', 'type', 'payload.type']),
    ];
    expect(strangers.map((shape) => readerOf(shape)?.[0])).toEqual(strangers.map(() => undefined));
  });

  it('claims no cost basis that no reading fills', () => {
    for (const adapter of Object.values<Adapter>(ADAPTERS)) {
      const measures = adapter.facts.measures.filter((measure) => measure.endsWith('Cost'));
      expect([adapter.id, measures.toSorted()]).toEqual([
        adapter.id,
        adapter.costBases.map((basis) => `${basis}Cost`).toSorted(),
      ]);
    }
  });
});
