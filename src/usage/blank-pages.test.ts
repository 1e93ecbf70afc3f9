import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import type { Digest } from '../core/index.ts';
import { look } from './look.ts';
import { openUsageStore } from './store.ts';

const ports = nodePorts('2099-12-23T09:00:00Z');
const newFolder = async () => await realpath(await mkdtemp(join(tmpdir(), 'blank-')));

/** Imports files of one export as often as asked, each time those that are there. */
async function project(adapter: string) {
  const plan = planOf(`timezone: UTC
exports:
  - { id: app, adapter: ${adapter}, path: "*.json", approved: { by: finops, date: 2026-11-16 } }`);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const folder = await newFolder();
  const store = await openUsageStore({ folder: await newFolder() }, ports);
  const manifests: Digest[] = [];
  const files: string[] = [];
  return {
    save: async (name: string, content: unknown) => {
      files.push(join(folder, name));
      await writeFile(join(folder, name), JSON.stringify(content));
    },
    read: async () => {
      const result = await store.importExport({ export: of, plan, files, current: manifests });
      if (result.kind === 'imported') manifests.push(result.manifest);
      return result;
    },
    close: store.close,
  };
}

const DAY = {
  date: '2026-11-09T00:00:00Z',
  actor: { type: 'user_actor', email_address: 'dev@example.com' },
  model_breakdown: [
    {
      model: 'model-a',
      tokens: { input: 10, output: 1, cache_read: 0, cache_creation: 0 },
      estimated_cost: { currency: 'USD', amount: 5 },
    },
  ],
};
const BLANK = { data: [], has_more: false, next_page: null };

it('reads a day on which nobody used anything as a page of its export, before, between and after others', async () => {
  const { save, read, close } = await project('anthropic-claude-code');
  await save('2026-11-07.json', BLANK);
  await expect(read()).rejects.toMatchObject({
    code: 'export-unreadable',
    message: '2026-11-07.json holds a list without rows',
  });
  await save('2026-11-09.json', { ...BLANK, data: [DAY] });
  expect(await read()).toMatchObject({ kind: 'imported', accepted: 1, quarantined: 0 });
  await save('2026-11-14.json', { ...BLANK, data: [] as const, first_id: null });
  expect(await read()).toMatchObject({ kind: 'unchanged', remaining: 0 });
  await save('2026-11-16.json', { ...BLANK, data: [{ ...DAY, date: '2026-11-16T00:00:00Z' }] });
  const last = await read();
  expect(last).toMatchObject({ kind: 'imported', accepted: 1 });
  expect(last.inputs).toHaveLength(2);
  expect((await read()).kind).toBe('unchanged');
  await close();
});

const ONE = {
  created_at: 1_794_218_400,
  type: 2,
  quota: 5,
  prompt_tokens: 1,
  completion_tokens: 1,
};
const LOG = { ...ONE, model_name: 'm' };
const SPEND = { request_id: 'r', startTime: '2026-11-09 09:20:46', spend: 0.1, model: 'm' };

it.each([
  ['new-api-log', { data: { items: [], total: 0 }, success: true }, { data: { items: [LOG] } }],
  ['litellm-spend-logs', [], [{ ...SPEND, prompt_tokens: 1, completion_tokens: 1 }]],
  [
    'openrouter-analytics',
    { data: { data: [], metadata: { truncated: false } } },
    { data: { data: [{ date__day: '2026-11-09', credits_usage: 1 }] } },
  ],
  [
    'cometapi-quota',
    { daily_quota: {} },
    { daily_quota: { '2026-11-09': [{ token_name: 'k', quota_used: 1, request_count: 1 }] } },
  ],
])('passes over a page without rows of %s', async (adapter, blank, page) => {
  const { save, read, close } = await project(adapter);
  await save('a.json', blank);
  await save('b.json', page);
  expect(await read()).toMatchObject({ kind: 'imported', accepted: 1, quarantined: 0 });
  await close();
});

const bucket = (day: number, ...results: readonly object[]) => ({
  object: 'bucket',
  start_time: 1_794_182_400 + day * 86_400,
  end_time: 1_794_268_800 + day * 86_400,
  results,
});
const anthropic = (date: string, until: string, ...results: readonly object[]) => ({
  starting_at: `${date}T00:00:00Z`,
  ending_at: `${until}T00:00:00Z`,
  results,
});

it.each([
  [
    'openai-usage',
    { data: [bucket(0), bucket(1)] },
    {
      data: [
        bucket(2, {
          object: 'organization.costs.result',
          amount: { value: 0.5, currency: 'usd' },
          line_item: null,
        }),
      ],
    },
  ],
  [
    'anthropic-usage',
    { data: [anthropic('2026-11-09', '2026-11-10')] },
    { data: [anthropic('2026-11-10', '2026-11-11', { amount: '50', currency: 'USD' })] },
  ],
])(
  'reads empty buckets of %s as those of cost pages beside cost pages',
  async (adapter, empty, page) => {
    const { save, read, close } = await project(adapter);
    await save('a.json', empty);
    await save('b.json', page);
    const result = await read();
    expect(result).toMatchObject({ kind: 'imported', accepted: 1, quarantined: 0 });
    expect(result.cannotTell.map(({ code }) => code)).toContain('cost-without-usage');
    await save('c.json', { ...empty, object: 'page' });
    expect((await read()).kind).toBe('imported');
    await close();
  },
);

it('takes no refusal of a gateway and no page of another form for a page without rows', async () => {
  const { save, read, close } = await project('new-api-log');
  await save('b.json', { data: { items: [LOG] } });
  await save('a.json', { success: false, message: 'no', data: [] });
  await expect(read()).rejects.toMatchObject({ code: 'header-mismatch' });
  await close();
  const other = await project('new-api-log');
  await other.save('a.json', { items: [] });
  await expect(other.read()).rejects.toMatchObject({ code: 'header-mismatch' });
  await other.close();
});

it('looks at a page without rows as at another file of the adapter that is named', async () => {
  const folder = await newFolder();
  const [blank, page] = [join(folder, 'a.json'), join(folder, 'b.json')];
  await writeFile(blank, JSON.stringify(BLANK));
  await writeFile(page, JSON.stringify({ ...BLANK, data: [DAY] }));
  const adapter = 'anthropic-claude-code';
  const rows = (await look([blank, page], { adapter }, ports)).map((result) => result.rows);
  expect(rows).toEqual([0, 1]);
  await expect(look([blank], { adapter }, ports)).rejects.toMatchObject({
    message: 'a.json holds a list without rows',
  });
  await expect(look([blank, page], {}, ports)).rejects.toMatchObject({ code: 'export-unknown' });
});
