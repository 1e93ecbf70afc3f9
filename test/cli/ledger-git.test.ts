import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { git as gitIn } from '../git.ts';
import { type Bench, openBench } from './harness.ts';

let bench: Bench;
const ledger = (): string => join(bench.folder, '.spendproof/ledger');

const git = (...words: readonly string[]): string => gitIn(bench.folder, ...words);

/** Adds records and commits the ledger. */
async function grow(by: string): Promise<void> {
  expect((await bench.run('review')).exit).toBe(0);
  git('add', '-f', '.spendproof/ledger');
  git('commit', '-qm', by);
}

const verify = async (...argv: readonly string[]) =>
  await bench.run('ledger', 'verify', '--trusted', 'git', ...argv);

describe('ledger verify --trusted git', () => {
  beforeAll(async () => {
    bench = await openBench();
    writeFileSync(join(bench.folder, 'spendproof.yaml'), 'version: 1\nowner: finops\n');
    expect((await bench.run('init')).exit).toBe(0);
    git('init', '-q', '-b', 'main');
  });

  it('asks for a checkpoint that is committed', async () => {
    const { exit, stderr } = await verify();
    expect(exit).toBe(2);
    expect(stderr).toContain('Expected a ledger whose checkpoint is committed');
  });

  it('accepts a ledger that contains every checkpoint that was committed', async () => {
    for (const name of ['first', 'second', 'third']) await grow(name);
    expect(git('rev-list', '--count', 'HEAD').trim()).toBe('3');
    const { exit, stdout } = await verify();
    expect([exit, stdout.startsWith('ok   ')]).toEqual([0, true]);
  });

  it('refuses a copy that is older than what was committed, on a machine that never saw the ledger', async () => {
    const kept = join(bench.folder, 'kept');
    cpSync(ledger(), kept, { recursive: true });
    await grow('fourth');
    const newest = join(bench.folder, 'newest');
    cpSync(ledger(), newest, { recursive: true });
    const home = bench.env['SPENDPROOF_HOME'];
    bench.env['SPENDPROOF_HOME'] = join(bench.folder, 'another-machine');
    rmSync(ledger(), { recursive: true });
    cpSync(kept, ledger(), { recursive: true });
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
    const { exit, stdout } = await verify();
    expect(exit).toBe(7);
    const head = git('rev-parse', '--short=12', 'HEAD').trim();
    expect(stdout).toMatch(
      new RegExp(`rollback: Expected the \\d+ records that the checkpoint of commit ${head} says`),
    );
    rmSync(ledger(), { recursive: true });
    cpSync(newest, ledger(), { recursive: true });
    bench.env['SPENDPROOF_HOME'] = home;
  });

  it('refuses a clone that was cut off, because nobody can say what came before', async () => {
    const clone = join(bench.folder, 'clone');
    git('clone', '-q', '--depth', '1', `file://${bench.folder}`, clone);
    const { exit, stderr } = await verify('--ledger', join(clone, '.spendproof/ledger'));
    expect(exit).toBe(2);
    expect(stderr).toContain('fetch-depth: 0');
  });
});
