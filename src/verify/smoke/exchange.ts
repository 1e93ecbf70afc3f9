import { createHash } from 'node:crypto';
import { type ClientRequest, Agent as PlainAgent, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import { type Digest, digestOf } from '../../core/index.ts';
import { pinnedLookup } from '../address/pinned-lookup.ts';
import type { Transport } from './result.ts';
import type { Target } from './target.ts';

/** One request, ready to be sent. */
export interface Message {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** Bounds what one exchange may cost. */
export interface ExchangeLimits {
  /** From the first byte sent to the last byte read. */
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
}

/** Holds an answer while it is judged; nothing of it outlives that. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly tlsKey: Digest | null;
}

/** Says why there is no answer to judge; no message and no stack, for both can quote what was sent. */
export interface NoAnswer {
  readonly kind: 'none';
  readonly transport: Exclude<Transport, 'ok'>;
  /** Known when the answer began and was refused. */
  readonly status: number | null;
}

/**
 * Sends one request over a connection of its own, to an address that was checked, and reads the answer within the limits.
 *
 * No proxy, no redirect, no cookie, no retry, no compression; certificates are always verified. Never throws.
 */
export function exchange(
  target: Target,
  message: Message,
  limits: ExchangeLimits,
): Promise<Answer | NoAnswer> {
  return new Promise((resolve) => {
    let status: number | null = null;
    const end = (result: Answer | NoAnswer) => {
      clearTimeout(deadline);
      resolve(result);
      sent.destroy();
    };
    const sent = open(target, message);
    const deadline = setTimeout(() => end(none('timeout', status)), limits.timeoutMs);
    sent.on('error', (error: NodeJS.ErrnoException) => end(none(transportOf(error), status)));
    sent.on('upgrade', () => end(none('other')));
    sent.on('response', (response) => {
      status = response.statusCode ?? null;
      void receive(response, limits.responseBytesMax).then(end);
    });
    sent.end(message.body ?? undefined);
  });
}

/** Maps a fault to the closed list by its code. */
export function transportOf(error: { readonly code?: string | undefined }): NoAnswer['transport'] {
  const code = error.code ?? '';
  return FAULTS[code] ?? (/CERT|SSL|TLS|SIGNATURE|^EPROTO$/.test(code) ? 'tls-verify' : 'other');
}

const FAULTS: Readonly<Record<string, NoAnswer['transport']>> = {
  EAI_AGAIN: 'dns',
  ENOTFOUND: 'dns',
  ECONNREFUSED: 'conn-refused',
  ECONNABORTED: 'reset',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  HPE_HEADER_OVERFLOW: 'too-large',
};

/** Digests the public key of a TLS connection, as SPKI. */
export function publicKeyDigest(socket: TLSSocket): Digest | null {
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  return key === undefined ? null : digestOf(createHash('sha256').update(key).digest());
}

function open(target: Target, message: Message): ClientRequest {
  const options = {
    host: target.host,
    port: target.port,
    method: message.method,
    path: message.path,
    headers: { ...message.headers },
    lookup: pinnedLookup(target.addresses),
    maxHeaderSize: 16_384,
    // Stated, so that no option of Node lets an answer through that two parsers read in two ways.
    insecureHTTPParser: false,
  };
  return target.secure
    ? secureRequest({
        ...options,
        agent: new SecureAgent({ keepAlive: false, maxCachedSessions: 0 }),
        minVersion: 'TLSv1.2',
        // Stated, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
        rejectUnauthorized: true,
      })
    : request({ ...options, agent: new PlainAgent({ keepAlive: false }) });
}

async function receive(response: IncomingMessage, bytesMax: number): Promise<Answer | NoAnswer> {
  const status = response.statusCode ?? 0;
  const refused = refusalOf(response, status, bytesMax);
  if (refused !== undefined) return none(refused, status);
  const tlsKey = response.socket instanceof TLSSocket ? publicKeyDigest(response.socket) : null;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response) {
      if (!(chunk instanceof Uint8Array)) return none('other', status);
      sizeBytes += chunk.byteLength;
      if (sizeBytes > bytesMax) return none('too-large', status);
      chunks.push(chunk);
    }
  } catch (error) {
    return none(transportOf(isFault(error) ? error : {}), status);
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
  );
  return { kind: 'answer', status, headers, body: Buffer.concat(chunks), tlsKey };
}

/** Refuses by the head alone, before a byte of the body is read. */
function refusalOf(
  response: IncomingMessage,
  status: number,
  bytesMax: number,
): 'redirect' | 'encoding' | 'too-large' | undefined {
  if (status >= 300 && status < 400) return 'redirect';
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return 'encoding';
  return Number(response.headers['content-length'] ?? 0) > bytesMax ? 'too-large' : undefined;
}

const none = (transport: NoAnswer['transport'], status: number | null = null): NoAnswer => ({
  kind: 'none',
  transport,
  status,
});

const isFault = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error;
