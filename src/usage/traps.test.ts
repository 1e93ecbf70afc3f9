import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importEach } from '../../test/fixtures/usage/import-each.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { formatDecimal, parsePlainDate, periodOfDates } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { look } from './look.ts';

const NOW = '2026-11-23T09:00:00Z';
const ports = nodePorts(NOW);
const FIXTURES = 'test/fixtures/usage';

const newFolder = async () => await realpath(await mkdtemp(join(tmpdir(), 'traps-')));

/** Looks at one file; sums as texts, `known/total` rows beside them. */
async function read(name: string, content: string) {
  const path = join(await newFolder(), name);
  await writeFile(path, content);
  return await lookAt(path);
}

async function lookAt(path: string) {
  const [result] = await look([path], {}, ports);
  if (result === undefined) throw new Error('no result');
  const sums = Object.entries(result.totals).map(([measure, { value, knownRows, totalRows }]) => [
    measure,
    `${value === null ? 'unknown' : formatDecimal(value)} of ${knownRows}/${totalRows}`,
  ]);
  return { ...result, sums: Object.fromEntries(sums) as Record<string, string> };
}

/** Imports files in their order and sums dates `[from, until)`. */
async function imported(plan: Plan, files: readonly (readonly [string, string])[]) {
  const { store, manifests, results } = await importEach(plan, files);
  const cost = async (from: string, until: string) => {
    const [first, last] = [parsePlainDate(from), parsePlainDate(until)];
    if (first === undefined || last === undefined) throw new Error('no date');
    const { total } = await store.aggregate({
      manifests,
      plan,
      period: periodOfDates(first, last, plan.timezone),
      measures: ['chargedCost'],
      by: [],
      filter: {},
      include: [],
      asOf: NOW,
    });
    const value = total.measures.chargedCost?.value;
    return value === null || value === undefined ? null : formatDecimal(value);
  };
  return { results, cost, close: store.close };
}

const approved = 'approved: { by: finops, date: 2026-11-16 }';

it('1. overlapping token classes: Cursor’s two input columns are disjoint, 28,342 written and not 27,567', async () => {
  const { sums } = await lookAt(join(FIXTURES, 'cursor-usage/ok-new/input.csv'));
  expect(sums['cacheCreationInputTokens']).toBe('28342 of 3/3');
  expect(sums['tokens']).toBe(`${156_290 + 76_839} of 3/3`);
  const inclusive = await lookAt(join(FIXTURES, 'langfuse-observations/bad-inclusive/input.jsonl'));
  expect(inclusive.quarantinedRows).toContainEqual({ line: 2, reason: 'sum-mismatch' });
});

it('2. snapshots and replays: 8.58 B tokens of counters written again are 5.15 B', async () => {
  const turn = (n: number) => {
    const used = (times: number) => ({
      input_tokens: 9_000_000 * times,
      cached_input_tokens: 0,
      output_tokens: 1_000_000 * times,
      reasoning_output_tokens: 0,
      total_tokens: 10_000_000 * times,
    });
    return JSON.stringify({
      timestamp: '2026-11-09T10:00:00Z',
      type: 'event_msg',
      payload: {
        type: 'token_count',
        info: { last_token_usage: used(1), total_token_usage: used(n) },
      },
    });
  };
  const meta = JSON.stringify({
    timestamp: '2026-11-09T09:00:00Z',
    type: 'session_meta',
    payload: { id: 's' },
  });
  const turns = Array.from({ length: 515 }, (_, n) => turn(n + 1));
  const result = await read('s.jsonl', `${[meta, ...turns, ...turns.slice(0, 343)].join('\n')}\n`);
  expect(result.sums['tokens']).toBe('5150000000 of 515/515');
  expect(result.duplicate).toBe(343);
});

