import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../src/evidence/index.ts';
import { type Files, type Instant, sha256 } from '../../src/core/index.ts';
import { openWorkspace, runReview, type Workspace } from '../../src/review/index.ts';
import { buildPorts } from '../../src/cli/ports.ts';
import { startWebhook, type WebhookServer } from '../servers/webhook.ts';
import { type Bench, openBench } from './harness.ts';

const csv = (usd: string): string =>
  [
    'ts,request,model,in,out,usd',
    ...Array.from(
      { length: 21 },
      (_, day) => `2026-11-${String(day + 2).padStart(2, '0')}T10:00:00Z,r-${day},m-1,10,5,${usd}`,
    ),
  ].join('\n');

const PLAN = `version: 1
team: states
timezone: UTC
currency: USD
owner: finops
owners:
  - { id: finops, title: FinOps, notify: [outbox] }
  - { id: platform, title: Platform, notify: [hook] }
notify:
  - { id: outbox, kind: file, path: outbox }
  - { id: hook, kind: webhook, url: { env: HOOK_URL }, secret: { env: HOOK_SECRET } }
  - { id: chat, kind: slack, url: { env: CHAT_URL } }
exports:
  - id: app
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, model, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01 }
metrics: [cost-per-1k-requests]
budgets:
  - { id: monthly, owner: platform, amount: "10.00", at: [0.5, 1.0] }
`;

let bench: Bench;
let hook: WebhookServer;

beforeAll(async () => {
  hook = await startWebhook({ status: 204 });
});
afterAll(async () => await hook.close());
beforeEach(async () => {
  bench = await openBench();
  hook.seen.length = 0;
  await writeFile(
    join(bench.folder, 'spendproof.yaml'),
    PLAN.replace('currency: USD', `currency: USD\nnetwork: { loopback: ["${hook.host}"] }`),
  );
  await mkdir(join(bench.folder, 'exports'));
  bench.env['HOOK_URL'] = hook.url;
  bench.env['HOOK_SECRET'] =
    `whsec_${Buffer.from('a secret of the test bench').toString('base64')}`;
  await bench.run('init');
});

const save = async (usd: string): Promise<void> =>
  await writeFile(join(bench.folder, 'exports', 'a.csv'), csv(usd));

async function kinds(): Promise<readonly string[]> {
  const { stdout } = await bench.run('ledger', 'log', '--limit', '200', '--json');
  const { data } = JSON.parse(stdout) as { data: { records: { kind: string }[] } };
  return data.records.map(({ kind }) => kind);
}

