import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { git as gitIn } from '../git.ts';
import { sarifProblems } from '../sarif.ts';
import { type Bench, openBench } from './harness.ts';

let bench: Bench;
let project: string;

const guard = async (...words: readonly string[]) =>
  await bench.run('guard', ...words, '--config', join(project, 'spendproof.yaml'));

const git = (...words: readonly string[]): string => gitIn(project, ...words);

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = join(project, path);
  await writeFile(file, change(await readFile(file, 'utf8')));
}

beforeAll(async () => {
  bench = await openBench();
  project = join(bench.folder, 'demo');
  expect((await bench.run('demo', '--dir', project)).exit).toBe(0);
  bench.env['SPENDPROOF_HOME'] = join(project, 'keys');
  bench.env['PATH'] = process.env['PATH'];
  await edit('.gitignore', (text) => `${text}keys/\n`);
  await edit(
    'spendproof.yaml',
    (text) =>
      `${text}guards:\n  areas: { smoke: [smoke/**] }\n  environment: { lockfile: package-lock.json, flags: [MODE] }\n`,
  );
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'base');
  git('tag', 'base');
});

describe('spendproof guard', () => {
  it('gap: takes a fresh review for evidence, and not one of weeks ago', async () => {
    expect(await guard('gap')).toMatchObject({ exit: 0, stdout: 'evidence-gap  pass\n' });
    bench.at('2026-12-23T08:00:00Z');
    const late = await guard('gap', '--no-record');
    bench.at('2026-11-23T08:00:00Z');
    expect(late.exit).toBe(5);
    expect(late.stdout).toContain('smoke:chat-minimal');
    expect(late.stdout).toContain('document:example-pricing');
    expect(late.stdout).toMatch(/export:[a-z-]+ is missing, stale/);
  });

  it('handoff: judges the newest, and says when there is none', async () => {
    expect(await guard('handoff')).toMatchObject({ exit: 0, stdout: 'weak-handoff  pass\n' });
    expect((await guard('handoff', '2031-W01', '--no-record')).exit).toBe(5);
  });

  it('environment: a hosted run begins the row, and a bent one breaks it', async () => {
    expect((await guard('environment', '--no-record')).exit).toBe(5);
    bench.env['CI'] = 'true';
    expect((await guard('environment')).exit).toBe(0);
    delete bench.env['CI'];
    expect((await guard('environment')).exit).toBe(0);
    bench.env['NODE_OPTIONS'] = '--require ./canary.js --inspect=canary';
    bench.env['MODE'] = 'other';
    const bent = await guard('environment', '--format', 'github');
    expect(bent.exit).toBe(3);
    expect(bent.stdout).toContain('title=spendproof%3A environment-mismatch/node-options::');
    expect(bent.stdout).toContain('title=spendproof%3A environment-mismatch/flags::');
    expect(bent.stdout + bent.stderr).not.toContain('canary');
    delete bench.env['NODE_OPTIONS'];
    delete bench.env['MODE'];
  });

  it('scope: names what a change touches beside the failing signal', async () => {
    expect((await guard('scope', '--base', 'base')).exit).toBe(2);
    expect((await guard('scope', '--base', 'nowhere', '--signal', 'smoke')).exit).toBe(2);
    expect((await guard('scope', '--base', 'base', '--signal', 'smok')).stderr).toContain(
      'Did you mean smoke?',
    );
    await edit('smoke/minimal-chat.json', (text) => `${text} `);
    git('commit', '-qam', 'fixture');
    expect((await guard('scope', '--base', 'base', '--signal', 'smoke')).exit).toBe(0);
    await edit('spendproof.yaml', (text) => text.replace('smoke/**', '"**"'));
    git('commit', '-qam', 'wider');
    const { exit, stdout } = await guard(
      'scope',
      '--base',
      'base',
      '--signal',
      'smoke',
      '--format',
      'sarif',
    );
    expect(exit).toBe(3);
    expect(sarifProblems(stdout)).toEqual([]);
    const { results } = JSON.parse(stdout).runs[0];
    expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual([
      'scope-drift/outside',
      'scope-drift/guards',
    ]);
  });

  it('fallback: a plan counts as reviewed once a role has read it, and a change of it does not', async () => {
    expect((await guard('fallback', '--no-record')).exit).toBe(5);
    expect((await guard('accept-plan', '--by', 'stranger')).exit).toBe(2);
    expect((await guard('accept-plan', '--by', 'finops')).exit).toBe(0);
    expect((await guard('fallback')).exit).toBe(0);
    await edit('spendproof.yaml', (text) => text.replace('enabled: true', 'enabled: false'));
    const { exit, stdout } = await guard('fallback');
    expect(exit).toBe(7);
    expect(stdout).toContain('"spendproof.yaml"');
    const review = await bench.run('review', '--config', join(project, 'spendproof.yaml'));
    expect(review.exit).toBe(7);
  });

  it('every record of a guard can be derived again', async () => {
    const { stdout } = await bench.run(
      'reproduce',
      '--all',
      '--json',
      '--config',
      join(project, 'spendproof.yaml'),
    );
    const { records } = JSON.parse(stdout).data as {
      records: readonly { kind: string; subject: string }[];
    };
    const guards = records.filter(({ subject }) => subject.startsWith('guard'));
    expect(guards.length).toBeGreaterThan(7);
    expect(guards.filter(({ kind }) => kind !== 'same')).toEqual([]);
  });
});
