import { afterEach, describe, expect, it } from 'vitest';
import { notifyWorld, placeOf } from '../../test/servers/notify-world.ts';
import {
  startWebhook,
  type WebhookAnswer,
  type WebhookServer,
} from '../../test/servers/webhook.ts';
import type { Channel } from '../plan/index.ts';
import { deliver } from './deliver.ts';
import { alertmanagerMessage } from './alertmanager-message.ts';
import { mailOf } from './mail.ts';
import { cut, type Notice, noticeOf, testNotice } from './notice.ts';
import { ntfyMessage } from './ntfy.ts';
import { pagerdutyEvent } from './pagerduty.ts';
import { slackMessage } from './slack.ts';
import { teamsMessage } from './teams.ts';

const servers: WebhookServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const NOW = '2026-11-23T08:00:00Z';
const KEY = ['R0UT', 'INGK', 'EY'].join('');
const TOKEN = ['tk', 'AgQdq7mVBoFD37zQVN29'].join('_');
const firing: Notice = noticeOf({
  ...testNotice('x', '2026-11-23T08:00:00Z', 'a'),
  id: 'notice-1',
  subject: 'alert-1',
  thread: 'budget-monthly',
  state: 'firing',
  severity: 'warning',
  title: 'All <usage> & more: 82 % of the budget',
  facts: [
    ['Spend', 'USD 984.00 of USD 1,200.00 <!channel> *bold*'],
    ['Owner', 'FinOps'],
  ],
  labels: { alertname: 'SpendproofBudget', team: 'ai-platform', budget: 'monthly' },
});
const resolved: Notice = { ...firing, id: 'notice-2', state: 'resolved' };
const long: Notice = noticeOf({
  ...firing,
  title: 'long 😀'.repeat(200),
  facts: Array.from(
    { length: 200 },
    (_, index) => [`Fact ${index}`, '😀 value '.repeat(90)] as const,
  ),
});

/** A channel of each kind that posts to one address, `TAIL` after the server's. */
const CHANNELS: Readonly<Record<string, { readonly channel: Channel; readonly tail: string }>> = {
  slack: { channel: { id: 'c', kind: 'slack', url: { env: 'URL' }, timeout: '10m' }, tail: '' },
  teams: {
    channel: { id: 'c', kind: 'teams', url: { env: 'URL' }, timeout: '10m' },
    tail: '?sig=x',
  },
  ntfy: {
    channel: {
      id: 'c',
      kind: 'ntfy',
      url: { env: 'URL' },
      token: { env: 'TOKEN' },
      timeout: '10m',
    },
    tail: '/spend-topic',
  },
  pagerduty: {
    channel: {
      id: 'c',
      kind: 'pagerduty',
      key: { env: 'KEY' },
      url: { env: 'URL' },
      timeout: '10m',
    },
    tail: '/v2/enqueue',
  },
};

async function send(
  kind: string,
  notice: Notice,
  answers: readonly [WebhookAnswer, ...WebhookAnswer[]] = [{ status: 202 }],
  secrets: Readonly<Record<string, string>> = {},
) {
  const server = await startWebhook(...answers);
  servers.push(server);
  const { channel, tail } = CHANNELS[kind] ?? { channel: undefined, tail: '' };
  if (channel === undefined) throw new RangeError(kind);
  const { ports, log } = notifyWorld({ URL: `${server.url}${tail}`, KEY, TOKEN, ...secrets });
  const place = placeOf(server.host);
  const delivery = await deliver(channel, notice, place, ports);
  const bodies = server.seen.map(({ body }) => JSON.parse(body));
  return { delivery, server, log, bodies, pauses: place.pauses };
}

