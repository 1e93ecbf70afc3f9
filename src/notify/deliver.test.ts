import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  startWebhook,
  type WebhookAnswer,
  type WebhookServer,
} from '../../test/servers/webhook.ts';
import { startMail } from '../../test/servers/mail.ts';
import { NOBODY } from '../../test/servers/nobody.ts';
import { NOW_MS, notifyWorld, placeOf } from '../../test/servers/notify-world.ts';
import type { Ports } from '../core/index.ts';
import { nodeFiles } from '../evidence/index.ts';
import type { Channel } from '../plan/index.ts';
import { channelKinds, deliver } from './deliver.ts';
import { type Notice, testNotice } from './notice.ts';
import { CHANNELS } from './registry.ts';

let folder = '';
const servers: WebhookServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spendproof-notify-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const notice: Notice = {
  ...testNotice('hook', '2026-11-23T08:00:00Z', 'a'),
  id: `alert-${'ab'.repeat(32)}`,
  title: 'All usage: 105 % of the budget',
  text: 'Spend: 1260.00 USD\n',
  markdown: '# All usage\n',
  payload: { type: 'budget.alert', data: { amount: '1200', note: 'ünï' } },
};

const GENERATED = `whsec_${randomBytes(32).toString('base64')}`;
const RAW = randomBytes(20).toString('hex');

const worldOf = notifyWorld;

const outbox = (path = 'outbox'): Channel => ({ id: 'outbox', kind: 'file', path });
const hook = (timeout = '10m'): Channel => ({
  id: 'hook',
  kind: 'webhook',
  url: { env: 'HOOK_URL' },
  secret: { env: 'HOOK_SECRET' },
  timeout,
});

