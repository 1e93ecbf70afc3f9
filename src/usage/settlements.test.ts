import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { formatDecimal } from '../core/index.ts';
import { parseConversion } from './conversion.ts';
import { look } from './look.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const conversion = parseConversion(
  '{"unit":"quota","per":{"currency":"USD","amount":500000},"verified":"2026-11-01"}',
);

async function read(name: string, content: string) {
  const path = join(await realpath(await mkdtemp(join(tmpdir(), 'settled-'))), name);
  await writeFile(path, content);
  const [result] = await look([path], { conversion }, ports);
  if (result === undefined) throw new Error('no result');
  const sums = Object.entries(result.totals).map(([measure, { value, totalRows }]) => [
    measure,
    `${value === null ? 'unknown' : formatDecimal(value)} of ${totalRows}`,
  ]);
  return {
    replay: result.replay,
    ...(Object.fromEntries(sums) as Record<string, string>),
  };
}

const row = (id: number, quota: number, other: object, more: object = {}) => ({
  id,
  channel: 1,
  created_at: 1_794_182_460 + id,
  type: 2,
  model_name: 'm',
  quota,
  prompt_tokens: 1000,
  completion_tokens: 100,
  other: JSON.stringify(other),
  ...more,
});
const log = async (...rows: readonly object[]) => await read('log.json', JSON.stringify(rows));

it('counts what a subscription of new-api takes as notional, and charges nothing for it', async () => {
  const wallet = { billing_source: 'wallet' };
  const plan = { billing_source: 'subscription', wallet_quota_deducted: 0 };
  expect(
    await log(
      row(1, 500_000, wallet),
      row(2, 250_000, plan),
      row(3, 100_000, plan, { type: 6 }),
      row(4, -50_000, wallet),
      row(5, -50_000, plan),
    ),
  ).toMatchObject({
    chargedCost: '0.9 of 5',
    notionalCost: '0.2 of 5',
    requests: '2 of 2',
  });
});

it('counts all that was written to a cache, also where only its parts by their lives say it', async () => {
  const claude = { claude: true, usage_semantic: 'anthropic', cache_tokens: 20 };
  const parts = { cache_creation_tokens: 0, cache_creation_tokens_5m: 30, cache_write_tokens: 30 };
  const older = { cache_creation_tokens: 40 };
  expect(
    await log(row(1, 5, { ...claude, ...parts }), row(2, 5, { ...claude, ...older })),
  ).toMatchObject({ cacheCreationInputTokens: '70 of 2', inputTokens: '2110 of 2' });
});

it('reads rows of Claude behind another protocol with cached tokens beside the input, where nothing says the whole of it', async () => {
  const cached = { cache_tokens: 20, cache_creation_tokens: 30, cache_creation_tokens_5m: 30 };
  const ratios = { model_ratio: 1, group_ratio: 1, completion_ratio: 1, model_price: -1 };
  const factors = { ...ratios, cache_ratio: 0.1, cache_creation_ratio: 1.25 };
  const older = { ...cached, ...factors, cache_creation_ratio_5m: 1.25 };
  const whole = { ...older, input_tokens_total: 1000 };
  // 1000 + 20 × 0.1 + 30 × 1.25 + 100, and (1000 − 20 − 30) + 20 × 0.1 + 30 × 1.25 + 100.
  expect(await log(row(1, 1140, older), row(2, 1090, whole))).toMatchObject({
    inputTokens: '2050 of 2',
    cacheReadInputTokens: '40 of 2',
    cacheCreationInputTokens: '60 of 2',
    replay: { reproduced: 2, differs: 0, notCheckable: 0 },
  });
});

it('claims nothing of a charge that tools or audio are a part of', async () => {
  const factors = { model_ratio: 1, group_ratio: 1, completion_ratio: 1, model_price: -1 };
  const tools = { tool_surcharges: [{ name: 'web_search', count: 1, price: 10 }] };
  const { replay } = await log(
    row(1, 1100, factors),
    row(2, 6100, { ...factors, ...tools }),
    row(3, 1200, { ...factors, audio_input_seperate_price: true }),
  );
  expect(replay).toEqual({ reproduced: 1, differs: 0, notCheckable: 2 });
});

it('takes a negative charge for a settlement whichever of two costs it is', async () => {
  const header =
    'Date,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost,Cost to you';
  const content = [
    header,
    '2026-11-09,m,0,10,0,1,11,$0.20,$0.10',
    '2026-11-09,m,0,10,0,1,11,$0.20,-$0.05',
  ];
  expect(await read('usage.csv', `${content.join('\n')}\n`)).toMatchObject({
    chargedCost: '0.05 of 2',
    requests: '1 of 1',
  });
});
