import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
  await bench.run('init', '--tz', 'UTC');
});

describe('--out', () => {
  it('writes the result to a new file, and to one that is there', async () => {
    for (const command of ['plan', 'ledger']) {
      const { exit, stdout } = await bench.run(command, '--out', 'result.txt');
      expect([exit, stdout]).toEqual([0, '']);
    }
    expect(await readFile(join(bench.folder, 'result.txt'), 'utf8')).toContain('genesis');
    expect(readdirSync(bench.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('never overwrites a plan, by whatever name', async () => {
    const path = join(bench.folder, 'spendproof.yaml');
    const plan = await readFile(path, 'utf8');
    symlinkSync(path, join(bench.folder, 'link.txt'));
    await writeFile(join(bench.folder, 'other.yaml'), plan);
    for (const argv of [
      ['plan', '--out', 'spendproof.yaml'],
      ['plan', '--out', 'link.txt'],
      ['plan', '--out', 'other.yaml', '--config', 'other.yaml'],
    ]) {
      const { exit, stderr } = await bench.run(...argv);
      expect([exit, stderr]).toEqual([2, expect.stringContaining('is the plan')]);
    }
    expect(await readFile(path, 'utf8')).toBe(plan);
    expect(await readFile(join(bench.folder, 'other.yaml'), 'utf8')).toBe(plan);
  });

  it.each([
    ['missing/a.txt', 'error[file-missing] Expected a folder for --out, found no '],
    ['spendproof.yaml/a.txt', 'error[file-missing] Expected a folder for --out, found no '],
    ['reports', 'is a folder'],
    ['.spendproof/ledger/checkpoint', 'is the project’s own state'],
  ])('refuses %s before a review is held', async (out, said) => {
    mkdirSync(join(bench.folder, 'reports'));
    const before = (await bench.run('ledger')).stdout;
    const { exit, stderr } = await bench.run('review', '--out', out);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect((await bench.run('ledger')).stdout).toBe(before);
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
  });

  it('writes to a device as it comes', async () => {
    expect((await bench.run('plan', '--out', '/dev/null')).exit).toBe(0);
  });
});
