import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBench } from './harness.ts';

const DAYS = [9, 10, 11, 12, 13, 14, 15];
const secondsOf = (day: number) => Date.UTC(2026, 10, day) / 1000;

const page = (result: (day: number) => object) =>
  JSON.stringify({
    object: 'page',
    data: DAYS.map((day) => ({
      object: 'bucket',
      start_time: secondsOf(day),
      end_time: secondsOf(day + 1),
      results: [result(day)],
    })),
    has_more: false,
    next_page: null,
  });

const usage = page(() => ({
  object: 'organization.usage.completions.result',
  input_tokens: 900,
  output_tokens: 100,
  num_model_requests: 10,
}));
const costs = page(() => ({
  object: 'organization.costs.result',
  amount: { value: 0.06, currency: 'usd' },
  line_item: null,
}));

const gateway = (tokens: number) =>
  [
    'ts,request,in,out,usd',
    ...DAYS.flatMap((day) =>
      Array.from({ length: 10 }, (_, call) => {
        const at = `2026-11-${String(day).padStart(2, '0')}T10:00:00Z`;
        return `${at},r${day}-${call},${tokens},10,0.006`;
      }),
    ),
    '',
  ].join('\n');

const approved = 'approved: { by: finops, date: 2026-11-01 }';
const plan = (of: string) => `version: 1
timezone: UTC
owner: finops
providers: [{ id: p, host: api.example.com }]
exports:
  - { id: costs, adapter: openai-usage, path: exports/costs.json, ${approved} }
  - { id: usage, adapter: openai-usage, path: exports/usage.json, ${approved} }
  - id: gateway
    adapter: table
    path: exports/gateway.csv
    zone: UTC
    disjoint: true
    table:
      format: { kind: csv, header: [ts, request, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01, for: [reconcile] }
reconcile: [{ id: bill, of: [${of}] }]
metrics: [{ id: cost-per-1m-tokens, denominator: { count: tokens } }]
`;

async function project(of: string, tokens = 90) {
  const bench = await openBench('2026-11-17T08:00:00Z');
  await mkdir(join(bench.folder, 'exports'), { recursive: true });
  const files = [
    ['spendproof.yaml', plan(of)],
    ['exports/costs.json', costs],
    ['exports/usage.json', usage],
    ['exports/gateway.csv', gateway(tokens)],
  ] as const;
  for (const [name, text] of files) await writeFile(join(bench.folder, name), text);
  await bench.run('init');
  await bench.run('usage', 'import');
  return bench;
}
const WEEK = ['--from', '2026-11-09', '--until', '2026-11-16'];

it('counts cost from the cost pages and volume from the usage pages, which need not be compared', async () => {
  const bench = await project('costs, usage');
  const compared = await bench.run('reconcile', ...WEEK);
  expect([compared.exit, compared.stdout]).toEqual([
    0,
    expect.stringContaining('nothing in common, each counts what the other lacks; 7 days compared'),
  ]);
  const before = await bench.run('reconcile', '--from', '2026-10-01', '--until', '2026-10-08');
  expect(before.stdout).toContain('nothing of the period from costs and usage; 0 days compared');
  const sums = await bench.run('usage', 'aggregate', ...WEEK, '--by', 'export');
  expect(sums.stdout).toMatch(/0\.42/);
  expect(sums.stdout).toMatch(/7,000/);
  const review = await bench.run('review');
  expect(review.stdout).toContain('never reconciled with an invoice');
});

it('compares a third view with both: cost with the cost pages, tokens with the usage pages', async () => {
  const agreed = await project('costs, usage, gateway');
  const { exit, stdout } = await agreed.run('reconcile', ...WEEK);
  expect([exit, stdout]).toEqual([
    0,
    expect.stringContaining('gateway against usage: requests, tokens'),
  ]);
  expect(stdout).toContain('gateway against costs: cost;');
  // The log's last day is not told whole before a later row: nobody knows by how much the two differ.
  const last = ['--from', '2026-11-15', '--until', '2026-11-16'] as const;
  const open = await agreed.run('reconcile', ...last);
  expect(open.stdout).toContain('0 days compared, 1 open (not told whole by both');
  expect(open.stdout).not.toContain('missing USD 0.00');
  expect((await agreed.run('reconcile', ...last, '--format', 'csv')).stdout).toContain(
    'gateway,costs,cost,0,1,0,0,,,,,,,',
  );
  const differing = await project('costs, usage, gateway', 91);
  const other = await differing.run('reconcile', ...WEEK);
  expect([other.exit, other.stdout]).toEqual([3, expect.stringContaining('6 beyond tolerance')]);
  const pairs = (await differing.run('reconcile', ...WEEK, '--format', 'csv')).stdout.split('\r\n');
  expect(pairs).toContain('bill,fail,gateway,usage,requests tokens,6,1,6,0,,,,,,,');
  const days = (await differing.run('reconcile', ...WEEK, '--days', '--format', 'csv')).stdout;
  expect(days.split('\r\n')).toHaveLength(1 + 6 + 1);
  expect(days).toContain('bill,2026-11-09,,tokens,usage,1000,gateway,1010\r\n');
  expect((await agreed.run('reconcile', ...WEEK, '--days')).stdout).toContain('No day is beyond');
});