it('3. restatement: 24 hourly files of one growing day are that day once', async () => {
  const whole = await readFile(join(FIXTURES, 'litellm-focus/ok-day/input.csv'), 'utf8');
  const hours = Array.from(
    { length: 24 },
    (_, hour) =>
      [
        `${String(hour).padStart(2, '0')}.csv`,
        whole.replace('0.500000', `0.${10 + hour}`),
      ] as const,
  );
  const plan = planOf(
    `exports: [{ id: focus, adapter: litellm-focus, path: "e/*.csv", ${approved} }]`,
  );
  const all = await imported(plan, hours);
  expect(await all.cost('2026-11-09', '2026-11-10')).toBe('0.58');
  await all.close();
});

it('3. unstable identity: rows of new-api’s own view share `id % 1024` and are two rows', async () => {
  const row = (at: number) => ({
    id: 7,
    created_at: at,
    type: 2,
    token_name: 'svc',
    model_name: 'm',
    quota: 10,
    prompt_tokens: 5,
    completion_tokens: 1,
    other: '{}',
  });
  const { rows } = await read(
    'self.json',
    JSON.stringify({ data: { items: [row(1794218400), row(1794218500)] } }),
  );
  expect(rows).toBe(2);
});

it('4. day boundaries: a day of $0.99 is not widened to the $8.78 around it, and days add up to their range', async () => {
  const day = (date: string, spend: number) => ({
    date,
    metrics: { spend, prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, api_requests: 1 },
  });
  const content = JSON.stringify({
    results: [day('2026-11-09', 4.1), day('2026-11-10', 0.99), day('2026-11-11', 3.69)],
  });
  for (const zone of ['America/Los_Angeles', 'Asia/Tokyo']) {
    const plan = planOf(
      `timezone: ${zone}\nexports: [{ id: daily, adapter: litellm-activity, path: "e/*.json", zone: unknown, ${approved} }]`,
    );
    const all = await imported(plan, [['a.json', content]]);
    expect(await all.cost('2026-11-10', '2026-11-11')).toBe('0.99');
    expect(await all.cost('2026-11-09', '2026-11-12')).toBe('8.78');
    await all.close();
  }
});

it('5. money units: cents are cents, commas are commas, a float is as printed, and NaN is no amount', async () => {
  const cents = await lookAt(join(FIXTURES, 'anthropic-usage/ok-cost/input.json'));
  expect(cents.sums['chargedCost']).toBe('1.7378912 of 2/2');
  const commas = await lookAt(join(FIXTURES, 'litellm-activity/ok-ui/input.csv'));
  expect(commas.sums['chargedCost']).toBe('1234.6678 of 2/2');
  const nan = await lookAt(join(FIXTURES, 'anthropic-usage/bad-amounts/input.json'));
  expect([nan.sums['chargedCost'], nan.quarantined]).toEqual(['1.2378912 of 1/1', 3]);
  const infinite = await lookAt(join(FIXTURES, 'litellm-focus/bad-cost/input.csv'));
  expect(infinite.quarantinedRows).toContainEqual({ line: 3, reason: 'bad-cost' });
});

it('6. which cost: what an own account pays upstream is never added to the charge', async () => {
  const { sums } = await lookAt(join(FIXTURES, 'openrouter-daily/ok-days/input.json'));
  expect([sums['chargedCost'], sums['upstreamCost']]).toEqual(['0.045 of 3/3', '0.036 of 3/3']);
  const flat = await lookAt(join(FIXTURES, 'cursor-usage/ok-new/input.csv'));
  expect([flat.sums['chargedCost'], flat.sums['notionalCost']]).toEqual([
    '0.03 of 3/3',
    '0.19 of 1/3',
  ]);
});

it('7. missing is not zero: of 365 calls that cost about $185 and show $1.16, the unpriced ones are unknown', async () => {
  const row = (id: number, spend: number) => ({
    request_id: `r${id}`,
    startTime: '2026-11-09 10:00:00',
    model: spend === 0 ? 'without-price' : 'm',
    spend,
    prompt_tokens: 5000,
    completion_tokens: 500,
    total_tokens: 5500,
  });
  const rows = Array.from({ length: 365 }, (_, id) => row(id, id < 4 ? 0.29 : 0));
  const { sums } = await read('logs.json', JSON.stringify(rows));
  expect(sums['chargedCost']).toBe('1.16 of 4/365');
  expect(sums['tokens']).toBe('2007500 of 365/365');
});

