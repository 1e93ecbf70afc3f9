import { spawn } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import {
  type Digest,
  formatDecimal,
  type Measured,
  parsePlainDate,
  periodOfDates,
  sha256,
} from '../core/index.ts';
import type { MeasureId, Plan } from '../plan/index.ts';
import type { AggregateRequest } from './aggregate.ts';
import { openUsageStore } from './store.ts';
import type { UsageStore } from './store-types.ts';

const NOW = '2026-11-23T09:00:00Z';
const ports = nodePorts(NOW);
const QUOTA = 'test/fixtures/usage/cometapi-quota/ok-two-weeks/input.json';

const newFolder = async () => await realpath(await mkdtemp(join(tmpdir(), 'store-')));
const open = async (folder: string) =>
  await openUsageStore({ folder: join(folder, '.spendproof') }, ports);

async function save(folder: string, name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const exportOf = (plan: Plan, id: string) => {
  const found = plan.exports.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no export ${id}`);
  return found;
};

async function importInto(
  store: UsageStore,
  plan: Plan,
  id: string,
  { files, current = [] }: { files: string[]; current?: readonly Digest[] },
) {
  return await store.importExport({ export: exportOf(plan, id), plan, files, current });
}

function period(from: string, until: string, zone = 'UTC') {
  const [first, last] = [parsePlainDate(from), parsePlainDate(until)];
  if (first === undefined || last === undefined) throw new Error('no date');
  return periodOfDates(first, last, zone);
}

const ask = (
  plan: Plan,
  manifests: readonly Digest[],
  more: Partial<AggregateRequest> = {},
): AggregateRequest => ({
  manifests,
  plan,
  period: period('2026-11-09', '2026-11-16'),
  measures: ['requests', 'tokens', 'chargedCost'],
  by: [],
  filter: {},
  include: [],
  asOf: NOW,
  ...more,
});

const text = (measured: Measured | undefined) =>
  measured?.value === null || measured === undefined ? null : formatDecimal(measured.value);
const valuesOf = (measures: Readonly<Partial<Record<MeasureId, Measured>>>) =>
  Object.fromEntries(Object.entries(measures).map(([name, measured]) => [name, text(measured)]));

const csv = (...rows: string[]) => `${HEADER}\n${rows.join('\n')}\n`;
const quotaPlan = planOf(`timezone: Europe/Berlin
exports:
  - { id: quota, adapter: cometapi-quota, path: "exports/*.json", approved: { by: finops, date: 2026-11-16 } }`);

describe('an import', () => {
  it('writes files that their digests name, the input compressed, and says what the record needs', async () => {
    const folder = await newFolder();
    const store = await open(folder);
    const result = await importInto(store, quotaPlan, 'quota', { files: [QUOTA] });
    expect(result).toMatchObject({
      kind: 'imported',
      accepted: 38,
      quarantined: 0,
      start: '2026-11-08T23:00:00Z',
      end: '2026-11-22T23:00:00Z',
      completeThrough: '2026-11-22T23:00:00Z',
    });
    expect(result.cost.map(({ basis, currency, sum }) => [basis, currency, text(sum)])).toEqual([
      ['charged', 'USD', '323.18'],
    ]);
    const state = join(folder, '.spendproof');
    for (const place of ['usage/files', 'usage/manifests']) {
      const [name = ''] = await readdir(join(state, place));
      expect(sha256(await readFile(join(state, place, name)))).toBe(`sha256:${name.split('.')[0]}`);
    }
    const [input = ''] = await readdir(join(state, 'inputs'));
    expect(brotliDecompressSync(await readFile(join(state, 'inputs', input)))).toEqual(
      await readFile(QUOTA),
    );
    expect(await readdir(join(state, 'usage/temp'))).toEqual([]);
    await store.close();
  });

  it('of the same bytes changes nothing, under whatever name', async () => {
    const folder = await newFolder();
    const store = await open(folder);
    const once = await importInto(store, quotaPlan, 'quota', { files: [QUOTA] });
    await copyFile(QUOTA, join(folder, 'again.json'));
    const twice = await importInto(store, quotaPlan, 'quota', {
      files: [join(folder, 'again.json')],
      current: [once.manifest],
    });
    expect(twice).toEqual({ ...once, kind: 'unchanged' });
  });

  it('takes the larger counters of a day that a later export tells again', async () => {
    const folder = await newFolder();
    const store = await open(folder);
    const day = (used: number, requests: number) =>
      JSON.stringify({
        daily_quota: {
          '2026-11-22': [{ token_name: 'a', quota_used: used, request_count: requests }],
          '2026-11-21': [{ token_name: 'a', quota_used: 1, request_count: 1 }],
        },
      });
    const early = await save(folder, 'a.json', day(2, 10));
    const late = await save(folder, 'b.json', day(3, 15));
    const first = await importInto(store, quotaPlan, 'quota', { files: [early] });
    const second = await importInto(store, quotaPlan, 'quota', {
      files: [late],
      current: [first.manifest],
    });
    expect(second).toMatchObject({ accepted: 1, duplicate: 1, superseded: 1 });
    const both = [first.manifest, second.manifest];
    const week = { period: period('2026-11-16', '2026-11-23', 'Europe/Berlin') };
    expect(valuesOf((await store.aggregate(ask(quotaPlan, both, week))).total.measures)).toEqual({
      requests: '16',
      tokens: null,
      chargedCost: '4',
    });
    // The other order ends in the same table.
    const other = await open(await newFolder());
    const one = await importInto(other, quotaPlan, 'quota', { files: [late] });
    const two = await importInto(other, quotaPlan, 'quota', {
      files: [early],
      current: [one.manifest],
    });
    expect(two).toMatchObject({ accepted: 0, duplicate: 2, superseded: 0 });
    expect(
      valuesOf(
        (await other.aggregate(ask(quotaPlan, [one.manifest, two.manifest], week))).total.measures,
      ),
    ).toEqual({ requests: '16', tokens: null, chargedCost: '4' });
    // Old states stay readable.
    expect(
      text(
        (await store.aggregate(ask(quotaPlan, [first.manifest], week))).total.measures.chargedCost,
      ),
    ).toBe('3');
  });

  it('keeps identical rows of a keyless table apart, and counts an overlap once', async () => {
    const plan = tablePlan('key: none');
    const folder = await newFolder();
    const store = await open(folder);
    const row = '2026-11-09T10:00:00Z,r,m,w,s,1,1,0.5';
    const first = await importInto(store, plan, 'app', {
      files: [await save(folder, 'a.csv', csv(row, row))],
    });
    const again = await save(
      folder,
      'b.csv',
      csv(row, row, row, '2026-11-10T10:00:00Z,r,m,w,s,1,1,1'),
    );
    const second = await importInto(store, plan, 'app', {
      files: [again],
      current: [first.manifest],
    });
    expect(second).toMatchObject({ accepted: 2, duplicate: 2 });
    expect(
      text(
        (await store.aggregate(ask(plan, [first.manifest, second.manifest]))).total.measures
          .chargedCost,
      ),
    ).toBe('2.5');
  });

  it.each([
    ['latest-wins', { accepted: 1, superseded: 1, duplicate: 0 }, '3.25'],
    ['replace-partition', { accepted: 1, superseded: 2, duplicate: 0 }, '3'],
    ['append', { accepted: 0, superseded: 0, duplicate: 1 }, '1.25'],
  ])('restates by %s', async (rule, counts, sum) => {
    const plan = tablePlan(`key: [request]\n      restatement: ${rule}`);
    const folder = await newFolder();
    const store = await open(folder);
    const early = csv(
      '2026-11-09T10:00:00Z,r1,m,w,s,1,1,1',
      '2026-11-09T11:00:00Z,r2,m,w,s,1,1,0.25',
    );
    const first = await importInto(store, plan, 'app', {
      files: [await save(folder, 'a.csv', early)],
    });
    const late = await save(folder, 'b.csv', csv('2026-11-09T10:00:00Z,r1,m,w,s,1,1,3'));
    const second = await importInto(store, plan, 'app', {
      files: [late],
      current: [first.manifest],
    });
    expect(second).toMatchObject(counts);
    expect(
      text(
        (await store.aggregate(ask(plan, [first.manifest, second.manifest]))).total.measures
          .chargedCost,
      ),
    ).toBe(sum);
  });

  it('keeps no input when the plan says so', async () => {
    const plan = planOf(`exports:
  - { id: quota, adapter: cometapi-quota, path: "e/*.json", keep: none, approved: { by: finops, date: 2026-11-16 } }`);
    const folder = await newFolder();
    await importInto(await open(folder), plan, 'quota', { files: [QUOTA] });
    expect(await readdir(join(folder, '.spendproof/inputs'))).toEqual([]);
  });

  it('without a file, or with a missing one, ends with a code', async () => {
    const store = await open(await newFolder());
    await expect(importInto(store, quotaPlan, 'quota', { files: [] })).rejects.toMatchObject({
      code: 'file-missing',
    });
    await expect(
      importInto(store, quotaPlan, 'quota', { files: ['/nowhere.json'] }),
    ).rejects.toMatchObject({ code: 'file-missing' });
  });
});

describe('the disk', () => {
  it('is full in the middle: nothing is imported and the next import works', async () => {
    const folder = await newFolder();
    const full = nodePorts(NOW, {
      writeNew: async () =>
        await Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    });
    const failing = await openUsageStore({ folder: join(folder, '.spendproof') }, full);
    await expect(importInto(failing, quotaPlan, 'quota', { files: [QUOTA] })).rejects.toMatchObject(
      { code: 'disk-full' },
    );
    expect(await readdir(join(folder, '.spendproof/usage/manifests'))).toEqual([]);
    expect(await readdir(join(folder, '.spendproof/usage/temp'))).toEqual([]);
    expect(
      await importInto(await open(folder), quotaPlan, 'quota', { files: [QUOTA] }),
    ).toMatchObject({ kind: 'imported' });
  });

  it.skipIf(process.getuid?.() === 0)(
    'is read-only (skipped for root, who may write anyway)',
    async () => {
      const folder = await newFolder();
      await mkdir(join(folder, '.spendproof'));
      await chmod(join(folder, '.spendproof'), 0o500);
      const store = await open(folder);
      await expect(importInto(store, quotaPlan, 'quota', { files: [QUOTA] })).rejects.toMatchObject(
        { code: 'file-not-writable' },
      );
    },
  );

  it('lost or changed a file of the table: the answer is an error that names it', async () => {
    const folder = await newFolder();
    const store = await open(folder);
    const { manifest } = await importInto(store, quotaPlan, 'quota', { files: [QUOTA] });
    const files = join(folder, '.spendproof/usage/files');
    const [name = ''] = await readdir(files);
    const bytes = await readFile(join(files, name));
    await writeFile(join(files, name), Buffer.concat([bytes, Buffer.from('x')]));
    const fresh = await open(folder);
    await expect(fresh.aggregate(ask(quotaPlan, [manifest]))).rejects.toThrow(name.split('.')[0]);
    await rm(join(files, name));
    await expect(fresh.aggregate(ask(quotaPlan, [manifest]))).rejects.toMatchObject({
      code: 'export-unreadable',
    });
    const manifests = join(folder, '.spendproof/usage/manifests');
    const [one = ''] = await readdir(manifests);
    await writeFile(join(manifests, one), '{}');
    await expect(fresh.list([manifest], quotaPlan)).rejects.toThrow('was changed');
    await rm(join(manifests, one));
    await expect(fresh.list([manifest], quotaPlan)).rejects.toThrow('is missing');
  });

  it('keeps nothing of an import whose process died but what the next open removes', async () => {
    const folder = await newFolder();
    const temp = join(folder, '.spendproof/usage/temp');
    const child = spawn(process.execPath, [
      '-e',
      `
      const fs = require('fs'); const dir = ${JSON.stringify(temp)} + '/' + process.pid + '-01X';
      fs.mkdirSync(dir, {recursive: true}); fs.writeFileSync(dir + '/stage-000.parquet', 'PAR1');
      console.log('ready'); setInterval(() => {}, 1000);`,
    ]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await open(folder);
    expect(await readdir(temp)).toHaveLength(1);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await open(folder);
    expect(await readdir(temp)).toEqual([]);
  });
});

describe('an aggregate', () => {
  const rows = csv(
    '2026-11-09T10:00:00Z,r1,model-a,search,ada,100,10,0.5',
    '2026-11-09T22:59:00Z,r2,model-b,support-bot,bob,200,20,0.25',
    '2026-11-09T23:00:00Z,r3,model-a,search,ada,,,',
    '2026-11-11T12:00:00Z,r4,model-a,other,cy,5,1,0.000000000000000001',
  );
  const plan = tablePlan('key: [request]', 'workloads: [search, support-bot]');

  async function table() {
    const folder = await newFolder();
    const store = await open(folder);
    const { manifest } = await importInto(store, plan, 'app', {
      files: [await save(folder, 'a.csv', rows)],
    });
    return { store, manifests: [manifest] };
  }

  it('says what is known, what is not, and which days are missing', async () => {
    const { store, manifests } = await table();
    const answer = await store.aggregate(ask(plan, manifests));
    expect(answer.total.measures.chargedCost).toMatchObject({ knownRows: 3, totalRows: 4 });
    expect(valuesOf(answer.total.measures)).toEqual({
      requests: '4',
      tokens: '336',
      chargedCost: '0.750000000000000001',
    });
    expect(answer.coverage).toMatchObject({
      expected: 7,
      present: 2,
      completeThrough: '2026-11-11T12:00:00Z',
    });
    expect(answer.coverage.missing).toEqual([
      '2026-11-10',
      '2026-11-12',
      '2026-11-13',
      '2026-11-14',
      '2026-11-15',
    ]);
    expect(answer.requestsAre).toBe('operations');
    expect(answer.currencies).toEqual(['USD']);
  });

  it('puts rows on the date that a clock of the period shows, daylight saving included', async () => {
    const { store, manifests } = await table();
    const days = async (zone: string) =>
      (
        await store.aggregate(
          ask(plan, manifests, {
            period: period('2026-11-09', '2026-11-16', zone),
            measures: ['requests'],
          }),
        )
      ).days.map(({ date, measures }) => `${date} ${text(measures.requests)}`);
    expect(await days('UTC')).toEqual(['2026-11-09 3', '2026-11-11 1']);
    expect(await days('Europe/Berlin')).toEqual(['2026-11-09 2', '2026-11-10 1', '2026-11-11 1']);
    expect(await days('Asia/Kathmandu')).toEqual(['2026-11-09 1', '2026-11-10 2', '2026-11-11 1']);
  });

  it('gives one total whichever way it is grouped, and one sum of days', async () => {
    const { store, manifests } = await table();
    const groupings = [
      [],
      ['model'],
      ['workload'],
      ['day', 'model'],
      ['owner', 'outcome', 'export'],
    ] as const;
    for (const by of groupings) {
      const answer = await store.aggregate(ask(plan, manifests, { by }));
      const sum = answer.rows.reduce(
        (total, row) => total + (row.measures.chargedCost?.value ?? 0n),
        0n,
      );
      const ofDays = answer.days.reduce(
        (total, day) => total + (day.measures.chargedCost?.value ?? 0n),
        0n,
      );
      expect(sum).toBe(answer.total.measures.chargedCost?.value);
      expect(ofDays).toBe(sum);
    }
  });

  it('names a workload that the plan does not know, and counts seats once', async () => {
    const { store, manifests } = await table();
    const answer = await store.aggregate(
      ask(plan, manifests, { by: ['workload'], measures: ['requests', 'seats'] }),
    );
    expect(answer.rows.map(({ group }) => group.workload)).toEqual([
      'search',
      'support-bot',
      'unallocated/unknown-workload',
    ]);
    expect(text(answer.total.measures.seats)).toBe('3');
  });

  it('is a measured zero where a filter finds nothing in delivered days, and unknown where the export cannot tell', async () => {
    const { store, manifests } = await table();
    const total = async (filter: AggregateRequest['filter']) =>
      (await store.aggregate(ask(plan, manifests, { filter, measures: ['chargedCost'] }))).total
        .measures.chargedCost;
    expect(await total({ model: ['model-z'] })).toEqual({ value: 0n, knownRows: 0, totalRows: 0 });
    expect(await total({ key: ['some-key'] })).toMatchObject({
      value: null,
      knownRows: 0,
      totalRows: 4,
    });
    expect(await total({ environment: ['staging'] })).toMatchObject({
      value: null,
      knownRows: 0,
      totalRows: 0,
    });
  });

  it('does not count what came after the time of asking', async () => {
    const { store, manifests } = await table();
    const answer = await store.aggregate(ask(plan, manifests, { asOf: '2026-11-09T12:00:00Z' }));
    expect(text(answer.total.measures.requests)).toBe('1');
    expect(answer.coverage.expected).toBe(0);
  });

  it('of an empty table knows nothing, and no day of it', async () => {
    const store = await open(await newFolder());
    const answer = await store.aggregate(ask(plan, []));
    expect(answer).toMatchObject({ rows: [], days: [], exports: [], requestsAre: 'unknown' });
    expect(answer.total.measures.chargedCost).toEqual({ value: null, knownRows: 0, totalRows: 0 });
    expect(answer.coverage).toMatchObject({ expected: 7, present: 0, completeThrough: null });
  });

  it('counts one bill once: of reconciled exports the first that fills a measure', async () => {
    const both = planOf(`exports:
  - { id: quota, adapter: cometapi-quota, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }
  - { id: usage, adapter: openai-usage, path: "u/*.json", approved: { by: finops, date: 2026-11-16 } }
reconcile:
  - { id: one, of: [quota, usage] }`);
    const folder = await newFolder();
    const store = await open(folder);
    const quota = await importInto(store, both, 'quota', { files: [QUOTA] });
    const usage = await importInto(store, both, 'usage', {
      files: ['test/fixtures/usage/openai-usage/ok-pages/input.json'],
    });
    const answer = await store.aggregate(ask(both, [quota.manifest, usage.manifest]));
    expect(answer.exports).toEqual(['quota', 'usage']);
    expect(text(answer.total.measures.tokens)).toBe('396');
    const alone = await store.aggregate(
      ask(both, [quota.manifest], { measures: ['requests', 'chargedCost'] }),
    );
    expect(text(answer.total.measures.requests)).toBe(text(alone.total.measures.requests));
    // The empty closed bucket of the 11th is a present day, the 12th has none.
    const only = await store.aggregate(ask(both, [usage.manifest], { measures: ['tokens'] }));
    expect(only.coverage.missing).toEqual(['2026-11-12', '2026-11-14', '2026-11-15']);
    expect(only.days.find(({ date }) => date === '2026-11-11')?.measures.tokens).toEqual({
      value: 0n,
      knownRows: 0,
      totalRows: 0,
    });
  });

  it('adds no two currencies', async () => {
    const focus = planOf(`exports:
  - { id: bill, adapter: focus, path: "e/*.csv", approved: { by: finops, date: 2026-11-16 } }`);
    const folder = await newFolder();
    const store = await open(folder);
    const head = 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd\n';
    const row = (currency: string) =>
      `1,${currency},Usage,2026-11-09 00:00:00,2026-11-10 00:00:00\n`;
    const path = await save(folder, 'x.csv', head + row('USD') + row('EUR'));
    const { manifest, cost } = await importInto(store, focus, 'bill', { files: [path] });
    expect(cost.map(({ currency, sum }) => [currency, text(sum)])).toEqual([
      ['EUR', '1'],
      ['USD', '1'],
    ]);
    const answer = await store.aggregate(ask(focus, [manifest], { measures: ['chargedCost'] }));
    expect(answer.flags).toContain('currency-mixed');
    expect(answer.total.measures.chargedCost).toEqual({ value: null, knownRows: 0, totalRows: 2 });
  });

  it('explains where rows came from, and lists imports with what is left of them', async () => {
    const { store, manifests } = await table();
    const [found] = await store.explain({ manifests, ref: 'r2' });
    expect(found).toMatchObject({ export: 'app', rows: 1, key: ['request_ref'] });
    expect(await store.explain({ manifests, ref: 'nobody' })).toEqual([]);
    expect(await store.explain({ manifests, export: 'app', date: '2026-11-09' })).toMatchObject([
      { rows: 3 },
    ]);
    expect(await store.list(manifests, plan)).toMatchObject([
      { accepted: 4, live: 1, files: ['a.csv'] },
    ]);
  });
});
