import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBench } from './harness.ts';

it.each([
  [['--tz', 'Europe/Berln'], 'Expected --tz to be an IANA zone, got "Europe/Berln"'],
  [['--provider', 'cometpai'], 'Did you mean cometapi?'],
  [['--provider', 'somebody'], 'Leave it out for another provider.'],
  [['--currency', 'Dollars'], 'currency'],
  [['--owner', 'Fin Ops!'], 'owner'],
])('refuses %j before anything is written', async (options, said) => {
  const bench = await openBench();
  const { exit, stderr } = await bench.run('init', ...options);
  expect(exit).toBe(2);
  expect(stderr).toContain(said);
  expect(readdirSync(bench.folder)).toEqual([]);
});

it('is what comes after a plan that has no ledger yet', async () => {
  const bench = await openBench();
  await writeFile(join(bench.folder, 'spendproof.yaml'), 'version: 1\n');
  expect((await bench.run('plan')).stderr).toContain('Next: spendproof init');
  await bench.run('init');
  expect((await bench.run('plan')).stderr).toContain('Next: spendproof review');
});

it('says which options a plan that was there already does not follow', async () => {
  const bench = await openBench();
  await bench.run('init', '--tz', 'UTC');
  const plan = await readFile(join(bench.folder, 'spendproof.yaml'), 'utf8');
  const { exit, stderr } = await bench.run('init', '--tz', 'Europe/Berlin', '--currency', 'EUR');
  expect(exit).toBe(0);
  expect(stderr).toContain(
    'warning: spendproof.yaml was there already: --tz, --currency changed nothing in it',
  );
  expect(await readFile(join(bench.folder, 'spendproof.yaml'), 'utf8')).toBe(plan);
});

it('names the adapters where `look` is given another word', async () => {
  const bench = await openBench();
  await writeFile(join(bench.folder, 'a.csv'), 'a,b\n1,2\n');
  const { exit, stderr } = await bench.run('look', 'a.csv', '--adapter', 'cursor');
  expect(exit).toBe(2);
  expect(stderr).toContain('error[usage] Expected --adapter to be one of anthropic-');
});
