import { once } from 'node:events';
import { getDefaultAutoSelectFamily, setDefaultAutoSelectFamily, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DocumentServer, startDocumentServer } from '../../../test/servers/documents.ts';
import { NOBODY } from '../../../test/servers/nobody.ts';
import { guardedConnector } from './connector.ts';
import { RefusedAddress } from './guard.ts';

let server: DocumentServer;
beforeAll(async () => {
  server = await startDocumentServer();
});
afterAll(async () => {
  await server.close();
});

async function connect(
  url: string,
  lookup: (host: string) => Promise<readonly string[]>,
  loopback: readonly string[] = [],
): Promise<Socket | TLSSocket> {
  const { protocol, host, hostname, port } = new URL(url);
  const connector = guardedConnector(loopback, { lookup }, 600_000);
  return await new Promise((resolve, reject) => {
    connector({ protocol, host, hostname, port }, (error, socket) => {
      if (error === null) resolve(socket);
      else reject(error);
    });
  });
}

const answering =
  (...addresses: readonly string[]) =>
  async () =>
    addresses;

describe('guardedConnector', () => {
  it('reaches a listed name of this machine', async () => {
    const host = `localhost:${server.port}`;
    const socket = await connect(`http://${host}`, answering('127.0.0.1'), [host]);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
    await once(socket, 'close');
  });

  it.each([
    ['a name that points inside', 'https://docs.example', answering('127.0.0.1')],
    ['a name that points inside too', 'https://docs.example', answering('8.8.8.8', '::1')],
    ['a literal', 'https://127.0.0.1', answering('8.8.8.8')],
    ['a decimal literal', 'https://2130706433', answering('8.8.8.8')],
    ['a mapped literal', 'https://[::ffff:127.0.0.1]', answering('8.8.8.8')],
    ['plain HTTP', 'http://docs.example', answering('8.8.8.8')],
    ['another port', 'https://docs.example:8443', answering('8.8.8.8')],
    ['a name without address', 'https://docs.example', answering()],
  ])('refuses %s', async (_what, url, lookup) => {
    await expect(connect(url, lookup)).rejects.toBeInstanceOf(RefusedAddress);
  });

  it('asks the name server once, so that a second answer has no effect', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    let asked = 0;
    const host = `localhost:${server.port}`;
    const lookup = async () => answers[asked++] ?? [];
    const socket = await connect(`http://${host}`, lookup, [host]);
    expect(asked).toBe(1);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  it('gives one address where node asks for one', async () => {
    const before = getDefaultAutoSelectFamily();
    setDefaultAutoSelectFamily(false);
    try {
      const host = `localhost:${server.port}`;
      const socket = await connect(`http://${host}`, answering('127.0.0.1', '::1'), [host]);
      expect(socket.remoteAddress).toBe('127.0.0.1');
      socket.destroy();
    } finally {
      setDefaultAutoSelectFamily(before);
    }
  });

  it('passes on what the name server says, as an error', async () => {
    const failing = async () => {
      throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    };
    await expect(connect('https://docs.example', failing)).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    const odd = async () => {
      throw 'odd';
    };
    await expect(connect('https://docs.example', odd)).rejects.toThrow('lookup failed');
  });

  it('passes on that nobody listens', async () => {
    await expect(connect(`http://${NOBODY}`, answering(), [NOBODY])).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
