import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import { git as gitIn } from '../../../test/git.ts';
import { readFileAt, readGitChange } from './git-changes.ts';
import { pathMatches } from './path-pattern.ts';
import { parseRawDiff } from './raw-diff.ts';
import { type Scope, scopeDrift } from './scope-drift.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A real repository with one commit, tagged `base`. */
function repository() {
  const folder = mkdtempSync(join(tmpdir(), 'spendproof-scope-'));
  folders.push(folder);
  const git = (...words: readonly string[]): string => gitIn(folder, ...words);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  git('init', '-q', '-b', 'main');
  write('spendproof.yaml', 'version: 1\n');
  write('docs/runbooks/review.md', 'one\ntwo\nthree\nfour\nfive\n');
  write('src/app.ts', 'one\ntwo\nthree\nfour\nfive\nsix\n');
  git('add', '-A');
  git('commit', '-qm', 'base');
  git('tag', 'base');
  const commit = () => {
    git('add', '-A');
    git('commit', '-qm', 'change');
  };
  return { folder, git, write, commit };
}

const scope: Scope = {
  allowed: ['docs/runbooks/**', 'spendproof.yaml'],
  prefix: '',
  planFile: 'spendproof.yaml',
  guardsChanged: false,
};

async function judge(folder: string, over: Partial<Scope> = {}) {
  const change = await readGitChange(folder, 'base', process.env);
  if (change === undefined) throw new Error('no change');
  return scopeDrift(parseRawDiff(change.raw), { ...scope, prefix: change.prefix, ...over });
}

const rules = (found: Awaited<ReturnType<typeof judge>>) =>
  found.findings.map(({ ruleId, file }) => [ruleId.slice('scope-drift/'.length), file]);

type Change = (repo: ReturnType<typeof repository>) => void;

