import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answer,
  type DocumentServer,
  reset,
  startDocumentServer,
} from '../../../test/servers/documents.ts';
import { NOBODY } from '../../../test/servers/nobody.ts';
import { type EgressProxy, startEgressProxy } from './egress-proxy.ts';

let listed: DocumentServer;
let inside: DocumentServer;
let proxy: EgressProxy;
beforeAll(async () => {
  listed = await startDocumentServer();
  inside = await startDocumentServer();
  const lookup = async (host: string) =>
    host === 'mixed.test' ? ['8.8.8.8', '127.0.0.1'] : ['127.0.0.1'];
  const named = `docs.test:${listed.port}`;
  proxy = await startEgressProxy([listed.host, named], { lookup });
});
afterAll(async () => {
  await proxy.close();
  await listed.close();
  await inside.close();
});

const login = (): string =>
  `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`;

/** Asks for a plain HTTP address through the proxy, as a browser does; gives the status, 0 when the line was cut. */
async function get(
  url: string,
  authorization: string | undefined = login(),
): Promise<[number, string]> {
  const { hostname, port } = new URL(proxy.server);
  const asking = request({
    host: hostname,
    port,
    path: url,
    headers: {
      host: new URL(url).host,
      ...(authorization === '' ? {} : { 'proxy-authorization': authorization }),
    },
  });
  asking.end();
  try {
    const [response] = await once(asking, 'response');
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return [response.statusCode, body];
  } catch {
    return [0, ''];
  }
}

/** Opens a tunnel and gives the proxy's status line, and what came through after a request was sent. */
async function tunnel(
  authority: string,
  authorization = login(),
): Promise<readonly [string, string]> {
  const { hostname, port } = new URL(proxy.server);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: ${authorization}\r\n\r\n`,
  );
  const [head] = await once(socket, 'data');
  const [status = ''] = String(head).split('\r\n');
  if (!status.includes(' 200 ')) return [status, ''];
  socket.write('GET /through HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let body = '';
  for await (const chunk of socket) body += String(chunk);
  return [status, body];
}

describe('startEgressProxy', () => {
  it('reaches what the plan lists, by request and by tunnel, and passes no login of its own on', async () => {
    listed.serve('/page', 'the page');
    listed.serve('/through', 'came through');
    expect(await get(`${listed.origin}/page?a=1`)).toEqual([200, 'the page']);
    expect(listed.requests.at(-1)?.headers['proxy-authorization']).toBeUndefined();
    expect(await get(`http://docs.test:${listed.port}/page`)).toEqual([200, 'the page']);
    const [status, body] = await tunnel(listed.host);
    expect(status).toBe('HTTP/1.1 200 OK');
    expect(body).toContain('came through');
  });

  it('refuses the inside by literal, by name and by one address of several', async () => {
    const { host, port, requests } = inside;
    const before = requests.length;
    for (const target of [
      host,
      `localhost:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `2130706433:${port}`,
    ]) {
      expect(await get(`http://${target}/`)).toEqual([403, '']);
      expect(await tunnel(target)).toEqual(['HTTP/1.1 403 Refused', '']);
    }
    for (const target of [
      'docs.other.test:443',
      'mixed.test:443',
      '169.254.169.254:443',
      'nonsense:x',
    ]) {
      expect(await tunnel(target)).toEqual(['HTTP/1.1 403 Refused', '']);
    }
    expect(requests.length).toBe(before);
  });

  it('serves nobody but its own browser', async () => {
    expect((await get(`${listed.origin}/page`, ''))[0]).toBe(407);
    expect((await get(`${listed.origin}/page`, 'Basic eDp5'))[0]).toBe(407);
    expect((await tunnel(listed.host, 'Basic eDp5'))[0]).toBe('HTTP/1.1 407 Denied');
  });

  it('answers for servers that are not there or hang up', async () => {
    const alone = await startEgressProxy([NOBODY], { lookup: async () => [] });
    const kept = proxy;
    proxy = alone;
    expect((await get(`http://${NOBODY}/`))[0]).toBe(403);
    proxy = kept;
    await alone.close();
    listed.serve('/reset', reset);
    expect((await get(`${listed.origin}/reset`))[0]).toBe(0);
  });

  it('ends a page that loads too much or too often, and begins anew with the next', async () => {
    listed.serve('/large', answer(200, Buffer.alloc(33 * 1024 * 1024)));
    expect((await get(`${listed.origin}/large`))[0]).toBe(0);
    proxy.startPage();
    expect((await get(`${listed.origin}/page`))[0]).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 401; count += 1) {
      statuses.push((await get(`${inside.origin}/`))[0]);
    }
    expect(new Set(statuses)).toEqual(new Set([403]));
    expect((await get(`${listed.origin}/page`))[0]).toBe(403);
    proxy.startPage();
    expect((await get(`${listed.origin}/page`))[0]).toBe(200);
  });
});