describe.each(Object.keys(CHANNELS))('the %s channel', (kind) => {
  it('posts JSON once and counts any 2xx as arrived', async () => {
    const { delivery, server } = await send(kind, firing);
    expect(delivery).toEqual({ outcome: 'delivered', reason: 'ok', attempts: 1 });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('waits as long as the receiver asks and sends the same again', async () => {
    const busy = { status: 429, headers: { 'retry-after': '9' } };
    const { delivery, server, pauses } = await send(kind, firing, [busy, { status: 200 }]);
    expect(delivery).toMatchObject({ outcome: 'delivered', attempts: 2 });
    expect(pauses).toEqual([9000]);
    expect(server.seen[1]?.body).toBe(server.seen[0]?.body);
  });

  it('does not repeat a refusal of the credential', async () => {
    const { delivery } = await send(kind, firing, [{ status: 403 }]);
    expect(delivery).toEqual({ outcome: 'failed', reason: 'auth-refused', attempts: 1 });
  });

  it('sends nothing without its address', async () => {
    const { delivery, server } = await send(kind, firing, [{ status: 200 }], { URL: '' });
    expect(delivery).toEqual({ outcome: 'failed', reason: 'secret-missing', attempts: 0 });
    expect(server.seen).toEqual([]);
  });

  it('refuses an address inside the network', async () => {
    const secrets = { URL: 'https://169.254.169.254/topic' };
    expect((await send(kind, firing, [{ status: 200 }], secrets)).delivery.reason).toBe(
      'address-refused',
    );
  });

  it('keeps address, credential and content out of result and log', async () => {
    const { delivery, log } = await send(kind, firing, [{ status: 500 }]);
    const written = JSON.stringify([delivery, log]);
    expect(log.length).toBeGreaterThan(0);
    for (const canary of [
      KEY,
      TOKEN,
      '127.0.0.1',
      '/hook',
      'spend-topic',
      'sig=',
      '984',
      'usage',
    ]) {
      expect(written).not.toContain(canary);
    }
  });
});

interface Blocks {
  readonly text: string;
  readonly blocks: readonly { readonly type: string; readonly text?: { readonly text: string } }[];
}

describe('slack messages', () => {
  const message = (notice: Notice) => slackMessage(notice) as unknown as Blocks;

  it('turns nothing of a value into a mention or a link', () => {
    expect(JSON.stringify(message(firing))).toContain('&lt;!channel&gt;');
    const { text, blocks } = message(firing);
    // The header is plain text, which Slack does not parse.
    expect(JSON.stringify([text, blocks.slice(1)])).not.toContain('<');
  });

  it('stay within 50 blocks, 150 characters of header, 3,000 of section, 12,000 in all', () => {
    const { blocks, text } = message(long);
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    for (const block of blocks) expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
    expect(text.length + JSON.stringify(blocks).length).toBeLessThanOrEqual(13_200);
    expect(JSON.stringify(blocks)).toContain('More than fits here: see the record.');
  });
});

interface Card {
  readonly type: string;
  readonly attachments: readonly [
    {
      readonly contentType: string;
      readonly content: {
        readonly type: string;
        readonly version: string;
        readonly body: readonly object[];
      };
    },
  ];
}

describe('teams cards', () => {
  const message = (notice: Notice) => teamsMessage(notice) as unknown as Card;

  it('are one adaptive card in the message of a workflow', () => {
    const { type, attachments } = message(firing);
    expect(type).toBe('message');
    expect(attachments).toHaveLength(1);
    expect(attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(attachments[0].content).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
    expect(attachments[0].content.body).toContainEqual({
      type: 'FactSet',
      facts: [
        { title: 'Spend', value: 'USD 984.00 of USD 1,200.00 <!channel> \\*bold\\*' },
        { title: 'Owner', value: 'FinOps' },
      ],
    });
  });

  it('stay within 28 kB and say what is left out', () => {
    const text = JSON.stringify(message(long));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(28_000);
    expect(text).toMatch(/\d+ more: see the record\./);
  });
});

describe('a recovery', () => {
  it('is shown as one, however grave what it ends', () => {
    const over: Notice = { ...resolved, severity: 'critical' };
    expect(JSON.stringify(slackMessage(over))).toContain(':white_check_mark: critical, resolved');
    expect(JSON.stringify(teamsMessage(over))).toContain('"color":"Good"');
    expect(alertmanagerMessage(over, 'hook')).toMatchObject({ status: 'resolved' });
    expect(mailOf(over, { from: 'a@example.com', to: [] }, NOW)).toMatchObject({
      subject: firing.title,
    });
    expect(mailOf(over, { from: 'a@example.com', to: [] }, NOW).headers).not.toHaveProperty(
      'Importance',
    );
  });
});

describe('cut', () => {
  it('halves no character', () => {
    expect([cut('a😀b', 4), cut('a😀b', 3), cut('😀😀', 2)]).toEqual(['a😀b', 'a…', '…']);
  });
});

describe('pagerduty events', () => {
  it('are sent to its own address without one in the plan, and never without a key', async () => {
    const asked: string[] = [];
    const lookup = (host: string) => Promise.resolve((asked.push(host), ['10.0.0.1']));
    const channel: Channel = { id: 'c', kind: 'pagerduty', key: { env: 'KEY' }, timeout: '10m' };
    const send = async (key: string) => {
      const { ports } = notifyWorld({ KEY: key }, { network: { lookup } });
      return (await deliver(channel, firing, placeOf(), ports)).reason;
    };
    expect([await send(KEY), await send('')]).toEqual(['address-refused', 'secret-missing']);
    expect(asked).toEqual(['events.pagerduty.com']);
  });

  it('open an incident under the key of the alert', async () => {
    const { bodies, server } = await send('pagerduty', firing);
    expect(server.seen[0]?.path).toBe('/hook/v2/enqueue');
    expect(bodies).toEqual([
      expect.objectContaining({
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: 'alert-1',
        payload: expect.objectContaining({
          summary: firing.title,
          severity: 'warning',
          source: 'ai-platform',
          timestamp: '2026-11-23T08:00:00Z',
        }),
      }),
    ]);
  });

  it('close it by the recovery, under the same key', async () => {
    const { bodies } = await send('pagerduty', resolved);
    expect(bodies).toEqual([{ routing_key: KEY, event_action: 'resolve', dedup_key: 'alert-1' }]);
  });

  it('leave no incident open after a test', async () => {
    const { bodies } = await send('pagerduty', testNotice('c', '2026-11-23T08:00:00Z', '1'));
    expect(bodies.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
  });

  it('do not close what was not opened', async () => {
    const test = testNotice('c', '2026-11-23T08:00:00Z', '1');
    const { bodies, delivery } = await send('pagerduty', test, [{ status: 400 }]);
    expect(delivery.outcome).toBe('failed');
    expect(bodies).toHaveLength(1);
  });

  it('stay within the limits of the summary and the key', () => {
    const event = pagerdutyEvent({ ...long, subject: 'a'.repeat(300) }, 'trigger', KEY) as {
      readonly dedup_key: string;
      readonly payload: { readonly summary: string };
    };
    expect(event.dedup_key).toHaveLength(255);
    expect(event.payload.summary.length).toBeLessThanOrEqual(1024);
  });
});

describe('ntfy messages', () => {
  it('carry no header where the plan names no token', async () => {
    const server = await startWebhook({ status: 200 });
    servers.push(server);
    const channel: Channel = { id: 'c', kind: 'ntfy', url: { env: 'URL' }, timeout: '10m' };
    const { ports } = notifyWorld({ URL: `${server.url}/topic` });
    expect(await deliver(channel, firing, placeOf(server.host), ports)).toMatchObject({
      outcome: 'delivered',
    });
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('go to the root of the server with the topic inside and the token in a header', async () => {
    const { bodies, server } = await send('ntfy', firing);
    expect(server.seen[0]?.path).toBe('/hook/');
    expect(server.seen[0]?.headers['authorization']).toBe(`Bearer ${TOKEN}`);
    expect(bodies[0]).toMatchObject({ topic: 'spend-topic', priority: 4, tags: ['warning'] });
  });

  it('stay within 4,096 bytes, cut between characters', () => {
    const { message, title } = ntfyMessage(long, 't') as { message: string; title: string };
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(title)).toBeLessThanOrEqual(250);
    expect(message).toMatch(/…$/);
    expect(message).not.toContain('\ufffd');
  });

  it('need no haste for a recovery', () => {
    expect(ntfyMessage(resolved, 't')).toMatchObject({ priority: 2, tags: ['white_check_mark'] });
  });

  it.each(['https://ntfy.example.com/', 'https://ntfy.example.com/a%20b'])(
    'need an address with a topic: %s',
    async (url) => {
      const { delivery } = await send('ntfy', firing, [{ status: 200 }], { URL: url });
      expect(delivery.reason).toBe('secret-missing');
    },
  );

  it('send nothing with a token that could end its header', async () => {
    const { delivery } = await send('ntfy', firing, [{ status: 200 }], { TOKEN: 'a\r\nb' });
    expect(delivery.reason).toBe('secret-missing');
  });
});
