import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestHex, sha256 } from '../../src/core/index.ts';
import type { RecordOf } from '../../src/evidence/index.ts';
import { openWorkspace } from '../../src/review/index.ts';
import { type LeakServer, startLeakServer } from '../leaks/project.ts';
import { type Bench, openBench } from './harness.ts';

const KEY = `k${'0123456789abcdef'.repeat(2)}`;
const FIXTURE = '{"model":"example-small","messages":[{"role":"user","content":"ping"}]}';
const outside = {
  key: KEY,
  prompt: 'x',
  answer: 'pong',
  noise: 'n1',
  cell: 'c',
  file: 'f',
  hook: 'h',
  page: 'p',
};

const planOf = (host: string): string => `version: 1
owner: finops
network: { loopback: ["${host}"] }
providers: [{ id: example, host: "${host}", errors: { envelope: /error } }]
documents:
  - id: reference
    url: http://${host}/
    purpose: Verify the request pattern
    claims: [{ id: chat-completions, kind: endpoint, method: POST, path: /v1/chat/completions }]
exports:
  - { id: quota, adapter: cometapi-quota, path: quota.json, zone: UTC, approved: { by: finops, date: 2026-11-01, for: [smoke-evidence] } }
smoke:
  - id: minimal
    pattern: chat-completions
    environment: staging
    enabled: true
    request:
      method: POST
      path: /v1/chat/completions
      auth: { secret: { env: SMOKE_KEY } }
      body: { fixture: minimal.json }
    pinned: { sha256: ${digestHex(sha256(FIXTURE))}, by: finops }
    happy: { at: [{ pointer: /model, is: requested }], trace: { from: ["pointer:/id"] } }
    error: { change: { auth: placeholder }, status: [401] }
    usageEvidence: { export: quota, by: key-day, key: smoke-only, within: 24h }
`;

let server: LeakServer;
beforeAll(async () => {
  server = await startLeakServer(outside);
});
afterAll(async () => await server.close());

/** Writes the account's count of the dedicated key by day; another key is always there. */
async function countKey(bench: Bench, counts: Readonly<Record<string, number>>): Promise<void> {
  const days = Object.entries(counts).map(([day, count]) => [
    day,
    [
      { token_name: 'production', quota_used: 1, request_count: 9 },
      ...(count === 0 ? [] : [{ token_name: 'smoke-only', quota_used: 0.1, request_count: count }]),
    ],
  ]);
  const text = JSON.stringify({ daily_quota: Object.fromEntries(days) });
  await writeFile(join(bench.folder, 'quota.json'), text);
}

async function openProject(counts: Readonly<Record<string, number>>): Promise<Bench> {
  const bench = await openBench();
  bench.env['SMOKE_KEY'] = KEY;
  await mkdir(bench.folder, { recursive: true });
  await writeFile(join(bench.folder, 'spendproof.yaml'), planOf(server.host));
  await writeFile(join(bench.folder, 'minimal.json'), FIXTURE);
  await countKey(bench, counts);
  for (const words of [['init'], ['docs', 'check'], ['docs', 'accept', 'reference']]) {
    await bench.run(...words);
  }
  return bench;
}

async function linksOf(bench: Bench): Promise<readonly RecordOf<'usage-link'>[]> {
  const options = { cwd: bench.folder, config: undefined, operator: undefined };
  const workspace = await openWorkspace(options, bench.ports());
  const records = await workspace.ledger.records({ kind: 'usage-link' });
  await workspace.ledger.close();
  return records.map(({ body }) => body);
}

