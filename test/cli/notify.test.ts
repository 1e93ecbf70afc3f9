import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startWebhook, type WebhookAnswer, type WebhookServer } from '../servers/webhook.ts';
import { type Bench, openBench } from './harness.ts';

const servers: WebhookServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const SECRET = 'not-a-secret-but-long-enough';

/** A budget that the quota export breaks on its first day, an owner with a folder and a hook, a manager behind. */
const planOf = (host: string, over: { channel?: string; at?: string } = {}): string => `version: 1
timezone: Europe/Berlin
currency: USD
owner: finops
network: { loopback: ["${host}"] }
owners:
  - { id: finops, title: FinOps, notify: [outbox, hook] }
  - { id: boss, title: The manager, notify: [pager] }
notify:
  - { id: outbox, kind: file, path: outbox${over.channel ?? ''} }
  - { id: hook, kind: webhook, url: { env: HOOK_URL }, secret: { env: HOOK_SECRET } }
  - { id: pager, kind: pagerduty, key: { env: PAGER_KEY }, url: { env: PAGER_URL } }
exports:
  - { id: quota, adapter: cometapi-quota, path: "exports/*.json", provider: cometapi, zone: UTC, conversion: unit, approved: { by: finops, date: 2026-11-01 } }
providers: [{ id: cometapi, host: api.cometapi.com }]
assumptions:
  - { id: unit, value: { file: private/unit.json, expires: 2027-12-31 } }
budgets:
  - { id: monthly, title: All usage, amount: "0.01", ${over.at ?? 'at: [0.5, 1.0]'}, escalate: { ackWithin: 24h, to: boss } }
`;

async function project(
  answers: readonly [WebhookAnswer, ...WebhookAnswer[]] = [{ status: 200 }],
  over: { channel?: string; at?: string } = {},
): Promise<{ bench: Bench; server: WebhookServer }> {
  const server = await startWebhook(...answers);
  servers.push(server);
  const bench = await openBench('2026-11-23T08:00:00Z');
  bench.env['HOOK_URL'] = server.url;
  bench.env['PAGER_URL'] = server.url;
  bench.env['HOOK_SECRET'] = SECRET;
  bench.env['PAGER_KEY'] = 'routing';
  await writeFile(join(bench.folder, 'spendproof.yaml'), planOf(server.host, over));
  for (const folder of ['exports', 'private']) await mkdir(join(bench.folder, folder));
  await copyFile(
    resolve('test/fixtures/cli/quota-two-weeks.json'),
    join(bench.folder, 'exports/quota.json'),
  );
  const unit = {
    unit: 'quota',
    per: { currency: 'USD', amount: '1' },
    verified: '2026-11-01',
  };
  await writeFile(join(bench.folder, 'private/unit.json'), JSON.stringify(unit));
  const made = await bench.run('init', '--yes');
  expect(made.stderr).not.toContain('error');
  return { bench, server };
}

const rowsOf = async (bench: Bench) =>
  JSON.parse((await bench.run('notify', 'outbox', '--json')).stdout).data as {
    readonly notice: string;
    readonly channel: string;
    readonly transition: string;
    readonly state: string;
    readonly attempts: number;
  }[];

