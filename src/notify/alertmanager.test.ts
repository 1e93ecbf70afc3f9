import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NOW_MS, notifyWorld, placeOf } from '../../test/servers/notify-world.ts';
import { startWebhook, type WebhookServer } from '../../test/servers/webhook.ts';
import { until } from '../../test/until.ts';
import { instantFromMs } from '../core/index.ts';
import type { Channel } from '../plan/index.ts';
import { alertmanagerMessage } from './alertmanager-message.ts';
import { deliver } from './deliver.ts';
import { type Notice, noticeOf, testNotice } from './notice.ts';

const PROGRAM = 'prometheus-alertmanager';
const here = spawnSync(PROGRAM, ['--version']).status === 0;
const TOKEN = ['tok', 'en'].join('-');
const channel: Channel = { id: 'am', kind: 'alertmanager', url: { env: 'URL' }, timeout: '10m' };
const startsAt = instantFromMs(NOW_MS - 60_000);

const firing: Notice = noticeOf({
  ...testNotice('x', startsAt, 'a'),
  id: 'notice-1',
  subject: 'alert-1',
  thread: 'budget-monthly',
  state: 'firing',
  severity: 'critical',
  title: 'All usage: 105 % of the budget',
  startsAt,
  endsAt: instantFromMs(NOW_MS + 86_400_000),
  labels: { alertname: 'SpendproofBudget', budget: 'monthly', rule: 'over', team: 'ai-platform' },
});

const servers: WebhookServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('the alertmanager channel', () => {
  const seenBy = async (notice: Notice, over: Partial<Channel> = {}, tail = '/') => {
    const server = await startWebhook({ status: 200 });
    servers.push(server);
    const { ports } = notifyWorld({ URL: `http://${server.host}${tail}`, TOKEN });
    const used = { ...channel, ...over } as Channel;
    await deliver(used, notice, placeOf(server.host), ports);
    return server.seen.map(({ path, headers, body }) => ({
      path,
      headers,
      alerts: JSON.parse(body),
    }));
  };

  it('posts to the API below the address, with the token in a header', async () => {
    const [plain] = await seenBy(firing);
    expect(plain?.path).toBe('/api/v2/alerts');
    const [prefixed] = await seenBy(firing, { token: { env: 'TOKEN' } }, '/am/');
    expect(prefixed?.path).toBe('/am/api/v2/alerts');
    expect(prefixed?.headers['authorization']).toBe(`Bearer ${TOKEN}`);
  });

  it.each([
    ['ends with the period of the budget', firing, firing.endsAt],
    ['ends now when resolved', { ...firing, state: 'resolved' }, instantFromMs(NOW_MS)],
    ['ends soon when it is a test', { ...firing, state: 'test' }, instantFromMs(NOW_MS + 300_000)],
    [
      'lasts a week when its period is over',
      { ...firing, endsAt: startsAt },
      instantFromMs(NOW_MS + 7 * 86_400_000),
    ],
  ] as const)('%s', async (_, notice, endsAt) => {
    const [seen] = await seenBy(notice);
    expect(seen?.alerts).toEqual([expect.objectContaining({ endsAt, labels: firing.labels })]);
  });

  it('sends nothing without an address or with a token that is not there', async () => {
    const { ports } = notifyWorld({ URL: 'https://alerts.example.com' });
    const none = { ...channel, url: { env: 'NONE' } } as Channel;
    expect(await deliver(none, firing, placeOf(), ports)).toMatchObject({
      reason: 'secret-missing',
    });
    const token = { ...channel, token: { env: 'NONE' } } as Channel;
    expect(await deliver(token, firing, placeOf(), ports)).toMatchObject({
      reason: 'secret-missing',
    });
  });
});

/** Debian's Alertmanager with a webhook of ours as its receiver. */
describe.skipIf(!here)(`with ${PROGRAM} (skipped where it is not installed)`, () => {
  let folder = '';
  let child: ChildProcess;
  let ended: Promise<unknown>;
  let host = '';
  let receiver: WebhookServer;

  beforeAll(async () => {
    receiver = await startWebhook({ status: 200 });
    folder = await mkdtemp(join(tmpdir(), 'spendproof-alertmanager-'));
    const config = [
      'route: { receiver: sink, group_by: [budget], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }',
      `receivers: [{ name: sink, webhook_configs: [{ url: "${receiver.url}", send_resolved: true }] }]`,
    ];
    await writeFile(join(folder, 'config.yml'), config.join('\n'));
    const words = [
      `--config.file=${join(folder, 'config.yml')}`,
      `--storage.path=${folder}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ];
    const started = spawn(PROGRAM, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    ended = once(child, 'exit');
    host = await listeningAt(started.stderr);
    await until(async () => (await fetch(`http://${host}/-/ready`)).ok);
  });

  afterAll(async () => {
    // It writes its state when it is asked to end, into the folder that goes.
    child.kill();
    await ended;
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('opens one alert, however often it is sent, and closes it by the recovery', async () => {
    const { ports } = notifyWorld({ URL: `http://${host}/` });
    const send = async (notice: Notice) => await deliver(channel, notice, placeOf(host), ports);
    const active = async () => {
      const answer = await fetch(`http://${host}/api/v2/alerts`);
      return (await answer.json()) as { labels: object; annotations: object; endsAt: string }[];
    };
    expect(await send(firing)).toEqual({ outcome: 'delivered', reason: 'ok', attempts: 1 });
    expect(await send(firing)).toMatchObject({ outcome: 'delivered' });
    const [alert, ...more] = await active();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ labels: firing.labels, annotations: { summary: firing.title } });
    expect(Date.parse(alert?.endsAt ?? '')).toBe(Date.parse(firing.endsAt ?? ''));
    await until(() => receiver.seen.length > 0);
    await send({ ...firing, state: 'resolved' });
    await until(async () => (await active()).length === 0);
    await until(() => receiver.seen.some(({ body }) => body.includes('"resolved"')));
  });

  it('writes to its webhooks in the form of our webhook-v4 format', () => {
    const theirs = JSON.parse(receiver.seen[0]?.body ?? '{}') as Record<string, unknown>;
    const ours = alertmanagerMessage(firing, 'sink') as Record<string, unknown>;
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted());
    expect([ours['version'], ours['status']]).toEqual([theirs['version'], theirs['status']]);
    expect([ours['commonLabels'], ours['commonAnnotations']]).toEqual([
      theirs['commonLabels'],
      theirs['commonAnnotations'],
    ]);
    const inside = (message: Record<string, unknown>) =>
      Object.keys(Object(message['alerts'])[0] ?? {});
    expect(inside(ours).toSorted()).toEqual(inside(theirs).toSorted());
  });
});

/** Its log names the port that it was given; what it writes later is read too, so that it never waits for a reader. */
async function listeningAt(log: Readable): Promise<string> {
  return await new Promise((resolve, reject) => {
    const lines = createInterface({ input: log });
    lines.on('line', (line) => {
      const address = /Listening on.*?address=(\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    lines.once('close', () => reject(new Error(`Expected ${PROGRAM} to listen, it ended`)));
  });
}