describe('the file channel', () => {
  const send = (channel: Channel, ports: Ports) =>
    deliver(channel, notice, { folder, loopback: [] }, ports);

  it('writes one JSON and one Markdown file, named by the notice', async () => {
    const { ports } = worldOf({});
    expect(await send(outbox('a/outbox'), ports)).toEqual({
      outcome: 'delivered',
      reason: 'ok',
      attempts: 1,
    });
    const names = await readdir(join(folder, 'a/outbox'));
    expect(names).toEqual([`${notice.id}.json`, `${notice.id}.md`]);
    const json = await readFile(join(folder, 'a/outbox', `${notice.id}.json`), 'utf8');
    const { id, title, text, payload } = notice;
    expect(JSON.parse(json)).toEqual({ id, title, text, payload });
    expect(await readFile(join(folder, 'a/outbox', `${notice.id}.md`), 'utf8')).toBe(
      '# All usage\n',
    );
  });

  it('changes nothing when the same notice is sent again', async () => {
    const { ports } = worldOf({});
    await send(outbox(), ports);
    const path = join(folder, 'outbox', `${notice.id}.md`);
    await writeFile(path, 'read and noted');
    expect(await send(outbox(), ports)).toMatchObject({ outcome: 'delivered' });
    expect(await readFile(path, 'utf8')).toBe('read and noted');
    expect(await readdir(join(folder, 'outbox'))).toHaveLength(2);
  });

  it('finishes what a crash between the two files left', async () => {
    const { ports } = worldOf({});
    await send(outbox(), ports);
    await rm(join(folder, 'outbox', `${notice.id}.json`));
    await send(outbox(), ports);
    expect(await readdir(join(folder, 'outbox'))).toHaveLength(2);
  });

  it.each(['../outside', '/tmp/outside', 'a/../../outside'])(
    'stays inside the project: %s',
    async (path) => {
      const { ports } = worldOf({});
      expect(await send(outbox(path), ports)).toMatchObject({
        outcome: 'failed',
        reason: 'not-writable',
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('follows no link out of the project', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'spendproof-outside-'));
    await symlink(outside, join(folder, 'outbox'));
    const { ports } = worldOf({});
    expect(await send(outbox(), ports)).toMatchObject({ reason: 'not-writable' });
    expect(await readdir(outside)).toEqual([]);
    await rm(outside, { recursive: true });
  });

  it('ends failed, not in an error, when the disk says no, and leaves no draft', async () => {
    const files = nodeFiles();
    const full = Object.assign(new Error(`no space on ${folder}`), { code: 'ENOSPC' });
    const { ports, log } = worldOf({}, { files: { ...files, link: () => Promise.reject(full) } });
    expect(await send(outbox(), ports)).toEqual({
      outcome: 'failed',
      reason: 'not-writable',
      attempts: 1,
    });
    expect(log.join('\n')).toContain('ENOSPC');
    expect(log.join('\n')).not.toContain(folder);
    expect(await readdir(join(folder, 'outbox'))).toEqual([]);
  });

  it('ends failed when a file stands where the folder should be', async () => {
    await writeFile(join(folder, 'outbox'), '');
    const { ports } = worldOf({});
    expect(await send(outbox(), ports)).toMatchObject({ reason: 'not-writable' });
    expect(await send(outbox('outbox/deeper'), ports)).toMatchObject({ reason: 'not-writable' });
  });
});

interface Sent {
  readonly delivery: Awaited<ReturnType<typeof deliver>>;
  readonly server: WebhookServer;
  readonly pauses: readonly number[];
  readonly log: readonly string[];
}

async function post(
  answers: readonly [WebhookAnswer, ...WebhookAnswer[]],
  over: { secret?: string; timeout?: string; byte?: number; notice?: Notice } = {},
): Promise<Sent> {
  const server = await startWebhook(...answers);
  servers.push(server);
  const secrets = { HOOK_URL: `${server.url}?q=1`, HOOK_SECRET: over.secret ?? GENERATED };
  const random = { bytes: (count: number) => new Uint8Array(count).fill(over.byte ?? 0) };
  const { ports, log } = worldOf(secrets, { random });
  const pauses: number[] = [];
  const patience = {
    attemptsMax: 4,
    firstPauseMs: 1000,
    pausesMaxMs: 30_000,
    pause: (ms: number) => Promise.resolve(void pauses.push(ms)),
  };
  const place = { folder, loopback: [server.host], patience };
  const delivery = await deliver(hook(over.timeout), over.notice ?? notice, place, ports);
  return { delivery, server, pauses, log };
}

describe('the webhook channel', () => {
  beforeEach(() => {
    // The oracle refuses what is older than five minutes, which a slow machine may need for this file.
    vi.setSystemTime(NOW_MS);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['a generated secret', GENERATED, () => new Webhook(GENERATED)],
    ['a raw secret', RAW, () => new Webhook(RAW, { format: 'raw' })],
  ])('signs with %s as standardwebhooks does, byte for byte', async (_, secret, oracle) => {
    const { delivery, server } = await post([{ status: 204 }], { secret });
    expect(delivery).toEqual({ outcome: 'delivered', reason: 'ok', attempts: 1 });
    const { headers = {}, body = '' } = server.seen[0] ?? {};
    expect(oracle().verify(body, headers)).toEqual(notice.payload);
    const seconds = new Date(Math.floor(NOW_MS / 1000) * 1000);
    expect(headers['webhook-signature']).toBe(oracle().sign(notice.id, seconds, body));
    expect(headers['webhook-id']).toBe(notice.id);
    expect(() => oracle().verify(`${body} `, headers)).toThrow('No matching signature found');
  });

  it('tries again after a fault of the receiver, under the same id', async () => {
    const { delivery, server, pauses } = await post([{ status: 500 }, 'hang-up', { status: 200 }]);
    expect(delivery).toEqual({ outcome: 'delivered', reason: 'ok', attempts: 3 });
    expect(server.seen.map(({ headers }) => headers['webhook-id'])).toEqual([
      notice.id,
      notice.id,
      notice.id,
    ]);
    expect(pauses).toEqual([500, 1000]);
  });

  it('spreads the pauses by chance, over half to one and a half', async () => {
    const { pauses } = await post([{ status: 503 }], { byte: 255 });
    expect(pauses).toEqual([1500, 3000, 6000]);
  });

  it('gives up after the last attempt', async () => {
    const { delivery, server } = await post([{ status: 503 }]);
    expect(delivery).toEqual({ outcome: 'failed', reason: 'status', attempts: 4 });
    expect(server.seen).toHaveLength(4);
  });

  it('waits as long as the receiver asks, in seconds or until a date', async () => {
    const seconds = await post([{ status: 429, headers: { 'retry-after': '7' } }, { status: 200 }]);
    expect(seconds.pauses).toEqual([7000]);
    const at = Math.ceil(NOW_MS / 1000) * 1000 + 9000;
    const date = new Date(at).toUTCString();
    const dated = await post([{ status: 503, headers: { 'retry-after': date } }, { status: 200 }]);
    expect(dated.pauses).toEqual([at - NOW_MS]);
    const odd = await post([{ status: 429, headers: { 'retry-after': 'soon' } }, { status: 200 }]);
    expect(odd.pauses).toEqual([500]);
  });

  it('does not wait longer than its budget', async () => {
    const { delivery, pauses } = await post([{ status: 429, headers: { 'retry-after': '3600' } }]);
    expect(delivery).toEqual({ outcome: 'failed', reason: 'status', attempts: 1 });
    expect(pauses).toEqual([]);
  });

  it('counts all pauses against its budget', async () => {
    const { delivery, pauses } = await post([{ status: 429, headers: { 'retry-after': '20' } }]);
    expect(delivery).toEqual({ outcome: 'failed', reason: 'status', attempts: 2 });
    expect(pauses).toEqual([20_000]);
  });

  it('counts a 2xx as arrived, whatever becomes of the body of the answer', async () => {
    const { delivery } = await post([{ status: 200, headers: { 'content-encoding': 'br' } }]);
    expect(delivery).toEqual({ outcome: 'delivered', reason: 'ok', attempts: 1 });
  });

  it.each([
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:9/' } }],
    ['a refusal', { status: 410 }],
  ])('does not repeat or follow %s', async (_, answer) => {
    const { delivery, server } = await post([answer]);
    expect(delivery).toEqual({ outcome: 'failed', reason: 'status', attempts: 1 });
    expect(server.seen).toHaveLength(1);
  });

  it('gives up on a receiver that stays silent', async () => {
    const { delivery } = await post(['silent'], { timeout: '50ms' });
    expect(delivery).toEqual({ outcome: 'failed', reason: 'timeout', attempts: 4 });
  });

  it('leaves the numbers out of a body that would be too long', async () => {
    const long = { ...notice, payload: { data: 'x'.repeat(20_000) } };
    const { server } = await post([{ status: 200 }], { notice: long });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      type: 'notice.too-long',
      data: { id: notice.id },
    });
  });

  it('sends what Alertmanager sends when the plan asks for its format', async () => {
    const server = await startWebhook({ status: 200 });
    servers.push(server);
    const { ports } = worldOf({ HOOK_URL: server.url, HOOK_SECRET: GENERATED });
    const channel: Channel = { ...hook(), format: 'alertmanager' } as Channel;
    await deliver(channel, notice, { folder, loopback: [server.host] }, ports);
    const { body = '', headers = {} } = server.seen[0] ?? {};
    expect(new Webhook(GENERATED).verify(body, headers)).toMatchObject({
      version: '4',
      status: 'firing',
      receiver: 'hook',
      alerts: [{ labels: notice.labels }],
    });
  });

  it('keeps secret, address and body out of result and log', async () => {
    const { delivery, log } = await post([{ status: 500 }]);
    const written = JSON.stringify([delivery, log]);
    expect(log.length).toBeGreaterThan(0);
    for (const canary of [GENERATED, GENERATED.slice(6), '/hook', '127.0.0.1', '1260', 'ünï']) {
      expect(written).not.toContain(canary);
    }
  });

  const attempt = async (
    secrets: Readonly<Record<string, string>>,
    over: Partial<Ports> = {},
    timeout?: string,
  ) => {
    const { ports, log } = worldOf(secrets, over);
    const patience = {
      attemptsMax: 2,
      firstPauseMs: 0,
      pausesMaxMs: 0,
      pause: () => Promise.resolve(),
    };
    const place = { folder, loopback: [], patience };
    const delivery = await deliver(hook(timeout), notice, place, ports);
    return { delivery, log };
  };

  it.each([
    ['a private address', 'https://10.0.0.1/hook'],
    ['a name with a private address', 'https://hooks.example.com/hook'],
    ['plain HTTP', 'http://hooks.example.com/hook'],
    ['credentials in the URL', 'https://user:pass@hooks.example.com/'],
    ['this machine, unless the plan lists it', 'http://127.0.0.1:8080/'],
  ])('refuses %s', async (_, url) => {
    const { delivery } = await attempt({ HOOK_URL: url, HOOK_SECRET: GENERATED });
    expect(delivery).toEqual({ outcome: 'failed', reason: 'address-refused', attempts: 1 });
  });

  it.each([
    ['no URL', { HOOK_SECRET: GENERATED }],
    ['no secret', { HOOK_URL: 'https://hooks.example.com/' }],
    ['something else than a URL', { HOOK_URL: 'hooks', HOOK_SECRET: GENERATED }],
    ['a short secret', { HOOK_URL: 'https://hooks.example.com/', HOOK_SECRET: 'short' }],
    [
      'a short generated secret',
      { HOOK_URL: 'https://a.example/', HOOK_SECRET: `whsec_${btoa('short')}` },
    ],
    [
      'a secret that is no base64',
      { HOOK_URL: 'https://a.example/', HOOK_SECRET: `whsec_${'-'.repeat(40)}` },
    ],
    [
      'a secret of unfinished base64',
      { HOOK_URL: 'https://a.example/', HOOK_SECRET: `whsec_${'A'.repeat(41)}` },
    ],
  ])('sends nothing with %s', async (_, secrets) => {
    const { delivery } = await attempt(secrets);
    expect(delivery).toEqual({ outcome: 'failed', reason: 'secret-missing', attempts: 0 });
  });

  it('drops the message of a secret that cannot be read', async () => {
    const read = () => Promise.reject(new Error(GENERATED));
    const { delivery, log } = await attempt({}, { secrets: { read } });
    expect(delivery.reason).toBe('secret-missing');
    expect(log.join('\n')).not.toContain(GENERATED);
  });

  it.each([
    ['an unknown host', () => Promise.reject(new Error('ENOTFOUND hooks')), '10m', 'refused'],
    ['a name server that stays silent', () => new Promise<never>(() => {}), '200ms', 'timeout'],
  ])('ends failed for %s', async (_, lookup, timeout, reason) => {
    const { delivery } = await attempt(
      { HOOK_URL: 'https://hooks.example.com/', HOOK_SECRET: GENERATED },
      { network: { lookup } },
      timeout,
    );
    expect(delivery).toMatchObject({ outcome: 'failed', reason });
  });

  it('sends nothing to a receiver whose certificate nobody vouches for, and says so', async () => {
    const server = await startMail({ secure: true });
    const { ports } = worldOf({ HOOK_URL: `https://${server.host}/hook`, HOOK_SECRET: GENERATED });
    const place = placeOf(server.host);
    expect(await deliver(hook(), notice, place, ports)).toMatchObject({
      outcome: 'failed',
      reason: 'tls',
    });
    await server.close();
  });

  it('ends failed when nobody listens', async () => {
    const { ports } = worldOf({ HOOK_URL: `http://${NOBODY}/hook`, HOOK_SECRET: GENERATED });
    const patience = {
      attemptsMax: 1,
      firstPauseMs: 0,
      pausesMaxMs: 0,
      pause: () => Promise.resolve(),
    };
    const place = { folder, loopback: [NOBODY], patience };
    expect(await deliver(hook(), notice, place, ports)).toEqual({
      outcome: 'failed',
      reason: 'refused',
      attempts: 1,
    });
  });
});

describe('channels of a plan', () => {
  it('lists the kinds that can be used', () => {
    expect(channelKinds).toEqual([
      'alertmanager',
      'email',
      'file',
      'github',
      'gitlab',
      'ntfy',
      'pagerduty',
      'slack',
      'teams',
      'webhook',
    ]);
  });

  it.each(['../x', 'a b', 'a\r\nb', ''])('takes no id that is no name: %j', async (id) => {
    const { ports } = worldOf({});
    const place = { folder, loopback: [] };
    await expect(deliver(outbox(), { ...notice, id }, place, ports)).rejects.toThrow(
      'Expected letters, digits and hyphens as id',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives no sender a channel of another kind', async () => {
    const { ports } = worldOf({});
    for (const sender of CHANNELS) {
      const other = sender.kind === 'file' ? hook() : outbox();
      await expect(sender.deliver(other, notice, { folder, loopback: [] }, ports)).rejects.toThrow(
        `Expected a channel of kind ${sender.kind}`,
      );
    }
  });
});
