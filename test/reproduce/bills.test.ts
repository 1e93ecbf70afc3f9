import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, type PlainDate } from '../../src/core/index.ts';
import { type RecordKind, type RecordOf } from '../../src/evidence/index.ts';
import { openWorkspace, runReview, type Workspace } from '../../src/review/index.ts';
import { type Bench, openBench } from '../cli/harness.ts';

const FIRST = '2026-11-09' as PlainDate;
const HEAD = 'ts,request,key,model,in,out,usd';

interface Found {
  readonly kind: string;
  readonly from?: string;
  readonly subject: string;
  readonly record: string;
  readonly missing?: readonly string[];
  readonly difference?: { readonly field: string };
}

let bench: Bench;

const plan = (amount: string): string => `version: 1
timezone: UTC
owner: finops
owners: [{ id: finops }]
providers: [{ id: p, host: api.example.com }]
notify: { file: outbox }
assumptions:
  - { id: bill-is-whole, cites: [] }
exports:
  - id: app
    adapter: table
    path: exports/app*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [${HEAD}] }
      key: [request]
      columns: { startAt: ts, requestRef: request, keyRef: key, modelRequested: model }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01 }
  - { id: bill, adapter: focus, path: exports/bill*.csv, zone: UTC, approved: { by: finops, date: 2026-11-01, for: [reconcile] } }
reconcile:
  - { id: one-bill, of: [app, bill], by: [day], onDisagreement: bill-is-whole }
metrics:
  - { id: cost-per-seat, kind: business, denominator: { series: seats } }
series:
  - { id: seats, path: "seats*.csv", stock: average, approved: { by: finops, date: 2026-11-01 } }
budgets:
  - { id: week, amount: "${amount}", period: { every: week }, at: [1.0] }
`;

async function save(name: string, text: string): Promise<void> {
  await writeFile(join(bench.folder, name), text);
}

