import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectGolden, openBench } from './harness.ts';

const EXPORTS = resolve('../shared/data/exports');
const here = existsSync(EXPORTS);
const GOLDEN = resolve('test/fixtures/cli/look');

/** Real captures; they are not in the repository, only what we say of them is. */
const REAL = [
  ['openai-30-days', 'openai-org-usage/usage_completions_30d.json'],
  ['new-api-admin-log', 'new-api/api_log_admin.real.json'],
  ['focus-sample', 'focus/focus_1.0_sample_1000.csv'],
  ['openrouter-7-columns', 'openrouter/activity_export.sample.csv'],
  ['openrouter-6-columns', 'openrouter/activity_export.sample2.csv'],
] as const;

describe.skipIf(!here)('look at real exports (skipped without ../shared)', () => {
  it.each(REAL)('shows %s as in its golden file', async (name, file) => {
    const bench = await openBench();
    const copy = file.split('/').at(-1) ?? '';
    await copyFile(join(EXPORTS, file), join(bench.folder, copy));
    const { exit, stdout } = await bench.run('look', copy);
    expect(exit).toBe(0);
    await expectGolden(join(GOLDEN, `${name}.txt`), stdout);
  });

  it('reads a 24-column OpenRouter export: the header alone has no rows', async () => {
    const bench = await openBench();
    await copyFile(
      join(EXPORTS, 'openrouter/activity_export.header.csv'),
      join(bench.folder, 'a.csv'),
    );
    const { stdout } = await bench.run('look', 'a.csv', '--json');
    expect(JSON.parse(stdout).data[0]).toMatchObject({ adapter: 'openrouter-activity', rows: 0 });
  });

  it('reproduces the known truths of the OpenAI file exactly', async () => {
    const bench = await openBench();
    const { stdout } = await bench.run('look', join(EXPORTS, REAL[0][1]), '--json');
    const [found] = JSON.parse(stdout).data;
    const total = (name: string): string => found.totals[name].value;
    expect([
      total('inputTokens'),
      total('outputTokens'),
      total('requests'),
      total('cacheReadInputTokens'),
    ]).toEqual(['16951009', '729421', '19347', '168128']);
    expect([found.buckets.count, found.buckets.empty.length, found.buckets.partial.length]).toEqual(
      [31, 5, 2],
    );
  });

  it('reproduces the billed cost of the FOCUS sample exactly', async () => {
    const bench = await openBench();
    const { stdout } = await bench.run('look', join(EXPORTS, REAL[2][1]), '--json');
    const [found] = JSON.parse(stdout).data;
    expect([found.rows, found.totals.chargedCost.value]).toEqual([1000, '20.52022672899']);
  });
});

describe('look', () => {
  it('shows a CometAPI quota body: requests and cost by day and key, and what it cannot tell', async () => {
    const bench = await openBench();
    await copyFile(
      resolve('test/fixtures/cli/quota-two-weeks.json'),
      join(bench.folder, 'quota.json'),
    );
    const { exit, stdout } = await bench.run('look', 'quota.json');
    expect(exit).toBe(0);
    await expectGolden(join(GOLDEN, 'cometapi-quota.txt'), stdout);
  });

  it('records nothing and leaves nothing behind', async () => {
    const bench = await openBench();
    await copyFile(
      resolve('test/fixtures/cli/quota-two-weeks.json'),
      join(bench.folder, 'quota.json'),
    );
    await bench.run('look', 'quota.json');
    expect(existsSync(join(bench.folder, '.spendproof'))).toBe(false);
  });

  it('names a file that is not there, and how to go on', async () => {
    const bench = await openBench();
    const { exit, stderr } = await bench.run('look', 'nothing.json');
    expect(exit).toBe(2);
    expect(stderr).toContain('error[file-missing]');
    expect(stderr).toContain('nothing.json');
  });

  it('says which adapters there are when none recognises a file', async () => {
    const bench = await openBench();
    await writeFile(join(bench.folder, 'notes.csv'), 'a,b\n1,2\n');
    const { exit, stderr } = await bench.run('look', 'notes.csv');
    expect(exit).toBe(2);
    expect(stderr).toContain('error[export-unknown]');
  });

  it('refuses a truncated JSON page', async () => {
    const bench = await openBench();
    await writeFile(
      join(bench.folder, 'page.json'),
      '{"object":"page","data":[{"object":"bucket","start_time":1',
    );
    const { exit, stderr } = await bench.run('look', 'page.json');
    expect([2, 5]).toContain(exit);
    expect(stderr).toMatch(/error\[export-un/);
  });

  it('needs a file', async () => {
    const bench = await openBench();
    expect((await bench.run('look')).exit).toBe(2);
  });

  it('writes the days as CSV without formulas', async () => {
    const bench = await openBench();
    await mkdir(join(bench.folder, 'x'), { recursive: true });
    await copyFile(
      resolve('test/fixtures/cli/quota-two-weeks.json'),
      join(bench.folder, 'x', 'quota.json'),
    );
    const { stdout } = await bench.run('look', 'x/quota.json', '--format', 'csv');
    expect(stdout.split('\r\n')[1]).toMatch(/^x\/quota\.json,2026-11-09,/);
  });
});
