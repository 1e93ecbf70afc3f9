import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectGolden, openBench } from './harness.ts';

it('proposes a mapping with the share of rows that each way of counting explains', async () => {
  const bench = await openBench();
  const rows = [
    'created_at,request_id,model,prompt_tokens,completion_tokens,cached_tokens,total_tokens,cost',
    '2026-11-09T10:00:00Z,r1,m,100,20,40,160,0.5',
    '2026-11-09T10:01:00Z,r2,m,100,20,40,160,0.5',
    '2026-11-09T10:02:00Z,r3,m,100,20,40,161,0.5',
  ];
  await writeFile(join(bench.folder, 'unknown.csv'), `${rows.join('\n')}\n`);
  const { exit, stdout } = await bench.run('usage', 'map', 'unknown.csv');
  expect(exit).toBe(0);
  await expectGolden('test/fixtures/cli/usage-map.txt', stdout);
  // The entry is whole: with the words of a person it is a plan that reads the file.
  const entry = stdout.slice(stdout.indexOf('exports:'));
  const approved = entry.replace('ROLE', 'finops').replace('YYYY-MM-DD', '2026-11-16');
  await writeFile(
    join(bench.folder, 'spendproof.yaml'),
    `version: 1\nowner: finops\nnotify: { file: outbox }\n${approved}\n`,
  );
  await bench.run('init');
  const imported = await bench.run('usage', 'import');
  expect(imported.stdout, imported.stderr).toContain('unknown: 2 accepted, 1 left out');
});

it('ends with a gap when nothing can be proposed', async () => {
  const bench = await openBench();
  await writeFile(join(bench.folder, 'unknown.csv'), 'a,b\n1,2\n');
  const { exit, stdout } = await bench.run('usage', 'map', 'unknown.csv');
  expect(exit).toBe(5);
  expect(stdout).toContain('No column holds a time');
});
