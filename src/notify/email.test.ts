import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type MailServer, type Refusal, startMail } from '../../test/servers/mail.ts';
import { NOBODY } from '../../test/servers/nobody.ts';
import { notifyWorld, placeOf } from '../../test/servers/notify-world.ts';
import type { Channel } from '../plan/index.ts';
import { deliver } from './deliver.ts';
import { type Notice, noticeOf, testNotice } from './notice.ts';

const servers: MailServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const PASSWORD = ['pa', 'ss', 'word'].join('-');
const notice: Notice = noticeOf({
  ...testNotice('mail', '2026-11-23T08:00:00Z', 'a'),
  id: `notice-${'ab'.repeat(32)}`,
  thread: 'budget-monthly',
  state: 'firing',
  severity: 'critical',
  title: 'Älle <usage>: 105 % of the budget',
  facts: [['Spend', 'USD 1,260.00 <b>&']],
});

interface Setting {
  readonly server?: { readonly password?: string; readonly refusals?: readonly Refusal[] };
  readonly secrets?: Readonly<Record<string, string>>;
  readonly listed?: boolean;
  readonly timeout?: string;
  readonly from?: true;
}

async function mail(setting: Setting = {}) {
  const server = await startMail(setting.server);
  servers.push(server);
  const { ports, log } = notifyWorld({
    TO: 'finops@example.com, owner@example.org',
    SMTP: `smtp://alerts%40example.com:${PASSWORD}@${server.host}`,
    ...setting.secrets,
  });
  const channel: Channel = {
    id: 'mail',
    kind: 'email',
    to: { env: 'TO' },
    smtp: { env: 'SMTP' },
    ...(setting.from === true ? { from: { env: 'FROM' } } : {}),
    timeout: setting.timeout ?? '10m',
  };
  const place = placeOf(...(setting.listed === false ? [] : [server.host]));
  const delivery = await deliver(channel, notice, place, ports);
  return { delivery, server, log, pauses: place.pauses };
}

