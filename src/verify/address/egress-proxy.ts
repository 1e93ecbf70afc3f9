import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type Duplex, Transform } from 'node:stream';
import type { Network } from '../../core/index.ts';
import { bareHost, guardTarget, isAllowedPeer } from './guard.ts';

/** A proxy on this machine through which a browser reaches public addresses only, and the listed ones of this machine. */
export interface EgressProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly server: string;
  readonly username: string;
  /** New for each proxy, so that no other program of this machine can use it. */
  readonly password: string;
  /** Counts from here: the bounds are those of one page. */
  readonly startPage: () => void;
  readonly close: () => Promise<void>;
}

/** What one page may load, in bytes and connections. */
const PAGE_MAX_BYTES = 32 * 1024 * 1024;
const PAGE_MAX_REQUESTS = 400;
const CONNECT_TIMEOUT_MS = 10_000;
const USERNAME = 'page';

interface Bounds {
  bytes: number;
  requests: number;
}

/**
 * Starts the proxy: each request of the browser is checked as ours are, by its literal host, the name server's answers and the
 * address of the connected socket (design: documents.md 3.8).
 */
export async function startEgressProxy(
  loopback: readonly string[],
  network: Network,
): Promise<EgressProxy> {
  const password = randomBytes(18).toString('base64url');
  const expected = `Basic ${Buffer.from(`${USERNAME}:${password}`).toString('base64')}`;
  const bounds: Bounds = { bytes: 0, requests: 0 };
  const sockets = new Set<Duplex>();
  const open = async (url: URL): Promise<Socket> => {
    bounds.requests += 1;
    if (bounds.requests > PAGE_MAX_REQUESTS) throw new RangeError('too many requests');
    const socket = await connectGuarded(url, loopback, network);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const isOurs = (message: IncomingMessage): boolean =>
    message.headers['proxy-authorization'] === expected;
  const server = createServer((message, response) => {
    if (isOurs(message)) void forward(message, response, open, bounds);
    else refuse(response, 407, { 'proxy-authenticate': 'Basic realm="page"' });
  });
  server.on('connect', (message: IncomingMessage, client: Duplex) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    if (isOurs(message)) void tunnel(message.url ?? '', client, open, bounds);
    else client.end(`HTTP/1.1 407 Denied\r\nProxy-Authenticate: Basic realm="page"\r\n\r\n`);
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    server: `http://127.0.0.1:${port}`,
    username: USERNAME,
    password,
    startPage: () => {
      bounds.bytes = 0;
      bounds.requests = 0;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}

async function connectGuarded(
  url: URL,
  loopback: readonly string[],
  network: Network,
): Promise<Socket> {
  const target = await guardTarget(url, loopback, network);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  let failure: unknown = new Error('no address');
  for (const host of target.addresses) {
    try {
      const socket = await connectTo(host, port);
      if (isAllowedPeer(socket.remoteAddress, target)) return socket;
      socket.destroy();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function connectTo(host: string, port: number): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.once('timeout', () => socket.destroy(new Error('timeout')));
    socket.on('error', reject);
  });
}

type Open = (url: URL) => Promise<Socket>;

async function tunnel(authority: string, client: Duplex, open: Open, bounds: Bounds) {
  try {
    const remote = await open(new URL(`https://${authority}/`));
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    remote.on('error', () => client.destroy());
    client.once('close', () => remote.destroy());
    remote
      .pipe(counting(bounds))
      .on('error', () => client.destroy())
      .pipe(client);
    client.pipe(remote);
  } catch {
    // Why it was refused is nothing that a page may learn.
    client.end('HTTP/1.1 403 Refused\r\n\r\n');
  }
}

/** Plain HTTP: only addresses that the plan lists get this far. */
async function forward(
  message: IncomingMessage,
  response: ServerResponse,
  open: Open,
  bounds: Bounds,
): Promise<void> {
  try {
    const url = new URL(message.url ?? '');
    const socket = await open(url);
    const { 'proxy-authorization': _own, 'proxy-connection': _hop, ...headers } = message.headers;
    const outgoing = request({
      createConnection: () => socket,
      host: bareHost(url),
      method: message.method ?? 'GET',
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host, connection: 'close' },
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer
        .pipe(counting(bounds))
        .on('error', () => response.destroy())
        .pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.once('close', () => socket.destroy());
    message.pipe(outgoing);
  } catch {
    refuse(response, 403);
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, headers).end();
}

function counting(bounds: Bounds): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bounds.bytes += chunk.length;
      if (bounds.bytes > PAGE_MAX_BYTES) done(new RangeError('too many bytes'));
      else done(null, chunk);
    },
  });
}