describe('notices of a review', () => {
  it('go to the owner once, whatever runs again, then to the next one when nobody acknowledges', async () => {
    const { bench, server } = await project();
    const first = await bench.run('review');
    expect(first.stderr).not.toContain('error');
    expect(await rowsOf(bench)).toMatchObject([
      { channel: 'outbox', transition: 'fired', state: 'delivered', attempts: 1 },
      { channel: 'hook', transition: 'fired', state: 'delivered', attempts: 1 },
    ]);
    await bench.run('review');
    bench.at('2026-11-24T07:59:59Z');
    await bench.run('review', '--due');
    expect(server.seen).toHaveLength(1);
    bench.at('2026-11-24T08:00:00Z');
    await Promise.all([1, 2, 3].map(async () => await bench.run('review', '--due')));
    await bench.run('review', '--due');
    expect(server.seen.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'budget.alert', data: { budget: 'monthly', transition: 'fired', to: 'finops' } },
      {
        event_action: 'trigger',
        payload: { summary: expect.stringContaining('Not acknowledged') },
      },
    ]);
    expect(await readdir(join(bench.folder, 'outbox'))).toHaveLength(2);
  });

  it('that failed are sent again under the same id, and say so until they arrive', async () => {
    const { bench, server } = await project([{ status: 400 }, { status: 200 }]);
    await bench.run('review');
    const listed = await bench.run('notify');
    expect(listed.exit).toBe(3);
    expect(listed.stdout).toContain('failed: status');
    const failed = (await rowsOf(bench)).find(({ state }) => state === 'failed');
    bench.env['HOOK_SECRET'] = 'too short';
    const unsigned = await bench.run('notify', 'retry', failed?.notice ?? '');
    expect([unsigned.exit, unsigned.stderr]).toEqual([
      4,
      expect.stringMatching(/channel=hook secret=secret expected=.* 16 to 512 characters/),
    ]);
    bench.env['HOOK_SECRET'] = SECRET;
    const again = await bench.run('notify', 'retry', failed?.notice.slice(7, 19) ?? '');
    expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining('delivered')]);
    const [before, after] = server.seen.map(({ headers }) => headers['webhook-id']);
    expect(after).toBe(before);
    const third = await bench.run('notify', 'retry', failed?.notice ?? '');
    expect(third.exit).toBe(2);
    expect(third.stderr).toContain('it is not sent twice');
    expect((await bench.run('notify', 'retry', 'ffff')).exit).toBe(2);
  });

  it('of warnings wait for the end of quiet hours, and all of them go out as one digest', async () => {
    const channel = ', digest: { at: "10:00" }, quiet: { from: "18:00", until: "09:30" }';
    const at = 'rules: [{ id: near, basis: actual, at: 0.5, severity: warning }]';
    const { bench } = await project([{ status: 200 }], { channel, at });
    const plan = await readFile(join(bench.folder, 'spendproof.yaml'), 'utf8');
    const second =
      '  - { id: weekly, title: Weekly, amount: "0.01", period: { every: week }, rules: [{ id: near, basis: actual, at: 0.5, severity: info }] }';
    await writeFile(join(bench.folder, 'spendproof.yaml'), `${plan}${second}\n`);
    await bench.run('review');
    const waiting = (await rowsOf(bench)).filter(({ channel: id }) => id === 'outbox');
    expect(waiting.length).toBeGreaterThan(1);
    expect(new Set(waiting.map(({ state }) => state))).toEqual(new Set(['waiting']));
    bench.at('2026-11-23T09:00:00Z');
    await bench.run('review', '--due');
    const [json = ''] = (await readdir(join(bench.folder, 'outbox'))).filter((name) =>
      name.endsWith('.json'),
    );
    expect(json).toMatch(/^digest-/);
    const digest = JSON.parse(await readFile(join(bench.folder, 'outbox', json), 'utf8'));
    expect(digest.payload.data.notices).toHaveLength(waiting.length);
    expect(await readdir(join(bench.folder, 'outbox'))).toHaveLength(2);
  });
});

describe('notify test', () => {
  it('proves a channel and records how it ended', async () => {
    const { bench, server } = await project();
    const good = await bench.run('notify', 'test', 'hook');
    expect([good.exit, good.stdout]).toEqual([0, 'hook: delivered (1 attempt)\n']);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ type: 'notice.test' });
    delete bench.env['HOOK_SECRET'];
    const bad = await bench.run('notify', 'test', 'hook');
    expect([bad.exit, bad.stdout]).toEqual([
      4,
      'hook: failed, a secret that the plan refers to is not there or has another form (0 attempts)\n',
    ]);
    expect(await rowsOf(bench)).toMatchObject([
      { transition: 'test', state: 'delivered' },
      { transition: 'test', state: 'failed' },
    ]);
    expect((await bench.run('notify', 'test', 'hok')).stderr).toContain('Did you mean hook?');
  });

  it('keeps secrets out of everything it writes', async () => {
    const { bench } = await project([{ status: 400 }]);
    const ended = await bench.run('notify', 'test', 'hook', '--json');
    const log = await bench.run('ledger', 'log', '--json');
    const written = JSON.stringify([ended, log]);
    expect(written).toContain('status');
    for (const canary of [SECRET, '/hook?', bench.env['HOOK_URL'] ?? 'none']) {
      expect(written).not.toContain(canary);
    }
  });
});
