import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CommentServer, startComments } from './servers/comments.ts';

const FOLDER = resolve('integrations/github-action');
const TOKEN = ['ghs', 'a'.repeat(20)].join('-');

let folder = '';
let server: CommentServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spendproof-action-'));
  server = await startComments('github');
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const body = {
  review: '2026-W47',
  outcome: 'fail',
  nextAction: 'escalate-review',
  reasons: ['budget-breached'],
  missing: [],
  held: [],
};

interface Stage {
  /** What the review says; null when nothing is due. */
  readonly said: typeof body | null;
  readonly exit?: number;
  readonly page?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: object;
}

/** Runs the script as a runner does, with a stand-in for the package that prints what a review would. */
async function run({ said, exit = 0, page = '# The page\n', inputs, event }: Stage) {
  const fake = join(folder, 'fake.mjs');
  const nothing = exit === 2 ? null : { ran: null };
  const data = said === null ? nothing : { review: { body: said } };
  const envelope = JSON.stringify({ ok: exit === 0, data });
  await writeFile(
    fake,
    [
      "import { appendFileSync } from 'node:fs';",
      `appendFileSync(${JSON.stringify(join(folder, 'calls'))}, JSON.stringify([process.argv.slice(2), Object.values(process.env).includes(${JSON.stringify(TOKEN)})]) + '\\n');`,
      `const isShow = process.argv[3] === 'show';`,
      `process.stdout.write(isShow ? ${JSON.stringify(page)} : ${JSON.stringify(envelope)});`,
      `process.exitCode = isShow ? 0 : ${exit};`,
    ].join('\n'),
  );
  const files = { summary: join(folder, 'summary.md'), output: join(folder, 'output') };
  for (const file of Object.values(files)) await writeFile(file, '');
  await writeFile(
    join(folder, 'event.json'),
    JSON.stringify(event ?? { pull_request: { number: 7 } }),
  );
  const env = {
    PATH: process.env['PATH'],
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_OUTPUT: files.output,
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_API_URL: `http://${server.host}`,
    GITHUB_REPOSITORY: 'team/app',
    GITHUB_SHA: '4be1c2d',
    INPUT_TOKEN: TOKEN,
    INPUT_COMMAND: `${process.execPath} ${fake}`,
    ...inputs,
  };
  const ended = await new Promise<{ status: number | null; stdout: string }>((done) => {
    const child = spawn(process.execPath, [join(FOLDER, 'review.mjs')], { env, cwd: folder });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.on('close', (status) => done({ status, stdout }));
  });
  const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  return {
    ...ended,
    summary: await readFile(files.summary, 'utf8'),
    output: await readFile(files.output, 'utf8'),
    calls: calls.map((line) => JSON.parse(line) as [string[], boolean]),
  };
}

describe('the script of the action', () => {
  it('writes the page into the summary, one comment, outputs, and ends as the review did', async () => {
    const ended = await run({ said: body, exit: 3 });
    expect(ended.status).toBe(3);
    expect(ended.summary).toBe('# The page\n');
    expect(ended.output).toBe('outcome=fail\nreview=2026-W47\nchanged=true\n');
    expect(ended.stdout).toBe(
      '::error title=Spendproof::Token budget review 2026-W47 ended fail\n',
    );
    expect(server.comments).toHaveLength(1);
    expect(server.comments[0]?.body).toContain('# The page');
    expect(ended.calls.map(([words]) => words)).toEqual([
      ['review', '--due', '--json'],
      ['review', 'show', '2026-W47', '--format', 'md'],
    ]);
  });

  it('leaves its comment alone while the result is the same, and edits it when it differs', async () => {
    await run({ said: body, exit: 3 });
    const same = await run({ said: body, exit: 3, page: '# Another time\n' });
    expect(same.output).toContain('changed=false');
    expect(server.comments[0]?.body).not.toContain('Another time');
    const held = { ...body, outcome: 'pass', reasons: [] };
    expect((await run({ said: held, page: '# Better\n' })).output).toContain('changed=true');
    expect(server.comments).toHaveLength(1);
    expect(server.comments[0]?.body).toContain('# Better');
  });

  it('says nothing of a first review that passes', async () => {
    const ended = await run({ said: { ...body, outcome: 'pass', reasons: [] } });
    expect([ended.status, ended.stdout, server.comments]).toEqual([0, '', []]);
  });

  it('says that nothing is due, and nothing else', async () => {
    const ended = await run({ said: null });
    expect([ended.status, server.seen]).toEqual([0, []]);
    expect(ended.summary).toContain('No review is due.');
    expect(ended.output).toContain('outcome=none');
  });

  it('ends in error when the review could not be run', async () => {
    const ended = await run({ said: null, exit: 2 });
    expect(ended.status).toBe(2);
    expect(ended.stdout).toContain('::error');
  });

  it.each([
    ['outside a pull request', { event: {} }],
    ['without a token', { inputs: { INPUT_TOKEN: '' } }],
    ['when asked not to', { inputs: { INPUT_COMMENT: 'never' } }],
  ])('comments nowhere %s', async (_, over) => {
    await run({ said: body, exit: 3, ...over });
    expect(server.seen).toEqual([]);
  });

  it('passes trigger and commit on as words, and keeps the token from the review', async () => {
    const inputs = { INPUT_MODE: 'trigger', INPUT_TRIGGER: 'prompt-change; rm -rf /' };
    const ended = await run({ said: body, exit: 3, inputs });
    expect(ended.calls[0]).toEqual([
      ['review', '--trigger', 'prompt-change; rm -rf /', '--ref', '4be1c2d', '--json'],
      false,
    ]);
  });

  it('keeps summary and comment within the limits of GitHub', async () => {
    const ended = await run({ said: body, exit: 3, page: 'ü'.repeat(700_000) });
    expect(Buffer.byteLength(ended.summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(server.comments[0]?.body).toHaveLength(65_536);
  });

  it('warns when the comment cannot be written, and the review stands', async () => {
    server.fail([200]);
    const unreadable = await run({ said: body, exit: 3 });
    server.fail([500]);
    const failing = await run({ said: body, exit: 3 });
    for (const ended of [unreadable, failing]) {
      expect(ended.status).toBe(3);
      expect(ended.stdout).toContain(
        '::warning title=Spendproof::The comment could not be written',
      );
      expect(ended.stdout).not.toContain(TOKEN);
    }
    expect(server.comments).toEqual([]);
  });
});

describe('action.yml', () => {
  it('is composite, and hands inputs to the script as variables only', async () => {
    const action = parse(await readFile(join(FOLDER, 'action.yml'), 'utf8')) as {
      readonly inputs: Record<string, object>;
      readonly runs: { using: string; steps: { run: string; env: Record<string, string> }[] };
    };
    expect(action.runs.using).toBe('composite');
    const [step] = action.runs.steps;
    expect(step?.run).not.toContain('${{');
    const given = Object.keys(step?.env ?? {}).map((name) =>
      name.replace('INPUT_', '').toLowerCase(),
    );
    const wanted = Object.keys(action.inputs).filter((name) => name !== 'working-directory');
    expect(given.toSorted()).toEqual(wanted.toSorted());
    const script = await readFile(join(FOLDER, 'review.mjs'), 'utf8');
    for (const name of Object.keys(step?.env ?? {})) expect(script).toContain(name);
  });
});