describe('a review', () => {
  it('tells the owner of the budget by webhook, once, however often it is run', async () => {
    await save('0.30');
    expect((await bench.run('review')).exit).toBe(0);
    expect((await bench.run('review')).exit).toBe(0);
    expect(hook.seen.filter(({ body }) => body.includes('monthly'))).toHaveLength(1);
    expect((await kinds()).filter((kind) => kind === 'alert')).toHaveLength(1);
  });

  it('goes on when nobody can be reached, and records that', async () => {
    await save('0.30');
    bench.env['HOOK_SECRET'] = undefined;
    const { exit, stdout } = await bench.run('review');
    expect(exit).toBe(0);
    expect(stdout).toContain('hook failed');
    expect(await kinds()).toContain('delivery');
  });

  it('fails with 3 when the amount is reached', async () => {
    await save('0.60');
    const { exit, stdout } = await bench.run('review');
    expect(exit).toBe(3);
    expect(stdout).toContain('breached');
    expect(stdout).toContain('owner platform');
  });

  it('is inconclusive with 5 when no file is there, and escalates the second time', async () => {
    const first = await bench.run('review');
    expect(first.exit).toBe(5);
    expect(first.stdout).toContain('keep-monitoring');
    bench.at('2026-11-30T08:00:00Z');
    expect((await bench.run('review')).stdout).toContain('escalate-review');
  });

  it('names a further review of the same week, and one for a trigger with its reference', async () => {
    await save('0.01');
    expect((await bench.run('review')).stdout).toContain('Review 2026-W47  PASS');
    const second = await bench.run('review', '--trigger', 'prompt-change', '--ref', '4be1c2d');
    expect(second.exit, second.stderr).toBe(0);
    expect(second.stdout).toContain('2026-W47.2');
    const bad = await bench.run('review', '--trigger', 'prompt-change', '--ref', 'two words');
    expect(bad.exit).toBe(2);
    const handoff = await bench.run('review', 'handoff');
    expect(handoff.stdout).toContain('review --trigger prompt-change');
  });

  it('judges as of another time', async () => {
    await save('0.01');
    const { stdout } = await bench.run('review', '--as-of', '2026-11-16');
    expect(stdout).toContain('Review 2026-W46');
    expect((await bench.run('budget', '--as-of', '2026-11-10T00:00:00Z')).exit).toBe(0);
  });

  it('shows an old review under the plan that it was run under', async () => {
    await save('0.01');
    await bench.run('review');
    const path = join(bench.folder, 'spendproof.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('id: monthly,', 'id: monthly, title: Renamed later,'));
    expect((await bench.run('review', 'show', '2026-W47')).stdout).not.toContain('Renamed later');
    bench.at('2026-11-30T08:00:00Z');
    await bench.run('review');
    expect((await bench.run('review', 'handoff')).stdout).toContain('plan:spendproof-yaml sha256:');
    await rm(join(bench.folder, '.spendproof', 'inputs'), { recursive: true });
    const lost = await bench.run('review', 'show', '2026-W47');
    expect([lost.exit, lost.stderr.includes('export-unreadable')]).toEqual([5, true]);
  });

  it('leaves a visible gap when it dies, and continues as a further attempt', async () => {
    await save('0.01');
    const files = nodeFiles();
    let writes = 0;
    const workspace = await openHere({
      ...files,
      writeNew: async (...args: Parameters<typeof files.writeNew>) => {
        writes += 1;
        if (writes > 6) throw Object.assign(new Error('gone'), { code: 'EIO' });
        await files.writeNew(...args);
      },
    });
    await expect(
      runReview(workspace, { trigger: 'cadence', ref: null, asOf: undefined }),
    ).rejects.toThrow();
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
    expect(await kinds()).toContain('review-start');
    expect(await kinds()).not.toContain('review');
    const due = await bench.run('guard', 'gap', '--no-record');
    expect(due.stdout).toContain('review:2026-w47');
    const resumed = await bench.run('review');
    expect(resumed.stdout).toContain('Review 2026-W47  PASS');
    expect(resumed.stderr).toContain('It went on with the review that began at 2026-11-23T08:00');
    expect((await kinds()).filter((kind) => kind === 'review-start')).toHaveLength(2);
    expect((await bench.run('review', 'show')).stderr).not.toContain('has not ended');
    const next = await openHere();
    const period = { start: '2026-11-16T00:00:00Z', end: '2026-11-23T00:00:00Z', zone: 'UTC' };
    const start = { kind: 'review-start', review: '2026-W47.2', trigger: 'cadence' } as const;
    await next.record([{ ...start, attempt: '01JD0000000000000000000000', ref: null, period }]);
    await next.ledger.close();
    const shown = await bench.run('review', 'show');
    expect(shown.stderr).toContain('Review 2026-W47.2 began at 2026-11-23T08:00:00Z and has not');
  });

  it('sends what an earlier run claimed and did not get to send', async () => {
    await save('0.30');
    const period = { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z', zone: 'UTC' };
    const workspace = await openHere();
    await workspace.record([
      {
        kind: 'alert',
        alert: sha256('claimed by a run that died'),
        budget: 'monthly',
        rules: ['at-50'],
        severity: 'info',
        period,
        asOf: '2026-11-20T00:00:00Z',
        amount: '10.00',
        spend: { value: '5.5', knownRows: 3, totalRows: 3 },
        share: '0.55',
        currency: 'USD',
        owner: 'platform',
        channels: ['hook'],
        held: [],
      },
    ]);
    await workspace.ledger.close();
    await bench.run('review');
    await bench.run('review');
    expect(hook.seen).toHaveLength(1);
  });

  it('cannot run without a ledger or without its key, and says what to do', async () => {
    await save('0.01');
    const home = bench.env['SPENDPROOF_HOME'];
    bench.env['SPENDPROOF_HOME'] = join(bench.folder, 'another-home');
    const keyless = await bench.run('review');
    expect([keyless.exit, keyless.stderr.includes('Copy this folder')]).toEqual([4, true]);
    const enrol = await bench.run('key', 'enrol');
    expect([enrol.exit, enrol.stderr.includes('Copy this folder')]).toEqual([4, true]);
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
    bench.env['SPENDPROOF_HOME'] = home;
    await rm(join(bench.folder, '.spendproof'), { recursive: true });
    const none = await bench.run('review');
    expect([none.exit, none.stderr.includes('spendproof init')]).toEqual([5, true]);
  });

  it('writes errors as JSON for scripts', async () => {
    const { exit, stdout, stderr } = await bench.run('budget', 'explain', 'monthy', '--json');
    expect(exit).toBe(2);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exit: 2,
      data: null,
      errors: [{ code: 'usage', hint: 'Did you mean monthly?' }],
    });
  });

  it('writes to a file, quietly, and not in a format that it does not have', async () => {
    await save('0.01');
    const { exit, stdout, stderr } = await bench.run(
      'review',
      '--quiet',
      '--format',
      'md',
      '--out',
      'page.md',
    );
    expect([exit, stdout, stderr]).toEqual([0, '', '']);
    expect(await readFile(join(bench.folder, 'page.md'), 'utf8')).toContain(
      '# Token budget review',
    );
    const bad = await bench.run('key', 'enrol', '--format', 'junit');
    expect([bad.exit, bad.stderr.includes('table, json')]).toEqual([2, true]);
  });

  it('keeps its folder tidy: no temporary file survives', async () => {
    await save('0.01');
    await bench.run('review');
    const names = await readdir(join(bench.folder, '.spendproof'), { recursive: true });
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

/** Opens the project as a review does, with a disk that a test may take away. */
async function openHere(files: Files = nodeFiles()): Promise<Workspace> {
  const world = { cwd: bench.folder, env: bench.env, stdout: silent, stderr: silent };
  const now = '2026-11-23T08:00:00Z' as Instant;
  const ports = {
    ...buildPorts(world, true),
    clock: { now: () => now, ms: () => Date.parse(now) },
    files,
  };
  return await openWorkspace({ cwd: bench.folder, config: undefined, operator: undefined }, ports);
}

const silent = { write: () => undefined, isTerminal: false, width: undefined };
