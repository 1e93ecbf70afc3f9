import { readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await openBench('2026-11-23T08:00:00Z');
  await mkdir(join(bench.folder, 'exports'));
  await copyFile(
    resolve('test/fixtures/cli/quota-two-weeks.json'),
    join(bench.folder, 'exports/quota.json'),
  );
  await bench.run('init', '--provider', 'cometapi', '--tz', 'UTC');
  await bench.run('usage', 'import');
});

describe('a wrong word', () => {
  it.each([
    [['usage', 'explain', '--date', 'yesterday'], 'Expected --date to be a date, got "yesterday"'],
    [['usage', 'explain', '--export', 'qouta'], 'Did you mean quota?'],
    [['usage', 'compact', 'nothing'], 'Expected the name of an export of the plan'],
    [['allocate', 'explain', 'key=a,date=2026-11-99'], 'Expected date to be a date'],
    [
      ['usage', 'aggregate', '--from', '2026-11-20', '--until', '2026-11-01'],
      'two dates in order, got 2026-11-20 and 2026-11-01',
    ],
    [
      ['usage', 'export', 'a.csv', '--from', '2026-11-20'],
      'two dates in order, got 2026-11-20 and no --until',
    ],
    [
      ['usage', 'export', 'a.csv', '--for', 'spreadsheets'],
      'Expected --for to be one of spreadsheet, tool, got "spreadsheets"',
    ],
  ])('%j ends with 2 and is named', async (argv, said) => {
    const { exit, stderr } = await bench.run(...argv);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});

describe('the file of usage export', () => {
  it.each([
    ['missing/out.csv', 'error[file-missing] Expected a folder for the file, found no '],
    ['spendproof.yaml', 'error[usage] Expected a new file, got '],
  ])('%s is refused before rows are written', async (file, said) => {
    const { exit, stderr } = await bench.run('usage', 'export', file);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  it('is there whole, with nothing beside it', async () => {
    await mkdir(join(bench.folder, 'out'));
    expect((await bench.run('usage', 'export', 'out/a.csv')).exit).toBe(0);
    expect(readdirSync(join(bench.folder, 'out'))).toEqual(['a.csv']);
  });

  it('is not blamed on the store when its place refuses it', async () => {
    await writeFile(join(bench.folder, 'file'), '');
    const { exit, stderr } = await bench.run('usage', 'export', 'file/a.csv');
    expect([exit, stderr]).toEqual([4, expect.stringContaining('file/a.csv cannot be written')]);
  });

  it('guards texts that a spreadsheet would run, unless it is written for a tool, and says so', async () => {
    const path = join(bench.folder, 'exports/quota.json');
    const text = await readFile(path, 'utf8');
    const [, name] = /"token_name": ?"([^"]+)"/.exec(text) ?? [];
    await writeFile(path, text.replaceAll(`"${name}"`, '"@ops"'));
    expect((await bench.run('usage', 'import')).exit).toBe(0);
    const argv = ['out/plain.csv', '--as', 'csv', '--for', 'tool'];
    const plain = await bench.run('usage', 'export', ...argv);
    expect([plain.exit, plain.stderr]).toEqual([
      0,
      expect.stringContaining('open the file in none'),
    ]);
    const guarded = await bench.run('usage', 'export', 'out/guarded.csv', '--as', 'csv');
    expect([guarded.exit, guarded.stderr]).toEqual([0, expect.stringContaining('--for tool')]);
    const read = async (file: string) => await readFile(join(bench.folder, 'out', file), 'utf8');
    expect(await read('plain.csv')).toContain(',@ops,');
    expect(await read('guarded.csv')).not.toContain(',@ops,');
    expect(await read('guarded.csv')).toContain(",'@ops,");
  });
});
