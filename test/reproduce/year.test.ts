import { readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, type PlainDate } from '../../src/core/index.ts';
import { type Bench, openBench } from '../cli/harness.ts';

const WEEKS = 53;
const FIRST = '2025-11-17' as PlainDate;

const PLAN = `version: 1
timezone: Europe/Berlin
currency: USD
owner: finops
notify: { file: outbox }
exports:
  - id: app-log
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, model, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2025-11-01, for: [budget-review] }
metrics: [cost-per-1k-requests, cost-per-1m-tokens]
budgets:
  - { id: monthly, amount: "40.00", at: [0.5, 0.8, 1.0] }
`;

interface Answer {
  readonly exit: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly records: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly record: string;
    readonly missing?: readonly string[];
    readonly difference?: Readonly<Record<'field' | 'recorded' | 'derived', string>>;
  }[];
}

let bench: Bench;
let reviewsMs = 0;

async function reproduce(...argv: readonly string[]): Promise<Answer> {
  const { exit, stdout, stderr } = await bench.run('reproduce', ...argv, '--json');
  const parsed = JSON.parse(stdout) as { readonly data: Omit<Answer, 'exit'> | null };
  if (parsed.data === null) throw new Error(`${stdout}${stderr}`);
  return { exit, ...parsed.data };
}

/** One week of usage: a request every few hours, some of them failed and of unknown cost. */
function weekOf(week: number): string {
  const lines = ['ts,request,model,in,out,usd'];
  for (let call = 0; call < 21; call += 1) {
    const date = addDays(FIRST, week * 7 + Math.floor(call / 3));
    const cost = call % 10 === 9 ? '' : `0.${String(100_000 + week * 7919 + call * 331)}`;
    lines.push(
      `${date}T0${(call % 3) * 3}:15:00Z,w${week}-${call},small,${100 + call},${7 + week},${cost}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

beforeAll(async () => {
  bench = await openBench(`${addDays(FIRST, 7)}T08:00:00Z`);
  await mkdir(join(bench.folder, 'exports'));
  await writeFile(join(bench.folder, 'spendproof.yaml'), PLAN);
  expect((await bench.run('init')).exit).toBe(0);
  const started = performance.now();
  for (let week = 0; week < WEEKS; week += 1) {
    bench.at(`${addDays(FIRST, week * 7 + 7)}T08:00:00Z`);
    const name = `week-${String(week).padStart(2, '0')}.csv`;
    await writeFile(join(bench.folder, 'exports', name), weekOf(week));
    const { exit, stderr } = await bench.run('review');
    expect([0, 3, 5], stderr).toContain(exit);
  }
  reviewsMs = performance.now() - started;
}, 300_000);

describe('a year of weekly reviews', () => {
  it('gives every recorded number and verdict again, exactly', async () => {
    const started = performance.now();
    const { exit, summary, records } = await reproduce('--all');
    const ms = Math.round(performance.now() - started);
    process.stderr.write(
      `reproduce --all: ${records.length} records of ${WEEKS} reviews in ${ms} ms (the reviews took ${Math.round(reviewsMs)} ms)\n`,
    );
    expect(records.filter(({ kind }) => kind !== 'same')).toEqual([]);
    expect(exit).toBe(0);
    // Import, two metrics, one or two verdicts, guard, review and handoff of each week.
    expect(summary['inputs']).toBeGreaterThan(WEEKS * 6);
    const kinds = new Set(records.map(({ subject }) => subject.split(' ')[0]));
    for (const kind of [
      'alert',
      'budget-verdict',
      'guard',
      'handoff',
      'import',
      'metric',
      'review',
    ])
      expect(kinds).toContain(kind);
  });
});
