import { appendFileSync } from 'node:fs';
import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import type { Digest, Ports } from '../core/index.ts';
import { openUsageStore } from './store.ts';
import type { UsageStore } from './store-types.ts';

const plan = planOf(`exports:
  - id: app
    adapter: table
    path: "*.csv"
    zone: UTC
    table:
      format: { kind: csv, delimiter: ",", header: [ts, request, in, out] }
      key: [request]
      columns: { startAt: ts, requestRef: request }
      tokens: { input: in, output: out }
    approved: { by: finops, date: 2026-11-16 }
`);
const HEADER = 'ts,request,in,out\n';
const line = (id: string): string => `2026-11-10T10:00:00Z,${id},5,1\n`;

let folder: string;
let written: number;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'spendproof-growing-')));
  written = 0;
});

/** An import names its folder by ten bytes of chance, after it has looked at its files and before it reads them. */
function portsThatGrow(file: string, times: number): Ports {
  const ports = nodePorts('2026-11-23T09:00:00Z');
  const bytes: Ports['random']['bytes'] = (count) => {
    if (count === 10 && written < times) {
      written += 1;
      appendFileSync(file, line(`grown-${written}`));
    }
    return ports.random.bytes(count);
  };
  return { ...ports, random: { bytes } };
}

async function importAll(store: UsageStore, files: readonly string[]) {
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const current: Digest[] = [];
  const accepted: number[] = [];
  for (;;) {
    const result = await store.importExport({ export: of, plan, files, current });
    if (result.kind === 'imported') accepted.push(result.accepted);
    current.push(result.manifest);
    if (result.remaining === 0) return { accepted, current };
  }
}

describe('a file that is written to while it is read', () => {
  it('is known by no bytes whose rows nobody has', async () => {
    const file = join(folder, 'a.csv');
    await writeFile(file, HEADER + line('one'));
    const store = await openUsageStore({ folder }, portsThatGrow(file, 1));
    const { accepted } = await importAll(store, [file]);
    expect([written, accepted]).toEqual([1, [2]]);
    await store.close();
  });

  it('is left for the next import, the others are imported', async () => {
    const [growing, still] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
    await writeFile(growing, HEADER + line('one'));
    await writeFile(still, HEADER + line('two') + line('three'));
    const store = await openUsageStore({ folder }, portsThatGrow(growing, 1));
    const { accepted } = await importAll(store, [growing, still]);
    expect(accepted).toEqual([2, 2]);
    await store.close();
  });

  it('that is the only new one is read again, not taken for imported', async () => {
    const [growing, still] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
    await writeFile(still, HEADER + line('two'));
    const quiet = await openUsageStore({ folder }, portsThatGrow(growing, 0));
    const [of] = plan.exports;
    if (of === undefined) throw new Error('no export');
    const before = await quiet.importExport({ export: of, plan, files: [still], current: [] });
    await quiet.close();
    await writeFile(growing, HEADER + line('one'));
    const store = await openUsageStore({ folder }, portsThatGrow(growing, 1));
    const result = await store.importExport({
      export: of,
      plan,
      files: [growing, still],
      current: [before.manifest],
    });
    expect([result.kind, result.accepted, result.remaining]).toEqual(['imported', 2, 0]);
    await store.close();
  });

  it('each time is an evidence gap by its name', async () => {
    const file = join(folder, 'a.csv');
    await writeFile(file, HEADER + line('one'));
    const store = await openUsageStore({ folder }, portsThatGrow(file, 99));
    await expect(importAll(store, [file])).rejects.toMatchObject({
      code: 'export-unreadable',
      content: { file: 'a.csv' },
    });
    expect(written).toBe(3);
    await store.close();
  });
});
