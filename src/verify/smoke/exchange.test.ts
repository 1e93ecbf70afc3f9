import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createSecure } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../core/index.ts';
import { type Answer, exchange, type NoAnswer, publicKeyDigest, transportOf } from './exchange.ts';

const OPENSSL = 'openssl';
const sockets = new Set<Socket>();
const servers: Server[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(
    servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Answers every connection with the same bytes, whatever was asked. */
const rawServer = (bytes: string) =>
  listen(createPlain((socket) => void socket.once('data', () => socket.write(bytes))));

const ask = (
  port: number,
  over: { secure?: boolean; host?: string; addresses?: readonly string[] } = {},
): Promise<Answer | NoAnswer> =>
  exchange(
    { secure: false, host: 'localhost', port, addresses: ['127.0.0.1'], ...over },
    { method: 'GET', path: '/', headers: { accept: 'application/json' }, body: null },
    { timeoutMs: 600_000, responseBytesMax: 1024 },
  );

describe('exchange', () => {
  it('connects to the checked address, whatever the name would say now', async () => {
    const port = await rawServer('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    const answer = await ask(port, { host: 'name.invalid' });
    expect(answer).toMatchObject({ kind: 'answer', status: 200, tlsKey: null });
  });

  it('goes on to the next checked address when one does not answer', async () => {
    const port = await rawServer('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    const answer = await ask(port, { host: 'name.invalid', addresses: ['::1', '127.0.0.1'] });
    expect(answer).toMatchObject({ kind: 'answer', status: 200 });
  });

  it.each([
    ['a head of 40 kB', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`, 'too-large', null],
    ['something that is not HTTP', 'SSH-2.0-example\r\n', 'other', null],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'other',
      null,
    ],
    [
      'a length and chunks at once',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
      'other',
      null,
    ],
    [
      'a chunk that is none',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
      'other',
      200,
    ],
    [
      'a compression that was not asked for',
      'HTTP/1.1 200 OK\r\ncontent-encoding: br\r\n\r\n',
      'encoding',
      200,
    ],
    [
      'a redirect to the same place',
      'HTTP/1.1 308 Permanent Redirect\r\nlocation: /\r\n\r\n',
      'redirect',
      308,
    ],
    [
      'a length beyond the bound',
      'HTTP/1.1 200 OK\r\ncontent-length: 1025\r\n\r\n',
      'too-large',
      200,
    ],
  ])('refuses %s', async (_, bytes, transport, status) => {
    const port = await rawServer(bytes);
    expect(await ask(port)).toEqual({ kind: 'none', transport, status });
  });

  it('reads exactly as much as it may', async () => {
    const port = await rawServer(
      `HTTP/1.1 200 OK\r\ncontent-length: 1024\r\n\r\n${' '.repeat(1024)}`,
    );
    expect(await ask(port)).toMatchObject({ kind: 'answer' });
  });
});

const folder = mkdtempSync(join(tmpdir(), 'spendproof-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasOpenssl())('exchange over TLS (needs openssl to make a certificate)', () => {
  let certificate = '';
  let port = 0;
  beforeAll(() => {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const subject = ['-nodes', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync(OPENSSL, [...request, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    certificate = readFileSync(cert, 'utf8');
  });

  async function start(): Promise<void> {
    const key = readFileSync(join(folder, 'key'), 'utf8');
    const server = createSecure({ key, cert: certificate }, (_, response) => response.end('{}'));
    port = await listen(server);
  }

  it('refuses a certificate that nobody vouches for, whatever the environment says', async () => {
    await start();
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const answer = await ask(port, { secure: true });
      expect(answer).toEqual({ kind: 'none', transport: 'tls-verify', status: null });
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('digests the public key of the server as SPKI', async () => {
    await start();
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: certificate });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const spki = createPublicKey(
      new X509Certificate(certificate).publicKey.export({
        type: 'spki',
        format: 'pem',
      }),
    ).export({ type: 'spki', format: 'der' });
    expect(publicKeyDigest(socket)).toBe(sha256(spki));
    socket.destroy();
  });
});

describe('transportOf', () => {
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'conn-refused'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['ETIMEDOUT', 'timeout'],
    ['HPE_HEADER_OVERFLOW', 'too-large'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-verify'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-verify'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-verify'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-verify'],
    ['EPROTO', 'tls-verify'],
    ['SOMETHING_ELSE', 'other'],
    [undefined, 'other'],
  ])('maps %s to %s', (code, transport) => {
    expect(transportOf({ code })).toBe(transport);
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync(OPENSSL, ['version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
