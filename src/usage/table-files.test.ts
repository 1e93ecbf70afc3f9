import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import type { Digest } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { openUsageStore } from './store.ts';
import type { ImportResult, UsageStore } from './store-types.ts';

let folder: string;
let store: UsageStore;
let table: Digest[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'table-files-')));
  store = await openUsageStore({ folder }, nodePorts('2026-11-23T09:00:00Z'));
  table = [];
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function take(
  plan: Plan,
  files: Readonly<Record<string, readonly string[]>>,
  place = 0,
): Promise<ImportResult> {
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, lines]) => {
      const path = join(folder, name);
      await writeFile(path, `${lines.join('\n')}\n`);
      return path;
    }),
  );
  const of = plan.exports[place];
  if (of === undefined) throw new Error('no export');
  const result = await store.importExport({ export: of, plan, files: paths, current: table });
  table.push(result.manifest);
  return result;
}

const rowsIn = async () =>
  (await store.explain({ manifests: table })).reduce((sum, { rows }) => sum + rows, 0);
const line = (ref: string, input = 1) => `2026-11-10T10:00:00Z,${ref},m,w,s,${input},1,1`;

describe('files of the table that hold the same bytes', () => {
  it('count each, where equal rows come one after the other', async () => {
    const plan = tablePlan('key: none');
    for (const times of [1, 2, 3, 4]) {
      const lines = [HEADER, ...Array.from({ length: times }, () => line('x'))];
      expect(await take(plan, { [`${times}.csv`]: lines })).toMatchObject({
        accepted: 1,
        duplicate: times - 1,
      });
      expect(await rowsIn()).toBe(times);
    }
    const made = await store.compact({ export: 'app', manifests: table });
    expect(made).toMatchObject({ before: 4, after: 1, rows: 4 });
  });

  it('count each, where a newer export leaves the same rows in two of them', async () => {
    const plan = tablePlan('key: none\n      restatement: replace-partition');
    const old = line('x').replace('-10T', '-11T');
    await take(plan, { 'a.csv': [HEADER, line('a'), line('b'), line('c'), old] });
    const parts = { 'a.csv': [HEADER, line('d'), line('e'), line('f'), old] };
    const both = [HEADER, line('g'), line('h'), line('i'), old];
    expect(await take(plan, { ...parts, 'b.csv': both })).toMatchObject({
      accepted: 8,
      flagged: 1,
    });
    expect(await take(plan, { 'c.csv': [HEADER, line('z')] })).toMatchObject({ superseded: 6 });
    expect(await rowsIn()).toBe(3);
  });

  it('belong each to its export: what one removes the other keeps', async () => {
    const one = (id: string) =>
      `{ id: ${id}, adapter: table, disjoint: true, path: "${id}/*", approved: { by: finops, date: 2026-11-16 }, table: { format: { kind: csv }, key: [request], restatement: max-wins, columns: { startAt: ts, requestRef: request }, tokens: { input: in, output: out } } }`;
    const plan = planOf(`exports: [${one('a')}, ${one('b')}]`);
    const lines = [HEADER, line('x')];
    await take(plan, { 'a.csv': lines }, 0);
    await take(plan, { 'a.csv': lines }, 1);
    expect(await rowsIn()).toBe(2);
    await take(plan, { 'b.csv': [HEADER, line('x', 5)] }, 1);
    const found = await store.explain({ manifests: table, ref: 'x' });
    expect(found.map((each) => each.export)).toEqual(['a', 'b']);
    expect((await store.list(table, plan)).map(({ live }) => live)).toEqual([1, 0, 1]);
    expect(await store.rowsOf({ manifests: table, ref: 'x' })).toHaveLength(2);
  });
});

it('explains a row by the file that told it, also where a later import took its neighbour', async () => {
  const plan = tablePlan('key: [request]\n      restatement: max-wins');
  await take(plan, { 'a.csv': [HEADER, line('x'), line('y'), line('z')] });
  await take(plan, { 'b.csv': [HEADER, line('y', 5)] });
  await take(plan, { 'c.csv': [HEADER, line('z', 5)] });
  const from = async (ref: string) =>
    (await store.explain({ manifests: table, ref })).map(({ inputs }) =>
      inputs.map(({ name }) => name),
    );
  expect(await from('x')).toEqual([['a.csv']]);
  expect(await from('y')).toEqual([['b.csv']]);
  expect(await from('z')).toEqual([['c.csv']]);
});

it('replaces days of the zone of its export, not those of UTC that they touch', async () => {
  const mapping = 'key: none, restatement: replace-partition';
  const plan = planOf(`exports:
  - { id: app, adapter: table, zone: Europe/Berlin, path: "x/*", approved: { by: finops, date: 2026-11-16 }, table: { format: { kind: csv }, ${mapping}, columns: { startAt: ts }, tokens: { input: in, output: out } } }`);
  const at = (ts: string) => `2026-11-${ts}:00Z,r,m,w,s,1,1,1`;
  await take(plan, { 'tenth.csv': [HEADER, at('09T23:30'), at('10T12:00')] });
  const eleventh = [HEADER, at('10T23:30'), at('11T12:00')];
  expect(await take(plan, { 'eleventh.csv': eleventh })).toMatchObject({ superseded: 0 });
  expect(await rowsIn()).toBe(4);
  expect(await take(plan, { 'again.csv': [...eleventh, at('11T13:00')] })).toMatchObject({
    superseded: 2,
    shrunk: [],
  });
  expect(await take(plan, { 'short.csv': [HEADER, at('10T23:30')] })).toMatchObject({
    shrunk: [{ date: '2026-11-11', before: 3, after: 1 }],
  });
});

it.each([
  ['workload', '2026-11-10T10:00:00Z,x,m,other,s,1,1,1'],
  ['model', '2026-11-10T10:00:00Z,x,n,w,s,1,1,1'],
  ['seat', '2026-11-10T10:00:00Z,x,m,w,t,1,1,1'],
  ['time', '2026-11-11T10:00:00Z,x,m,w,s,1,1,1'],
])('takes a later version of a row that differs in nothing but its %s', async (_what, later) => {
  const plan = tablePlan('key: [request]\n      restatement: latest-wins');
  await take(plan, { 'a.csv': [HEADER, line('x')] });
  const counts = { accepted: 1, duplicate: 0, superseded: 1 };
  expect(await take(plan, { 'b.csv': [HEADER, later] })).toMatchObject(counts);
  expect(await take(plan, { 'c.csv': [HEADER, later, line('y')] })).toMatchObject({
    accepted: 1,
    duplicate: 1,
  });
});
