import { readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, type PlainDate } from '../../src/core/index.ts';
import { openWorkspace } from '../../src/review/index.ts';
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

async function reviewed(weeks: number): Promise<void> {
  bench = await openBench(`${addDays(FIRST, 7)}T08:00:00Z`);
  await mkdir(join(bench.folder, 'exports'));
  await writeFile(join(bench.folder, 'spendproof.yaml'), PLAN);
  expect((await bench.run('init')).exit).toBe(0);
  const started = performance.now();
  for (let week = 0; week < weeks; week += 1) {
    bench.at(`${addDays(FIRST, week * 7 + 7)}T08:00:00Z`);
    const name = `week-${String(week).padStart(2, '0')}.csv`;
    await writeFile(join(bench.folder, 'exports', name), weekOf(week));
    const { exit, stderr } = await bench.run('review');
    expect([0, 3, 5], `review: ${stderr}`).toContain(exit);
  }
  reviewsMs = performance.now() - started;
}

describe('a year of weekly reviews', () => {
  beforeAll(async () => await reviewed(WEEKS), 3_600_000);

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
  }, 3_600_000);

  it('derives one review, and one record by the beginning of its digest', async () => {
    const review = await reproduce('2026-W10');
    expect(review.exit).toBe(0);
    expect(review.records.length).toBeGreaterThanOrEqual(6);
    expect(review.records.length).toBeLessThan(12);
    const metric = review.records.find(({ subject }) => subject.startsWith('metric'));
    const one = await reproduce(metric?.record.slice(7, 19) ?? '');
    expect(one.records).toEqual([metric]);
  });
});

describe('a few weekly reviews', () => {
  beforeAll(async () => await reviewed(3));

  it.each([[['2031-W01']], [['nothing-like-it']], [[]], [['2025-W47', '--all']]])(
    'refuses %j by name',
    async (argv) => {
      const { exit, stderr } = await bench.run('reproduce', ...argv);
      expect(exit).toBe(2);
      expect(stderr).toMatch(/error\[(usage|record-unknown)\]/);
    },
  );

  it('names an input that is gone or was changed, and still derives what the recorded table gives', async () => {
    const inputs = join(bench.folder, '.spendproof', 'inputs');
    const kept = (await readdir(inputs)).filter((name) => !name.includes('.json.'));
    expect(kept).toHaveLength(3);
    const path = join(inputs, kept[0] ?? '');
    const before = await readFile(path);
    const text = brotliDecompressSync(before).toString('utf8');
    for (const harm of [
      async () => await rm(path),
      async () => await writeFile(path, brotliCompressSync(text.replace('0.1', '0.2'))),
      async () => await writeFile(path, before.subarray(0, before.byteLength - 9)),
    ]) {
      await harm();
      const digest = `sha256:${kept[0]?.slice(0, 64)}`;
      const { exit, records } = await reproduce(await importOf(digest));
      expect(exit).toBe(5);
      expect(records[0]).toMatchObject({ kind: 'gap', missing: [`input ${digest}`] });
      await writeFile(path, before);
    }
    await rm(path);
    const metric = await reproduce('2025-W49');
    expect(metric.records.filter(({ kind }) => kind === 'different')).toEqual([]);
    expect(metric.records.find(({ subject }) => subject.startsWith('metric'))?.kind).toBe('same');
    await writeFile(path, before);
  });

  it('names the first field of a record that its inputs do not give', async () => {
    const workspace = await openWorkspace(
      { cwd: bench.folder, config: undefined, operator: undefined },
      bench.ports(),
    );
    try {
      const metric = await workspace.ledger.latest('metric');
      const verdict = await workspace.ledger.latest('budget-verdict');
      const end = await workspace.ledger.latest('review');
      if (metric === undefined || verdict === undefined || end === undefined)
        throw new Error('no records');
      const forged = await workspace.record([
        { ...metric.body, value: '0.01' },
        {
          ...verdict.body,
          verdict: 'ok',
          reasons: [],
          spend: { ...verdict.body.spend, value: '1' },
        },
        { ...end.body, outcome: 'pass', exit: 0 },
      ]);
      const fields = [];
      for (const { ref } of forged) {
        const { exit, records } = await reproduce(ref);
        expect(exit).toBe(7);
        fields.push(records[0]?.difference?.field);
      }
      expect(fields).toEqual(['value', 'verdict', 'outcome']);
    } finally {
      await workspace.ledger.close();
    }
  });
});

/** Finds the import record that names an input. */
async function importOf(digest: string): Promise<string> {
  const { ledger } = await openWorkspace(
    { cwd: bench.folder, config: undefined, operator: undefined },
    bench.ports(),
  );
  const found = await ledger.latest('import', ({ body }) => body.inputs.includes(digest));
  await ledger.close();
  return found?.ref ?? '';
}
