import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { scanForNeedles } from '../../src/evidence/needles.ts';
import { openWorkspace } from '../../src/review/index.ts';
import { type Bench, openBench } from '../cli/harness.ts';
import {
  filesUnder,
  secretsOf,
  type LeakServer,
  type Outside,
  startLeakServer,
  WEEK,
  writeLeakProject,
} from './project.ts';

const servers: LeakServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

/** Words that stand nowhere else; `padding` changes the length of what comes from outside. */
function canaries(padding = 0): Outside {
  const word = () => randomBytes(12).toString('hex');
  return {
    key: `k${word()}`,
    prompt: `prompt ${word()}`,
    answer: `answer ${word()} ${'x '.repeat(padding)}`,
    noise: `n${word()}`,
    cell: `c${word()}`,
    file: `f${word()}`,
    hook: `h${word()}`,
    page: `page ${word()} ${'y '.repeat(padding)}`,
  };
}

interface Week {
  readonly bench: Bench;
  /** By command line: what it wrote. */
  readonly written: ReadonlyMap<string, string>;
}

async function serve(outside: Outside): Promise<LeakServer> {
  const server = await startLeakServer(outside);
  servers.push(server);
  return server;
}

async function runWeek(outside: Outside, server: LeakServer): Promise<Week> {
  server.speak(outside);
  const bench = await openBench();
  Object.assign(bench.env, secretsOf(server.host, outside));
  await writeLeakProject(bench.folder, server.host, outside);
  const written = new Map<string, string>();
  for (const words of WEEK) {
    const { exit, stdout, stderr } = await bench.run(...words);
    expect([0, 3, 5, 7], `${words.join(' ')}: ${stderr}`).toContain(exit);
    written.set(words.join(' '), `${exit}\n${stdout}\n${stderr}`);
  }
  return { bench, written };
}