describe('spendproof smoke run', () => {
  it('cannot start without its credential, and says so by its status', async () => {
    const bench = await openProject({});
    delete bench.env['SMOKE_KEY'];
    const { exit, stdout, stderr } = await bench.run('smoke', 'run', 'minimal');
    expect([exit, stdout.includes('the secret is not there')]).toEqual([4, true]);
    expect(stderr).toContain('The secret env:SMOKE_KEY gave no value.');
  });

  it('says what a secret has to be like, and which page has to be read', async () => {
    const bench = await openProject({});
    bench.env['SMOKE_KEY'] = 'short';
    const short = await bench.run('smoke', 'run', 'minimal');
    expect(short.stderr).toContain(
      'Expected the secret env:SMOKE_KEY to be 10 to 512 printable characters without a space',
    );
    expect([short.exit, short.stdout]).toEqual([
      4,
      expect.stringMatching(/^happy +INCONCLUSIVE +not sent, the secret has a form that cannot/),
    ]);
    const unread = await openBench();
    await writeFile(join(unread.folder, 'spendproof.yaml'), planOf(server.host));
    await writeFile(join(unread.folder, 'minimal.json'), FIXTURE);
    await unread.run('init');
    expect((await unread.run('smoke', 'run', 'minimal')).stderr).toContain(
      'The page of the pattern chat-completions decides whether anything is sent: spendproof docs check',
    );
  });

  it.each(['{ file: private/key }', '{ command: [cat, private/key] }'])(
    'reads %s from the folder of the plan, wherever it is run',
    async (reference) => {
      const bench = await openProject({});
      const plan = planOf(server.host).replace('{ env: SMOKE_KEY }', reference);
      await writeFile(join(bench.folder, 'spendproof.yaml'), plan);
      await mkdir(join(bench.folder, 'private'));
      await writeFile(join(bench.folder, 'private', 'key'), `${KEY}\n`);
      const elsewhere = await openBench();
      elsewhere.env['SPENDPROOF_HOME'] = bench.env['SPENDPROOF_HOME'];
      elsewhere.env['SPENDPROOF_PLAN'] = join(bench.folder, 'spendproof.yaml');
      const { exit, stdout } = await elsewhere.run('smoke', 'run', 'minimal');
      expect(exit, stdout).toBe(0);
    },
  );

  it('sends nothing, and names the setting, where Node would write the credential down', async () => {
    const bench = await openProject({});
    bench.env['NODE_DEBUG'] = 'http';
    const { exit, stdout } = await bench.run('smoke', 'run', 'minimal');
    expect(exit).toBe(5);
    expect(stdout).toContain('0 requests sent');
    expect(stdout).toContain('environment: Node would write down what is sent (NODE_DEBUG');
  });

  it('writes what it proved as JUnit and TAP, by ids and codes', async () => {
    const bench = await openProject({});
    const junit = await bench.run('smoke', 'run', 'minimal', '--format', 'junit');
    expect([junit.exit, junit.stdout.match(/<testcase/g)?.length]).toEqual([0, 7]);
    const tap = await bench.run('smoke', 'run', 'minimal', '--format', 'tap');
    expect(tap.stdout).toContain('TAP version 14\n1..7\nok 1 - request happy-path\n');
  });
});

describe('the link by a dedicated key', () => {
  it('links a run whose key rose by what was sent, and never one that nothing shows', async () => {
    const bench = await openProject({ '2026-11-22': 4, '2026-11-23': 5 });
    await bench.run('usage', 'import');
    expect((await bench.run('smoke', 'run', 'minimal')).exit).toBe(0);
    await countKey(bench, { '2026-11-22': 4, '2026-11-23': 6 });
    await bench.run('review');
    const [manual, own] = await linksOf(bench);
    expect(manual).toMatchObject({
      by: 'key-day',
      outcome: 'pass',
      keyDay: { before: 5, after: 6, sent: 1 },
    });
    // The run of the review itself: the export was read right before it.
    expect(own).toMatchObject({ outcome: 'inconclusive', reasons: ['usage-link-pending'] });
    bench.at('2026-11-24T09:00:00Z');
    await countKey(bench, { '2026-11-22': 4, '2026-11-23': 7, '2026-11-24': 0 });
    await bench.run('review');
    const later = (await linksOf(bench)).slice(2);
    expect(later.map(({ smoke, outcome }) => [smoke === own?.smoke, outcome])).toContainEqual([
      true,
      'pass',
    ]);
    const again = await bench.run('reproduce', '--all', '--json');
    const { records } = JSON.parse(again.stdout).data as {
      records: readonly { kind: string; subject: string }[];
    };
    const links = records.filter(({ subject }) => subject.startsWith('usage-link'));
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter(({ kind }) => kind !== 'same')).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, number>>, string]>([
    ['more than was sent: somebody else uses the key', { '2026-11-23': 9 }, 'usage-link-gap'],
    ['not at all, yet', { '2026-11-23': 5 }, 'usage-link-pending'],
  ])('does not link when the count rose by %s', async (_, counts, reason) => {
    const bench = await openProject({ '2026-11-23': 5 });
    await bench.run('usage', 'import');
    await bench.run('smoke', 'run', 'minimal');
    await countKey(bench, counts);
    await bench.run('review');
    expect((await linksOf(bench))[0]).toMatchObject({ outcome: 'inconclusive', reasons: [reason] });
  });

  it('takes one count for two runs only when it rose by both', async () => {
    const bench = await openProject({ '2026-11-23': 5 });
    await bench.run('usage', 'import');
    await bench.run('smoke', 'run', 'minimal');
    await bench.run('smoke', 'run', 'minimal');
    await countKey(bench, { '2026-11-23': 6 });
    await bench.run('review');
    const outcomes = async () => (await linksOf(bench)).map(({ outcome }) => outcome);
    expect(await outcomes()).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    await countKey(bench, { '2026-11-23': 8 });
    await bench.run('review', '--trigger', 'launch', '--ref', 'v1');
    expect((await outcomes()).slice(3)).toContain('pass');
  });

  it('takes a day of which nothing was known before for unknown, never for zero', async () => {
    const bench = await openProject({ '2026-11-22': 4 });
    await bench.run('usage', 'import');
    await bench.run('smoke', 'run', 'minimal');
    await countKey(bench, { '2026-11-22': 4, '2026-11-23': 1 });
    bench.at('2026-11-25T09:00:00Z');
    await bench.run('review');
    expect((await linksOf(bench))[0]).toMatchObject({
      reasons: ['usage-link-gap'],
      keyDay: { before: null, after: 1 },
    });
  });
});
