import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from '../cli/harness.ts';

interface Found {
  readonly kind: string;
  readonly from?: string;
  readonly subject: string;
  readonly missing?: readonly string[];
}

let bench: Bench;

async function reproduce(): Promise<{ readonly exit: number; readonly records: readonly Found[] }> {
  const { exit, stdout } = await bench.run(
    'reproduce',
    '--all',
    '--json',
    '--config',
    join(bench.folder, 'demo', 'spendproof.yaml'),
  );
  return { exit, ...(JSON.parse(stdout) as { data: { records: readonly Found[] } }).data };
}

beforeAll(async () => {
  bench = await openBench();
  const { exit, stderr } = await bench.run('demo', '--dir', join(bench.folder, 'demo'));
  expect(exit, `demo: ${stderr}`).toBe(0);
  bench.env['SPENDPROOF_HOME'] = join(bench.folder, 'demo', 'keys');
});

describe('a review with documents, a smoke test and its usage', () => {
  it('is derived again: pages from their kept texts, the smoke test from its observation', async () => {
    const { exit, records } = await reproduce();
    expect(records.filter(({ kind }) => kind !== 'same')).toEqual([]);
    expect(exit).toBe(0);
    const from = (kind: string) =>
      new Set(records.filter(({ subject }) => subject.startsWith(kind)).map((one) => one.from));
    expect(from('document-check')).toEqual(new Set(['inputs']));
    expect(from('smoke')).toEqual(new Set(['observation']));
    expect(from('usage-link')).toEqual(new Set(['inputs']));
    expect(from('accept')).toEqual(new Set(['stated']));
  });

  it('names the text of a page that is not there any more', async () => {
    const folder = join(bench.folder, 'demo', '.spendproof', 'documents');
    // Beside the texts stands what may be rebuilt: validators and what was seen of robots.txt.
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json.gz'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) await rm(join(folder, name));
    const { exit, records } = await reproduce();
    expect(exit).toBe(5);
    const gaps = records.filter(({ kind }) => kind === 'gap');
    expect(new Set(gaps.map(({ subject }) => subject.split(' ')[0]))).toEqual(
      new Set(['document-check']),
    );
    const digests = new Set(names.map((name) => `text sha256:${name.slice(0, 64)}`));
    expect(new Set(gaps.flatMap(({ missing }) => missing))).toEqual(digests);
  });
});