/** Masks what is declared to differ: MACs, and digests, which follow from the fixture's. */
const masked = (text: string): string =>
  text
    .replaceAll(/(?<=sha256:)[0-9a-f]{64}/g, '#')
    .replaceAll(/\b[0-9a-f]{12}(?:[0-9a-f]{4})?(?:…|\b)/g, '#')
    .replaceAll(
      /(?<="(?:credential|baseRequest|effective|trace|errorTrace)":\s?")[A-Za-z0-9_-]{22}/g,
      '#',
    )
    .replaceAll(/mac:[A-Za-z0-9_-]{22}/g, 'mac:#');

async function recordsOf({ bench }: Week): Promise<readonly string[]> {
  const workspace = await openWorkspace(
    { cwd: bench.folder, config: undefined, operator: undefined },
    bench.ports(),
  );
  const records = await workspace.ledger.records();
  await workspace.ledger.close();
  return records.map(({ context, body }) => masked(JSON.stringify({ context, body })));
}

describe('what comes from outside', () => {
  it('changes no byte of a record, report, notice or output: other key, prompt, answer and headers', async () => {
    const { cell, file } = canaries();
    const server = await serve(canaries());
    const first = await runWeek({ ...canaries(), cell, file }, server);
    const second = await runWeek({ ...canaries(40), cell, file }, server);
    expect(first.written.size).toBe(WEEK.length);
    for (const [words, text] of first.written) {
      expect(masked(second.written.get(words) ?? ''), `of ${words}`).toBe(
        masked(text)
          .replaceAll(first.bench.folder, second.bench.folder)
          .replaceAll(
            first.bench.env['SPENDPROOF_HOME'] ?? '',
            second.bench.env['SPENDPROOF_HOME'] ?? '',
          ),
      );
    }
    const records = await recordsOf(first);
    expect(records.length).toBeGreaterThan(12);
    expect(await recordsOf(second)).toEqual(records);
    const notices = async ({ bench }: Week) =>
      [...(await filesUnder(join(bench.folder, 'outbox'))).values()].map(masked);
    expect((await notices(first)).length).toBeGreaterThan(0);
    expect(await notices(second)).toEqual(await notices(first));
  });

  it('is in nothing that was written, in no encoding', async () => {
    const outside = canaries();
    const { bench, written } = await runWeek(outside, await serve(outside));
    const kept = await filesUnder(join(bench.folder, '.spendproof'));
    const sent = await filesUnder(join(bench.folder, 'outbox'));
    const keys = await filesUnder(bench.env['SPENDPROOF_HOME'] ?? '');
    const secrets = [outside.key, outside.prompt, outside.answer, outside.noise, outside.hook];
    let searched = 0;
    for (const [path, text] of [...written, ...kept, ...sent, ...keys]) {
      // The trace marker is kept in one file that may be deleted; approved exports are kept as they came.
      const isStore = /^(usage|inputs)\//.test(path);
      const needles = [
        ...secrets.filter((word) => path !== 'traces.jsonl' || word !== outside.noise),
        // The text of a page stays on this machine, for the difference to the next one.
        ...(path.startsWith('documents/') ? [] : [outside.page]),
        ...(isStore ? [] : [outside.cell]),
        // People are shown the names of their own files; records and reports are not told them.
        ...(isStore || path === 'usage list' ? [] : [outside.file]),
      ];
      for (const needle of needles) expect(text.includes(needle), `${path}: ${needle}`).toBe(false);
      if (text.length > 20_000) continue;
      expect(scanForNeedles(text, needles), `in ${path}`).toBe('clear');
      searched += 1;
    }
    expect(searched).toBeGreaterThan(WEEK.length + 10);
    // The search can find: what is approved to be kept is found where it is kept.
    expect(
      [...kept].some(([path, text]) => path.startsWith('inputs/') && text.includes(outside.cell)),
    ).toBe(true);
    expect(kept.get('traces.jsonl')).toContain(outside.noise);
  });
});

const main = resolve('dist/main.js');
const hasStrace = spawnSync('strace', ['-V']).status === 0;
const canTrace = hasStrace && existsSync(main);

describe(
  canTrace ? 'system calls' : 'system calls (skipped: needs strace and dist/main.js)',
  () => {
    it.skipIf(!canTrace)('carry the key to the provider’s socket and nowhere else', async () => {
      const outside = canaries();
      const server = await serve(outside);
      const bench = await openBench();
      await writeLeakProject(bench.folder, server.host, outside);
      const secrets = secretsOf(server.host, outside);
      const env = { ...process.env, ...bench.env, ...secrets, CI: '' };
      const calls = join(bench.folder, 'calls');
      await mkdir(calls);
      const { spawn } = await import('node:child_process');
      const trace = async (...words: readonly string[]) =>
        await new Promise<number | null>((done) => {
          const log = join(calls, words.join('-'));
          const options = ['-f', '-yy', '-s', '200000', '-o', log, '-e', TRACED];
          const child = spawn('strace', [...options, process.execPath, main, ...words], {
            cwd: bench.folder,
            env,
            stdio: 'ignore',
          });
          child.on('close', done);
        });
      expect(await trace('init')).toBe(0);
      await trace('docs', 'check');
      expect(await trace('docs', 'accept', 'reference')).toBe(0);
      expect(await trace('smoke', 'run', 'chat-minimal')).toBe(0);
      expect(await trace('review', '--as-of', '2026-11-23')).toBe(3);
      const lines = [...(await filesUnder(calls)).values()].flatMap((text) => text.split('\n'));
      expect(lines.filter((line) => line.includes('execve(')).length).toBeGreaterThan(3);
      for (const secret of [outside.key, outside.hook]) {
        const carrying = lines.filter((line) => line.includes(secret));
        expect(carrying.length).toBeGreaterThan(0);
        expect(
          carrying.filter((line) => !/\b(?:write|writev|sendto|sendmsg)\(\d+<TCP/.test(line)),
        ).toEqual([]);
      }
      expect(lines.filter((line) => line.includes(secrets.LEAK_TEST_HOOK_SECRET))).toEqual([]);
      const words = [outside.prompt, outside.answer];
      const others = lines.filter((line) => words.some((word) => line.includes(word)));
      expect(others.filter((line) => !/\(\d+<TCP/.test(line))).toEqual([]);
      expect(await readFile(join(bench.folder, 'smoke/minimal.json'), 'utf8')).toContain(
        outside.prompt,
      );
    });
  },
);

const TRACED =
  'trace=execve,openat,mkdir,rename,link,symlink,unlink,write,pwrite64,writev,sendto,sendmsg';