it('7. missing is not zero, and a zero of an answer from a cache is one', async () => {
  const row = (id: string, more: object) => ({
    request_id: id,
    startTime: '2026-11-09 10:00:00',
    model: 'm',
    spend: 0,
    prompt_tokens: 5000,
    completion_tokens: 500,
    total_tokens: 5500,
    ...more,
  });
  const rows = [
    row('a', { cache_hit: 'True' }),
    row('b', { cache_hit: 'None' }),
    row('c', {}),
    row('d', { cache_hit: true, spend: 0.5 }),
  ];
  const { sums } = await read('logs.json', JSON.stringify(rows));
  expect(sums['chargedCost']).toBe('0.5 of 2/4');
});

it('8. repriced history: an imported charge of $2,472.81 stays when the source shows $1,923.92 for the same tokens', async () => {
  const line = (usd: string) => `${HEADER}\n2026-11-09T10:00:00Z,r1,m,w,s,1000,10,${usd}\n`;
  const all = await imported(tablePlan(), [
    ['a.csv', line('2472.81')],
    ['b.csv', line('1923.92')],
  ]);
  expect(await all.cost('2026-11-09', '2026-11-10')).toBe('2472.81');
  expect(all.results[1]).toMatchObject({ accepted: 0, duplicate: 1 });
  await all.close();
});

it('9. aggregates that fan out: 1.339 B tokens of a day are not the 34.275 B of its breakdown', async () => {
  const metrics = {
    spend: 10,
    prompt_tokens: 1_300_000_000,
    completion_tokens: 39_000_000,
    total_tokens: 1_339_000_000,
    api_requests: 9,
  };
  const keys = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`key-${n}`, { metrics }]));
  const day = { date: '2026-11-09', metrics, breakdown: { api_keys: keys } };
  const { sums, droppedColumns } = await read('a.json', JSON.stringify({ results: [day] }));
  expect(sums['tokens']).toBe('1339000000 of 1/1');
  expect(droppedColumns).toContain('breakdown');
  await expect(
    lookAt(join(FIXTURES, 'litellm-activity/bad-with-models/input.csv')),
  ).rejects.toMatchObject({ code: 'export-unknown' });
});

it('9. aggregates that fan out: a span of an agent is not added to the calls inside it', async () => {
  const { sums, skipped } = await lookAt(join(FIXTURES, 'otel-genai/ok-agent-run/input.json'));
  expect([sums['tokens'], sums['requests'], skipped]).toEqual(['360 of 2/2', '2 of 2/2', 2]);
});

it('10. retries, settlements, refunds: attempts are named so, and each kind of money stands apart', async () => {
  const { requestsAre, sums, cannotTell } = await lookAt(
    join(FIXTURES, 'new-api-log/ok-admin/input.json'),
  );
  expect(requestsAre).toBe('attempts');
  // Six rows; a refund and a settlement are no requests.
  expect(sums['attempts']).toBe('4 of 4/4');
  expect(cannotTell.map(({ code }) => code)).toContain('hidden-retries');
});

it('has a section in docs/traps.md and a test here for each of the ten', async () => {
  const ten = Array.from({ length: 10 }, (_, index) => index + 1);
  const numbers = (text: string, pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map(([, number]) => Number(number)))].toSorted(
      (left, right) => left - right,
    );
  const page = await readFile('docs/traps.md', 'utf8');
  expect(numbers(page, /^## (\d+)\. /gm)).toEqual(ten);
  expect(page.match(/^\*\*Met by\*\*: /gm)).toHaveLength(10);
  const tests = await readFile('src/usage/traps.test.ts', 'utf8');
  expect(numbers(tests, /^it\('(\d+)\. /gm)).toEqual(ten);
});
