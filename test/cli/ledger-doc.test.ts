import { readdirSync, readFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBench } from './harness.ts';

/** The commands of the examples in docs/ledger.md, in order. */
const commands = [...readFileSync('docs/ledger.md', 'utf8').matchAll(/```console\n([\s\S]*?)```/g)]
  .flatMap((match) => (match[1] ?? '').trim().split('\n'))
  .map((line) => line.replace(/^\$ /, ''));

describe('docs/ledger.md', () => {
  it('shows commands that run as they stand', async () => {
    const bench = await openBench();
    expect(await bench.run('init')).toMatchObject({ exit: 0 });
    const ledger = join(bench.folder, '.spendproof/ledger');
    const own = bench.env['SPENDPROOF_HOME'];
    let vkey = '';
    const log = await bench.run('ledger', 'log', '--json');
    const record = JSON.parse(log.stdout).data.records[0].record.slice(7, 19);
    const key = readdirSync(join(ledger, 'keys')).find((name) => name.startsWith('log-')) ?? '';
    for (const command of commands) {
      const words = command
        .split(' ')
        .map((word) => word.replace('RECORD', record).replace('VKEY', vkey))
        .map((word) => word.replace('LOG.vkey', key));
      if (words[0] === 'cp') {
        cpSync(join(bench.folder, words[1] ?? ''), join(bench.folder, words[2] ?? ''));
        continue;
      }
      const isReviewer = words.includes('--reviewer') || words.includes('cosign');
      bench.env['SPENDPROOF_HOME'] = isReviewer ? `${own}-reviewer` : own;
      const ended = await bench.run(...words.slice(1));
      expect([command, ended.exit, ended.stderr]).toEqual([command, 0, ended.stderr]);
      if (words.includes('--reviewer')) vkey = ended.stdout.trim();
    }
    expect(commands.length).toBeGreaterThan(12);
  });

  it('names files of the repository that are there', () => {
    const text = readFileSync('docs/ledger.md', 'utf8');
    const names = [...text.matchAll(/`((?:test|src)\/[\w/.-]+\.(?:ts|go|js))`/g)].map(
      (m) => m[1] ?? '',
    );
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(() => readFileSync(name)).not.toThrow();
  });
});