describe('scope drift', () => {
  it('passes a change that stays where the failing signal allows', async () => {
    const repo = repository();
    repo.write('docs/runbooks/review.md', 'changed\n');
    repo.write('docs/runbooks/deep/new.md', 'new\n');
    repo.commit();
    const found = await judge(repo.folder);
    expect([found.result.outcome, found.changed, found.outside]).toEqual(['pass', 2, 0]);
  });

  it.each<[string, Change, string, string]>([
    ['a file beside the area', (r) => r.write('src/app.ts', 'x'), 'outside', 'src/app.ts'],
    ['a new file beside it', (r) => r.write('Makefile', 'x'), 'outside', 'Makefile'],
    [
      'a rename out of the area',
      ({ folder }) => {
        mkdirSync(join(folder, 'elsewhere'));
        renameSync(join(folder, 'docs/runbooks/review.md'), join(folder, 'elsewhere/review.md'));
      },
      'outside',
      'elsewhere/review.md',
    ],
    [
      'a rename into the area, by its source',
      ({ folder }) => renameSync(join(folder, 'src/app.ts'), join(folder, 'docs/runbooks/app.ts')),
      'outside',
      'src/app.ts',
    ],
    [
      'a symbolic link in the area',
      ({ folder }) => symlinkSync('/etc/hostname', join(folder, 'docs/runbooks/link.md')),
      'symlink',
      'docs/runbooks/link.md',
    ],
    [
      'a file of the area that becomes a link',
      ({ folder }) => {
        rmSync(join(folder, 'docs/runbooks/review.md'));
        symlinkSync('../../src/app.ts', join(folder, 'docs/runbooks/review.md'));
      },
      'symlink',
      'docs/runbooks/review.md',
    ],
    [
      'a file of the area that becomes a program',
      ({ folder }) => chmodSync(join(folder, 'docs/runbooks/review.md'), 0o755),
      'mode',
      'docs/runbooks/review.md',
    ],
    [
      'a new program in the area',
      ({ write, folder }) => {
        write('docs/runbooks/run.sh', 'x');
        chmodSync(join(folder, 'docs/runbooks/run.sh'), 0o755);
      },
      'mode',
      'docs/runbooks/run.sh',
    ],
    [
      'a submodule in the area',
      ({ git }) =>
        git('update-index', '--add', '--cacheinfo', `160000,${'a'.repeat(40)},docs/runbooks/sub`),
      'submodule',
      'docs/runbooks/sub',
    ],
    [
      'the workflow that runs the guard',
      (r) => r.write('.github/workflows/check.yml', 'x'),
      'protected',
      '.github/workflows/check.yml',
    ],
    [
      'the same on a machine that folds case',
      (r) => r.write('.GitHub/workflows/check.yml', 'x'),
      'protected',
      '.GitHub/workflows/check.yml',
    ],
    [
      'who must review, deep in the area',
      (r) => r.write('docs/runbooks/Codeowners', 'x'),
      'protected',
      'docs/runbooks/Codeowners',
    ],
    [
      'a record of the ledger',
      (r) => r.write('.spendproof/ledger/checkpoint', 'x'),
      'protected',
      '.spendproof/ledger/checkpoint',
    ],
  ])('fails %s', async (_, change, rule, file) => {
    const repo = repository();
    change(repo);
    const isStaged = rule === 'submodule';
    if (isStaged) repo.git('commit', '-qm', 'change');
    else repo.commit();
    // Even a plan that allows everything does not allow a link, a program or the guards' own files.
    const wide = rule === 'outside' ? {} : { allowed: ['**'] };
    const found = await judge(repo.folder, wide);
    expect(found.result).toMatchObject({ outcome: 'fail', reasons: ['scope-drift'] });
    expect(rules(found)).toContainEqual([rule, file]);
    expect(found.outside).toBe(1);
  });

  it('takes a new record in the inbox, and no other change there', async () => {
    const repo = repository();
    repo.write('.spendproof/ledger/inbox/01.dsse.json', '{}');
    repo.commit();
    expect((await judge(repo.folder)).result.outcome).toBe('pass');
    repo.git('tag', '-f', 'base');
    repo.write('.spendproof/ledger/inbox/01.dsse.json', '{"a":1}');
    repo.commit();
    expect(rules(await judge(repo.folder))).toEqual([
      ['protected', '.spendproof/ledger/inbox/01.dsse.json'],
    ]);
  });

  it('fails a change of the guards that it is judged by', async () => {
    const repo = repository();
    repo.write('spendproof.yaml', 'version: 1 # wider\n');
    repo.commit();
    expect(rules(await judge(repo.folder, { guardsChanged: true }))).toEqual([
      ['guards', 'spendproof.yaml'],
    ]);
  });

  it('keeps a plan in a subfolder to its own folder', async () => {
    const repo = repository();
    repo.write('team/spendproof.yaml', 'version: 1\n');
    repo.write('docs/runbooks/review.md', 'of another team\n');
    repo.commit();
    const found = await judge(join(repo.folder, 'team'));
    expect(rules(found)).toEqual([['outside', 'docs/runbooks/review.md']]);
  });

  it('reads names as bytes: a line break or a quote begins nothing new', async () => {
    const repo = repository();
    repo.write('docs/runbooks/odd\n"name" ü.md', 'x');
    repo.write('odd\t:100644', 'x');
    repo.commit();
    const found = await judge(repo.folder);
    expect([found.changed, rules(found)]).toEqual([2, [['outside', 'odd\t:100644']]]);
  });

  it('is not led by the environment or the settings of the repository', async () => {
    const repo = repository();
    repo.write('src/app.ts', 'drift\n');
    repo.commit();
    repo.git('config', 'diff.external', '/bin/false');
    repo.git('config', 'diff.relative', 'true');
    repo.git('config', 'core.fsmonitor', '/bin/false');
    repo.git('replace', 'HEAD', 'base');
    const env = { ...process.env, GIT_DIR: '/nowhere', GIT_CONFIG_COUNT: '1' };
    const change = await readGitChange(repo.folder, 'base', env);
    expect(rules(scopeDrift(parseRawDiff(change?.raw ?? new Uint8Array()), scope))).toEqual([
      ['outside', 'src/app.ts'],
    ]);
  });

  it('takes no other history than that of the commits: a graft cannot move the base', async () => {
    const repo = repository();
    repo.write('src/app.ts', 'drift\n');
    repo.commit();
    const drift = repo.git('rev-parse', 'HEAD').trim();
    repo.write('docs/runbooks/review.md', 'changed\n');
    repo.commit();
    const base = repo.git('rev-parse', 'base').trim();
    // As if the base had come after the drift.
    repo.write('.git/info/grafts', `${base} ${drift}\n${drift}\n`);
    expect(rules(await judge(repo.folder))).toEqual([['outside', 'src/app.ts']]);
  });

  it('knows no change without a repository or a known base, and takes no base for an option', async () => {
    const repo = repository();
    expect(await readGitChange(repo.folder, 'nowhere', process.env)).toBeUndefined();
    expect(await readGitChange(repo.folder, '--output=/tmp/x', process.env)).toBeUndefined();
    const empty = mkdtempSync(join(tmpdir(), 'spendproof-scope-'));
    folders.push(empty);
    expect(await readGitChange(empty, 'base', process.env)).toBeUndefined();
    const place = { commit: 'base', path: 'spendproof.yaml' };
    expect(await readFileAt(repo.folder, place, process.env)).toBe('version: 1\n');
    expect(await readFileAt(repo.folder, { ...place, path: 'no' }, process.env)).toBeUndefined();
  });

  it('fails what it cannot count', () => {
    expect(scopeDrift(undefined, scope).result.outcome).toBe('fail');
    const zero = '0'.repeat(40);
    const bytes = (text: string) => new TextEncoder().encode(text);
    for (const bad of [
      'text',
      `:100644 100644 ${zero} ${zero} M\0a`,
      `:100644 100644 ${zero} ${zero} X\0a\0`,
      `:100644 100644 ${zero} ${zero} R100\0a\0`,
      `:100644 100644 ${zero} ${zero} M\0../a\0`,
      `:100644 100644 ${zero} ${zero} M\0/a\0`,
      `:100644 100644 ${zero} ${zero} M\0a/./b\0`,
      `:100644 100644 abc abc M\0a\0`,
    ]) {
      expect(parseRawDiff(bytes(bad)), `of ${JSON.stringify(bad)}`).toBeUndefined();
    }
    const broken = new Uint8Array([...bytes(`:100644 100644 ${zero} ${zero} M\0`), 0xff, 0]);
    expect(parseRawDiff(broken)).toBeUndefined();
    expect(parseRawDiff(new Uint8Array())).toEqual([]);
    const odd = [
      { status: 'T', oldMode: '100644', newMode: '100644', path: 'spendproof.yaml' },
    ] as const;
    expect(scopeDrift(odd, scope).findings.map(({ ruleId }) => ruleId)).toEqual([
      'scope-drift/unknown',
    ]);
  });
});

describe('pathMatches', () => {
  it.each<[string, string, boolean]>([
    ['docs/a.md', 'docs/**', true],
    ['docs', 'docs/**', false],
    ['docs/a/b.md', 'docs/*.md', false],
    ['docs/a.md', 'docs/*.md', true],
    ['a.md', '**/*.md', true],
    ['x/y/a.md', '**/*.md', true],
    ['docs-evil/a.md', 'docs/**', false],
    ['docs/a.md.sh', 'docs/*.md', false],
    ['aXbXc', 'a*b*c', true],
    ['ab', 'a*b*c', false],
    ['a[b].md', 'a[b].md', true],
  ])('%s and %s: %s', (path, pattern, expected) => {
    expect(pathMatches(path, pattern)).toBe(expected);
  });

  it('matches every path by itself, and by `**`', () => {
    const name = fc.stringMatching(/^[a-z.]{1,5}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        const path = names.join('/');
        expect(pathMatches(path, path) && pathMatches(path, '**')).toBe(true);
        expect(pathMatches(`${path}x`, path)).toBe(false);
      }),
    );
  });
});
