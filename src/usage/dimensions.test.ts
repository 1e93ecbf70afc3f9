import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { formatDecimal } from '../core/index.ts';
import { look } from './look.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');

/** What one file adds up to, with the rows that were taken for others told again. */
async function read(content: unknown) {
  const path = join(await realpath(await mkdtemp(join(tmpdir(), 'dimensions-'))), 'page.json');
  await writeFile(path, JSON.stringify(content));
  const [result] = await look([path], {}, ports);
  if (result === undefined) throw new Error('no result');
  const { totals, duplicate, adapter, cannotTell } = result;
  const told = Object.entries(totals).map(([measure, { value }]) => [
    measure,
    value === null ? null : formatDecimal(value),
  ]);
  return {
    adapter,
    duplicate,
    ...(Object.fromEntries(told) as Record<string, string | null>),
    limits: cannotTell.map(({ code }) => code),
  };
}

const DAY = { starting_at: '2026-11-09T00:00:00Z', ending_at: '2026-11-10T00:00:00Z' };
const BUCKET = { object: 'bucket', start_time: 1_794_182_400, end_time: 1_794_268_800 };

it('counts rows of Anthropic’s reports that differ in their speed alone', async () => {
  const used = (speed: string | null, output: number) => ({
    api_key_id: null,
    workspace_id: null,
    model: 'model-a',
    service_tier: null,
    context_window: null,
    speed,
    uncached_input_tokens: 100,
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    cache_read_input_tokens: 0,
    output_tokens: output,
  });
  const usage = { data: [{ ...DAY, results: [used('standard', 50), used('fast', 7)] }] };
  expect(await read({ ...usage, has_more: false })).toMatchObject({
    adapter: 'anthropic-usage',
    duplicate: 0,
    tokens: '257',
  });
  const cost = (speed: string, amount: string) => ({
    amount,
    currency: 'USD',
    cost_type: 'tokens',
    token_type: 'output_tokens',
    description: 'Output Tokens',
    model: 'model-a',
    speed,
  });
  const costs = { data: [{ ...DAY, results: [cost('standard', '150'), cost('fast', '25.5')] }] };
  expect(await read(costs)).toMatchObject({ duplicate: 0, chargedCost: '1.755' });
});

it('counts rows of OpenAI’s pages that differ in a dimension of their page alone', async () => {
  const page = (results: readonly object[]) => ({ object: 'page', data: [{ ...BUCKET, results }] });
  const image = (size: string, source: string, requests: number) => ({
    object: 'organization.usage.images.result',
    images: requests,
    num_model_requests: requests,
    size,
    source,
    model: 'model-a',
  });
  const images = [
    image('1024x1024', 'image.generation', 5),
    image('256x256', 'image.generation', 3),
    image('256x256', 'image.edit', 2),
  ];
  expect(await read(page(images))).toMatchObject({ duplicate: 0, requests: '10' });
  const search = (level: string, requests: number) => ({
    object: 'organization.usage.web_searches.result',
    num_model_requests: requests,
    num_requests: requests,
    model: 'model-a',
    context_level: level,
  });
  const searches = [search('low', 4), search('medium', 2), search('high', 1)];
  expect(await read(page(searches))).toMatchObject({ duplicate: 0, requests: '7' });
});

it('counts what a person used of Claude Code by a plan and by the API on one day', async () => {
  const row = (more: object, amount: number) => ({
    date: '2026-11-09T00:00:00Z',
    actor: { type: 'user_actor', email_address: 'dev@example.com' },
    terminal_type: 'vscode',
    model_breakdown: [
      {
        model: 'model-a',
        tokens: { input: 10, output: 1, cache_read: 0, cache_creation: 0 },
        estimated_cost: { currency: 'USD', amount },
      },
    ],
    ...more,
  });
  const data = [
    row({ customer_type: 'api' }, 113),
    row({ customer_type: 'subscription', subscription_type: 'team' }, 50),
    row({ customer_type: 'subscription', subscription_type: 'enterprise' }, 2),
  ];
  expect(await read({ data, has_more: false })).toMatchObject({
    duplicate: 0,
    tokens: '33',
    notionalCost: '1.65',
  });
});

const answer = (rows: readonly object[]) => ({
  data: { data: rows, metadata: { row_count: rows.length, truncated: false } },
});
const analytics = (group: object, more: object) => ({
  date__day: '2026-11-09',
  ...group,
  request_count: '3',
  ...more,
});

it.each([
  ['provider', { provider: 'Host A' }, { provider: 'Host B' }],
  ['variant', { model: 'm', variant: 'free' }, { model: 'm', variant: 'standard' }],
  ['api_key_id', { model: 'm', api_key_id: 'a' }, { model: 'm', api_key_id: 'b' }],
  ['user', { user: 'A. Person', workspace: 'w' }, { user: 'B. Person', workspace: 'w' }],
  ['external_user', { external_user: 'u-1' }, { external_user: 'u-2' }],
  ['a label of a classifier', { topic: 'billing' }, { topic: 'search' }],
])('counts rows of OpenRouter’s analytics that differ in %s alone', async (_, one, other) => {
  const cost = { total_usage: 0.5 };
  expect(await read(answer([analytics(one, cost), analytics(other, cost)]))).toMatchObject({
    adapter: 'openrouter-analytics',
    duplicate: 0,
    requests: '6',
    chargedCost: '1',
  });
});

it('takes for the charge of OpenRouter’s analytics what credits pay, and never adds own accounts to it', async () => {
  const costs = { total_usage: 0.75, credits_usage: 0.25, byok_usage: 0.5, byok_fees: 0.01 };
  const tokens = {
    tokens_prompt: '100',
    tokens_completion: '20',
    tokens_total: '120',
    cached_tokens: '40',
    reasoning_tokens: '5',
  };
  const both = await read(answer([analytics({ model: 'm' }, { ...costs, ...tokens })]));
  expect(both).toMatchObject({
    chargedCost: '0.25',
    upstreamCost: '0.5',
    tokens: '120',
    cacheReadInputTokens: '40',
    reasoningOutputTokens: '5',
  });
  expect(both.limits).not.toContain('own-accounts-in-charge');
  const total = await read(answer([analytics({ model: 'm' }, { total_usage: 0.75 })]));
  expect(total).toMatchObject({ chargedCost: '0.75' });
  expect(total.limits).toContain('own-accounts-in-charge');
});

it('does not read an answer of analytics with more labels than it can tell apart', async () => {
  const row = analytics({ topic: 'a', mood: 'b' }, { total_usage: 1 });
  await expect(read(answer([row]))).rejects.toMatchObject({ code: 'export-unknown' });
});
