import { type Network, VERSION } from '../../core/index.ts';
import { RefusedAddress } from '../address/guard.ts';
import { guardedConnector } from '../address/connector.ts';
import { BodyRefused, readBody } from './body.ts';

/** Names why no page came back. */
export type FetchFailure =
  | 'address-refused'
  | 'dns'
  | 'refused'
  | 'tls'
  | 'timeout'
  | 'reset'
  | 'truncated'
  | 'too-large'
  | 'encoding'
  | 'redirect'
  | 'resting'
  | 'robots'
  | 'other';

/** Holds one answer: status, headers in lower case, decoded body. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** Says that an exchange broke; `status` when headers had come. */
export interface Failure {
  readonly kind: 'failure';
  readonly failure: FetchFailure;
  readonly status: number | null;
}

/** Sets how one GET is made. */
export interface ExchangeOptions {
  readonly loopback: readonly string[];
  readonly network: Network;
  /** `Accept`, by the representation wanted. */
  readonly accept: string;
  /** `Accept-Language`; left out when undefined. */
  readonly locale: string | undefined;
  /** Further headers: the validators of a conditional request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The deadline of the whole fetch, body included. */
  readonly signal: AbortSignal;
}

/** The most that the headers of an answer may take to come, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
const HEADERS_MAX_BYTES = 64 * 1024;

/**
 * Makes one GET on a connection of its own, follows nothing, keeps no cookie and sends no credential.
 *
 * Never throws for what the other side does: that is an answer too.
 */
export async function exchange(url: URL, options: ExchangeOptions): Promise<Answer | Failure> {
  // A third of all code, and most commands fetch nothing. By its default: the bundle gives CommonJS no other name.
  const { default: undici } = await import('undici');
  const agent = new undici.Agent({
    connect: guardedConnector(options.loopback, options.network, HEADERS_TIMEOUT_MS),
    headersTimeout: HEADERS_TIMEOUT_MS,
    maxHeaderSize: HEADERS_MAX_BYTES,
    pipelining: 0,
  });
  let status: number | null = null;
  try {
    const response = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: headersOf(options),
      signal: options.signal,
    });
    status = response.statusCode;
    const headers = flattenHeaders(response.headers);
    const body = await readBody(response.body, headers.get('content-encoding') ?? '');
    return { kind: 'answer', status, headers, body };
  } catch (error) {
    return { kind: 'failure', failure: failureOf(error, status !== null), status };
  } finally {
    await agent.destroy();
  }
}

function headersOf(options: ExchangeOptions): Record<string, string> {
  return {
    'user-agent': `spendproof/${VERSION}`,
    accept: options.accept,
    'accept-encoding': 'gzip, deflate, br',
    ...(options.locale === undefined ? {} : { 'accept-language': options.locale }),
    ...options.headers,
  };
}

function flattenHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return flat;
}

const FAILURES: Readonly<Record<string, FetchFailure>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too-large',
};

/** Sorts an error of undici, node:net, node:tls or node:zlib; only its code is looked at, never its text. */
function failureOf(error: unknown, headersCame: boolean): FetchFailure {
  if (error instanceof RefusedAddress) return 'address-refused';
  if (error instanceof BodyRefused) return error.failure;
  if (!(error instanceof Error)) return 'other';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = FAILURES[code] ?? failureOfFamily(code);
  const inMiddle = known === 'reset' || known === 'other';
  return headersCame && inMiddle ? 'truncated' : known;
}

/** Node names its TLS errors `ERR_SSL_*`, `ERR_TLS_*` and, for certificates, OpenSSL's `CERT_*`, `*_CERT`, `*_SIGNATURE`. */
function failureOfFamily(code: string): FetchFailure {
  if (/^ERR_(?:SSL|TLS)|CERT|SIGNATURE|^EPROTO$/.test(code)) return 'tls';
  return 'other';
}