describe('the email channel', () => {
  it('sends text and HTML to every receiver, signed in as the user of the address', async () => {
    const { delivery, server } = await mail({ server: { password: PASSWORD } });
    expect(delivery).toEqual({ outcome: 'delivered', reason: 'ok', attempts: 1 });
    expect(server.seen).toHaveLength(1);
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      from: 'alerts@example.com',
      to: ['finops@example.com', 'owner@example.org'],
      user: 'alerts@example.com',
    });
    expect(seen?.text).toContain('Content-Type: text/plain; charset=utf-8');
    expect(seen?.text).toContain('Content-Type: text/html; charset=utf-8');
    expect(seen?.text).toContain('&lt;b&gt;&amp;');
  });

  it('names list, thread and notice, so that clients sort, thread and drop second copies', async () => {
    const { server } = await mail({ server: { password: PASSWORD } });
    const text = (server.seen[0]?.text ?? '').replace(/\r\n[ \t]+/g, ' ');
    expect(text).toContain('List-ID: <budget-monthly.spendproof.example.com>');
    expect(text).toContain('In-Reply-To: <budget-monthly@spendproof.example.com>');
    expect(text).toContain('References: <budget-monthly@spendproof.example.com>');
    expect(text).toMatch(new RegExp(`Message-ID: <${notice.id}@spendproof.example.com>`));
    expect(text).toContain('Auto-Submitted: auto-generated');
    expect(text).toMatch(/^Importance: high$/im);
  });

  it('takes the sender that the plan names, else the first receiver where nobody signs in', async () => {
    const smtp = async (secrets: Record<string, string>, from?: true) => {
      const server = await startMail();
      servers.push(server);
      const { ports } = notifyWorld({
        TO: 'a@example.com',
        SMTP: `smtp://${server.host}`,
        ...secrets,
      });
      const channel: Channel = {
        id: 'mail',
        kind: 'email',
        to: { env: 'TO' },
        smtp: { env: 'SMTP' },
        timeout: '10m',
        ...(from === true ? { from: { env: 'FROM' } } : {}),
      };
      const delivery = await deliver(channel, notice, placeOf(server.host), ports);
      return [delivery.reason, server.seen[0]?.from];
    };
    expect(await smtp({})).toEqual(['ok', 'a@example.com']);
    expect(await smtp({ FROM: 'spend@example.net' }, true)).toEqual(['ok', 'spend@example.net']);
    expect(await smtp({}, true)).toEqual(['secret-missing', undefined]);
  });

  it('tries again when the server says not now', async () => {
    const refusals = [
      { at: 'sender', code: 421 },
      { at: 'data', code: 451 },
    ] as const;
    const { delivery, server, pauses } = await mail({ server: { password: PASSWORD, refusals } });
    expect(delivery).toEqual({ outcome: 'delivered', reason: 'ok', attempts: 3 });
    expect(server.seen).toHaveLength(1);
    expect(pauses).toHaveLength(2);
  });

  it('does not repeat what the server refuses for good', async () => {
    const refusals = [{ at: 'data', code: 554 }] as const;
    const { delivery } = await mail({ server: { password: PASSWORD, refusals } });
    expect(delivery).toEqual({ outcome: 'failed', reason: 'status', attempts: 1 });
  });

  it('does not repeat a password that is refused', async () => {
    const { delivery } = await mail({ server: { password: `${PASSWORD}2` } });
    expect(delivery).toEqual({ outcome: 'failed', reason: 'auth-refused', attempts: 1 });
  });

  it('refuses this machine unless the plan lists it, and any port that is not for mail', async () => {
    expect((await mail({ listed: false })).delivery.reason).toBe('address-refused');
    const smtp = `smtps://u:${PASSWORD}@mail.example.com:443`;
    expect((await mail({ secrets: { SMTP: smtp } })).delivery.reason).toBe('address-refused');
    const inside = `smtps://u:${PASSWORD}@10.0.0.1`;
    expect((await mail({ secrets: { SMTP: inside } })).delivery.reason).toBe('address-refused');
  });

  it('shows its password to no server whose certificate is not that of the name', async () => {
    const server = await startMail({ secure: true, password: PASSWORD });
    servers.push(server);
    const { ports } = notifyWorld({
      TO: 'a@example.com',
      SMTP: `smtps://alerts:${PASSWORD}@${server.host}`,
    });
    const channel: Channel = {
      id: 'mail',
      kind: 'email',
      to: { env: 'TO' },
      smtp: { env: 'SMTP' },
      timeout: '10m',
    };
    expect(await deliver(channel, notice, placeOf(server.host), ports)).toEqual({
      outcome: 'failed',
      reason: 'tls',
      attempts: 1,
    });
    expect(server.seen).toEqual([]);
  });

  it('says how many receivers were refused, and is delivered to the others', async () => {
    const { delivery, server, log } = await mail({
      server: { password: PASSWORD, refusals: [{ at: 'receiver', code: 550 }] },
    });
    expect(delivery).toMatchObject({ outcome: 'delivered', reason: 'ok' });
    expect(server.seen[0]?.to).toEqual(['owner@example.org']);
    expect(log).toContain(JSON.stringify(['notify.receivers-refused', { count: 1 }]));
  });

  it('reaches a server by its name, at the port for submission unless the address names one', async () => {
    const server = await startMail();
    servers.push(server);
    const [, port = ''] = server.host.split(':');
    const send = async (smtp: string, listed: string, lookup = ['127.0.0.1']) => {
      const secrets = { TO: 'a@example.com', SMTP: smtp };
      const network = { lookup: () => Promise.resolve(lookup) };
      const { ports } = notifyWorld(secrets, { network });
      const channel: Channel = {
        id: 'mail',
        kind: 'email',
        to: { env: 'TO' },
        smtp: { env: 'SMTP' },
        timeout: '10m',
      };
      return (await deliver(channel, notice, placeOf(listed), ports)).reason;
    };
    expect(await send(`smtp://mail.test:${port}`, `mail.test:${port}`)).toBe('ok');
    expect(await send(`smtp://mail.test:${port}`, `mail.test:${port}`, [])).toBe('refused');
    // Whether somebody listens there or not: the port that is not listed is refused before anybody asks.
    expect(await send('smtp://mail.test', 'mail.test:465')).toBe('address-refused');
    expect(await send('smtps://mail.test', 'mail.test:587')).toBe('address-refused');
    expect(await send('smtps://mail.test', 'mail.test:465')).not.toBe('address-refused');
    expect(await send('smtp://mail.test', 'mail.test:587')).not.toBe('address-refused');
  });

  it('gives up on a server that stays silent, and on a name that nobody resolves in time', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const send = async (host: string, lookup: () => Promise<readonly string[]>) => {
      const secrets = { TO: 'a@example.com', SMTP: `smtp://${host}` };
      const { ports } = notifyWorld(secrets, { network: { lookup } });
      const channel: Channel = {
        id: 'mail',
        kind: 'email',
        to: { env: 'TO' },
        smtp: { env: 'SMTP' },
        timeout: '50ms',
      };
      return await deliver(channel, notice, placeOf(host), ports);
    };
    const late = { outcome: 'failed', reason: 'timeout', attempts: 3 };
    expect(await send(`127.0.0.1:${port}`, () => Promise.resolve([]))).toEqual(late);
    expect(await send('mail.test:587', () => new Promise(() => {}))).toEqual(late);
    await new Promise((resolve) => silent.close(resolve));
  });

  it('ends failed when nobody listens', async () => {
    const { ports } = notifyWorld({ TO: 'a@example.com', SMTP: `smtp://${NOBODY}` });
    const channel: Channel = {
      id: 'mail',
      kind: 'email',
      to: { env: 'TO' },
      smtp: { env: 'SMTP' },
      timeout: '10m',
    };
    expect(await deliver(channel, notice, placeOf(NOBODY), ports)).toEqual({
      outcome: 'failed',
      reason: 'refused',
      attempts: 3,
    });
  });

  it.each([
    ['no server', { SMTP: '' }],
    ['another protocol', { SMTP: 'https://mail.example.com' }],
    ['a password that is not encoded', { SMTP: 'smtps://u:100%@mail.example.com' }],
    ['no receiver', { TO: '' }],
    ['a display name', { TO: 'Owner <a@example.com>' }],
    ['a second header', { TO: 'a@example.com\r\nBcc: b@example.com' }],
  ])('sends nothing with %s', async (_, secrets) => {
    const { delivery, server } = await mail({ secrets });
    expect(delivery).toEqual({ outcome: 'failed', reason: 'secret-missing', attempts: 0 });
    expect(server.seen).toEqual([]);
  });

  it('keeps addresses, password and the words of the server out of result and log', async () => {
    const refusals = [{ at: 'data', code: 554 }] as const;
    const ended = await mail({ server: { password: PASSWORD, refusals } });
    const written = JSON.stringify([ended.delivery, ended.log]);
    expect(ended.log.length).toBeGreaterThan(0);
    for (const canary of [
      PASSWORD,
      'finops@',
      'owner@',
      'alerts',
      '127.0.0.1',
      'not now',
      '1,260',
    ]) {
      expect(written).not.toContain(canary);
    }
  });
});
