import { afterEach, describe, expect, it } from 'vitest';
import { type CommentServer, startComments } from '../../test/servers/comments.ts';
import { notifyWorld, placeOf } from '../../test/servers/notify-world.ts';
import type { Channel } from '../plan/index.ts';
import { commentOf } from './comment.ts';
import { deliver } from './deliver.ts';
import { type Notice, noticeOf, testNotice } from './notice.ts';

const servers: CommentServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const TOKEN = ['gh', 'x'.repeat(20)].join('-');
const first: Notice = noticeOf({
  ...testNotice('x', '2026-11-23T08:00:00Z', 'a'),
  id: 'notice-1',
  subject: 'alert-1',
  thread: 'budget-monthly',
  state: 'firing',
  title: 'All usage: 82 % of the budget',
  facts: [['Owner', '@finops <img>']],
});
const second: Notice = { ...first, id: 'notice-2', state: 'resolved' };
const other: Notice = { ...first, id: 'notice-3', thread: 'budget-labs' };

describe.each(['github', 'gitlab'] as const)('the %s channel', (kind) => {
  const open = async (secrets: Readonly<Record<string, string>> = {}) => {
    const server = await startComments(kind);
    servers.push(server);
    const { ports, log } = notifyWorld({ URL: server.issue, TOKEN, ...secrets });
    const channel: Channel = {
      id: 'c',
      kind,
      url: { env: 'URL' },
      token: { env: 'TOKEN' },
      timeout: '10m',
    };
    const send = async (notice: Notice) =>
      await deliver(channel, notice, placeOf(server.host), ports);
    return { server, send, log };
  };

  it('makes one comment for each budget and edits it from then on', async () => {
    const { server, send } = await open();
    server.comments.push({ id: 1, body: 'a person wrote this' });
    for (const notice of [first, other, second]) {
      expect(await send(notice)).toMatchObject({ outcome: 'delivered' });
    }
    expect(server.comments).toHaveLength(3);
    expect(server.comments[1]?.body).toContain('spendproof:notice=notice-2');
    expect(server.comments[1]?.body).toContain('_Resolved._');
    expect(server.comments[2]?.body).toContain('spendproof:thread=budget-labs');
  });

  it('writes nothing when the comment holds this notice already', async () => {
    const { server, send } = await open();
    await send(first);
    const before = server.seen.length;
    expect(await send(first)).toMatchObject({ outcome: 'delivered' });
    expect(server.seen.slice(before).map((line) => line.split(' ')[0])).toEqual(['GET']);
  });

  it('finds its comment on a later page', async () => {
    const { server, send } = await open();
    for (let id = 1; id <= 150; id += 1) server.comments.push({ id, body: 'talk' });
    await send(first);
    await send(second);
    expect(server.comments).toHaveLength(151);
  });

  it('makes no second comment when the list cannot be read', async () => {
    const { server, send } = await open();
    server.fail([500], [500], [500]);
    expect(await send(first)).toEqual({ outcome: 'failed', reason: 'status', attempts: 3 });
    server.fail([200]);
    expect(await send(first)).toMatchObject({ outcome: 'failed', reason: 'status' });
    expect(server.comments).toEqual([]);
  });

  it('makes no second comment when the list is no list', async () => {
    const { server, send } = await open();
    server.say('<html>');
    expect(await send(first)).toMatchObject({ outcome: 'failed', reason: 'status' });
    expect(server.comments).toEqual([]);
    server.say(JSON.stringify([null, { id: 'x', body: 7 }, { id: 3 }]));
    expect(await send(first)).toMatchObject({ outcome: 'delivered' });
    expect(server.comments).toHaveLength(1);
  });

  it.each(['URL', 'TOKEN'])('sends nothing without its %s', async (name) => {
    const { server, send } = await open({ [name]: '' });
    expect(await send(first)).toEqual({ outcome: 'failed', reason: 'secret-missing', attempts: 0 });
    expect(server.seen).toEqual([]);
  });

  it('waits where a limit is told by 403 with a time, and stops where it is a refusal', async () => {
    const { server, send } = await open();
    server.fail([403, { 'retry-after': '5' }]);
    expect(await send(first)).toMatchObject({ outcome: 'delivered' });
    server.fail([403]);
    expect(await send(second)).toMatchObject({ reason: 'auth-refused' });
  });

  it('shows the token to the host and to nobody else', async () => {
    const { server, send, log } = await open();
    server.fail([404]);
    await send(first);
    await send(first);
    expect([...server.tokens].every((token) => token.includes(TOKEN))).toBe(true);
    expect(log.length).toBeGreaterThan(0);
    for (const canary of [TOKEN, '127.0.0.1', 'team/app', 'usage']) {
      expect(log.join('\n')).not.toContain(canary);
    }
  });
});

describe('the text of a comment', () => {
  it('mentions nobody and holds no markup of a value', () => {
    expect(commentOf(first, 65_536)).toContain('&#64;finops &lt;img&gt;');
  });

  it('keeps its marks when it is cut', () => {
    const long: Notice = { ...first, markdown: `# ${'x'.repeat(70_000)}` };
    const text = commentOf(long, 65_536);
    expect(text).toHaveLength(65_536);
    expect(text.startsWith('<!-- spendproof:thread=budget-monthly -->')).toBe(true);
  });
});