/** Three calls a day, 0.10 each, over some days. */
function appRows(from: number, days: number, suffix = ''): string {
  const lines = [HEAD];
  for (let day = from; day < from + days; day += 1) {
    for (const hour of ['00', '12', '23']) {
      const date = addDays(FIRST, day);
      lines.push(`${date}T${hour}:59:00Z,r-${day}-${hour}${suffix},svc,small,100,10,0.10`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function billRows(days: number, short?: number): string {
  const lines = ['BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd'];
  for (let day = 0; day < days; day += 1) {
    const [start, end] = [addDays(FIRST, day), addDays(FIRST, day + 1)];
    lines.push(`${day === short ? '0.05' : '0.30'},USD,Usage,${start} 00:00:00,${end} 00:00:00`);
  }
  return `${lines.join('\n')}\n`;
}

function seats(days: number, amount: number): string {
  const rows = Array.from({ length: days }, (_, day) => `${addDays(FIRST, day)},${amount}`);
  return `${['date,amount', ...rows].join('\n')}\n`;
}

async function reproduce(
  name: string,
): Promise<{ readonly exit: number; readonly records: readonly Found[] }> {
  const { exit, stdout } = await bench.run('reproduce', name, '--json');
  return { exit, ...(JSON.parse(stdout) as { data: { records: readonly Found[] } }).data };
}

async function withWorkspace<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const options = { cwd: bench.folder, config: undefined, operator: undefined };
  const workspace = await openWorkspace(options, bench.ports());
  try {
    return await work(workspace);
  } finally {
    await workspace.ledger.close();
  }
}

/** Reviews as a process of its own does: what it draws, no other draws; it goes on when all others have begun too. */
async function reviewAside(allBegun: () => Promise<void>): Promise<void> {
  const random = { bytes: (size: number) => new Uint8Array(randomBytes(size)) };
  const options = { cwd: bench.folder, config: undefined, operator: undefined };
  const workspace = await openWorkspace(options, { ...bench.ports(), random });
  const record: Workspace['record'] = async (bodies, extra) => {
    const stored = await workspace.record(bodies, extra);
    if (bodies.some(({ kind }) => kind === 'review-start')) await allBegun();
    return stored;
  };
  await runReview({ ...workspace, record }, { trigger: 'cadence', ref: null, asOf: undefined });
  await workspace.ledger.close();
}

/** Gives what each of a number of works calls, to wait there for the others. */
function meetingOf(count: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return async () =>
    await new Promise<void>((goOn) => {
      waiting.push(goOn);
      if (waiting.length === count) for (const next of waiting) next();
    });
}

beforeAll(async () => {
  bench = await openBench('2026-11-16T08:00:00Z');
  await mkdir(join(bench.folder, 'exports'));
  await save('spendproof.yaml', plan('2.00'));
  // A call of the next day says that the week before it is whole.
  const [, next] = appRows(7, 1).split('\n');
  await save('exports/app-1.csv', `${appRows(0, 7)}${next}\n`);
  await save('exports/bill-1.csv', billRows(7));
  await save('seats.csv', seats(7, 10));
  expect((await bench.run('init')).exit).toBe(0);
  // The first week: the bill agrees, the budget is reached and an alert sent.
  await bench.run('review');
  // Somebody thinks again about the seats of a week that was reviewed, and the budget is raised.
  await save('seats.csv', seats(14, 12));
  await save('spendproof.yaml', plan('4.00'));
  // The second week: late usage of the first one, and a bill that is short of a day.
  await save('exports/app-2.csv', appRows(7, 7));
  await save('exports/app-late.csv', appRows(2, 1, '-late'));
  await save('exports/bill-2.csv', billRows(14, 9));
  bench.at('2026-11-23T08:00:00Z');
  await bench.run('review');
  // Later still nothing of the series is where it was.
  await rm(join(bench.folder, 'seats.csv'));
  bench.at('2027-03-01T08:00:00Z');
});

describe('bills, series and periods that were restated', () => {
  it('are derived again from their inputs, whatever stands in the project now', async () => {
    const { exit, records } = await reproduce('--all');
    expect(records.filter(({ kind }) => kind !== 'same')).toEqual([]);
    expect(exit).toBe(0);
    for (const kind of ['reconcile', 'hold', 'series', 'restatement', 'resolved', 'metric']) {
      const of = records.filter(({ subject }) => subject.split(' ')[0] === kind);
      expect([kind, new Set(of.map(({ from }) => from))]).toEqual([kind, new Set(['inputs'])]);
    }
  });

  it('are told apart where several processes review the same week at once', async () => {
    const other = bench;
    bench = await openBench('2026-11-16T08:00:00Z');
    await mkdir(join(bench.folder, 'exports'));
    await save('spendproof.yaml', plan('2.00'));
    await save('exports/app-1.csv', appRows(0, 7));
    await save('exports/bill-1.csv', billRows(7));
    await save('seats.csv', seats(7, 10));
    await bench.run('init');
    const allBegun = meetingOf(3);
    await Promise.all([reviewAside(allBegun), reviewAside(allBegun), reviewAside(allBegun)]);
    const attempts = await withWorkspace(async ({ ledger }) => {
      const starts = await ledger.records({ kind: 'review-start' });
      const ends = await ledger.records({ kind: 'review' });
      // Each began before another ended: nothing else would tell them apart.
      expect((starts[2]?.index ?? 0) < (ends[0]?.index ?? 0)).toBe(true);
      return ends.length;
    });
    const { exit, records } = await reproduce('--all');
    bench = other;
    expect(attempts).toBe(3);
    expect(records.filter(({ kind }) => kind !== 'same')).toEqual([]);
    expect(exit).toBe(0);
  });

  it('name the first field that their inputs do not give', async () => {
    const forged = await withWorkspace(async (workspace) => {
      const newest = async <K extends RecordKind>(kind: K): Promise<RecordOf<K>> => {
        const record = await workspace.ledger.latest(kind);
        if (record === undefined) throw new Error(`Expected a ${kind} record`);
        return record.body;
      };
      const [series, restated] = [await newest('series'), await newest('restatement')];
      const [compared, hold] = [await newest('reconcile'), await newest('hold')];
      const resolved = await newest('resolved');
      return await workspace.record([
        { ...series, days: series.days + 1 },
        { ...restated, spend: { ...restated.spend, value: '9' } },
        { ...compared, outcome: 'pass', reasons: [] },
        { ...hold, reasons: ['claim-broken'] },
        { ...resolved, because: 'cleared' },
      ]);
    });
    const fields = [];
    for (const { ref } of forged) {
      const { exit, records } = await reproduce(ref);
      expect(exit).toBe(7);
      fields.push(records[0]?.difference?.field);
    }
    expect(fields).toEqual(['days', 'spend.value', 'outcome', 'reasons[0]', 'because']);
  });

  it('name the file of a series that is not there any more', async () => {
    const digests = await withWorkspace(async ({ ledger }) =>
      (await ledger.records({ kind: 'series' })).slice(0, 1).flatMap(({ body }) => body.inputs),
    );
    const folder = join(bench.folder, '.spendproof', 'inputs');
    const kept = (await readdir(folder)).find((name) => `sha256:${name}` === `${digests[0]}.gz`);
    await rm(join(folder, kept ?? ''));
    const { exit, records } = await reproduce('2026-W46');
    expect(exit).toBe(5);
    const gaps = records.filter(({ kind }) => kind === 'gap');
    expect(new Set(gaps.map(({ subject }) => subject.split(' ')[0]))).toEqual(
      new Set(['metric', 'series']),
    );
    expect(new Set(gaps.flatMap(({ missing }) => missing))).toEqual(
      new Set([`input ${digests[0]}`]),
    );
  });
});
