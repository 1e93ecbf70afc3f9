import { durationMs, itemAt, type Network } from '../../core/index.ts';
import { isListed, refusalOfUrl } from '../address/guard.ts';
import { type Answer, exchange, type Failure } from './exchange.ts';
import type { HostLimits, HostQueue } from './host-queue.ts';
import { REST_MAX_MS, restAsked } from './retry-after.ts';
import { isSameSite } from './site-of.ts';

export type { FetchFailure } from './exchange.ts';

interface Way {
  readonly redirects: number;
  /** Every address asked, in order. */
  readonly urls: readonly string[];
}

/** Holds a page that was fetched: the last answer and the way to it. */
export interface Fetched extends Answer, Way {
  readonly url: URL;
  /** Whether a 301 or 308 was on the way: the address in the plan should be edited. */
  readonly movedForGood: boolean;
}

/** Says that the page is served from a host that the plan does not name; it stands last in the way and was not asked. */
export interface MovedHost extends Way {
  readonly kind: 'moved-host';
  readonly status: number;
}

/** Says that no page came back. */
export interface FetchBroken extends Failure, Way {}

export type FetchResult = Fetched | MovedHost | FetchBroken;

/** Names a page and how to ask for it. */
export interface FetchRequest {
  readonly url: string;
  /** Further hosts on which the page may be served, as `host` or `host:port`; `any` for `robots.txt`. */
  readonly hosts: readonly string[] | 'any';
  readonly locale: string | undefined;
  readonly accept: string;
  /** A duration of the plan for the whole fetch: redirects, retry and body; waiting for the host's turn does not count. */
  readonly timeout: string;
  readonly loopback: readonly string[];
  readonly limits: HostLimits;
  /** Asked before each address, redirects too: says why it must not be fetched; `robots.txt` itself has none. */
  readonly refuse?: (url: URL, request: FetchRequest) => Promise<Failure | undefined>;
  /** Validators of an earlier answer, sent only to the address that gave them. */
  readonly conditional?: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** The world a fetch needs. */
export interface FetchPorts {
  readonly network: Network;
  readonly clock: { readonly ms: () => number };
  readonly random: { readonly bytes: (count: number) => Uint8Array };
  /** Lets milliseconds pass; tests let none pass. */
  readonly wait: (ms: number) => Promise<void>;
  readonly queue: HostQueue;
  /** Keeps to the spacing on listed addresses of this machine too; for measuring. */
  readonly spacesListed?: boolean;
  /** Hosts that asked for a long rest, with the instant until which they are left alone. */
  readonly resting: Map<string, number>;
}

const REDIRECTS_MAX = 5;
const RETRY_PAUSE_MS = 2000;
const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308];
const TRANSIENT_STATUSES: readonly number[] = [408, 429, 500, 502, 503, 504];

interface Attempt {
  readonly request: FetchRequest;
  readonly ports: FetchPorts;
  /** What is left of the deadline. */
  leftMs: number;
}

/**
 * Fetches one public page: a GET, at most five redirects within its hosts, each checked again and each in its host's turn, and
 * one second try for what may pass by itself.
 */
export async function fetchPage(request: FetchRequest, ports: FetchPorts): Promise<FetchResult> {
  const attempt: Attempt = { request, ports, leftMs: durationMs(request.timeout) };
  const first = await followRedirects(attempt);
  if (!isTransient(first) || attempt.leftMs <= 0) return first;
  const asked = first.kind === 'answer' ? restAsked(first, ports.clock.ms()) : undefined;
  const pauseMs = asked ?? retryPauseMs(attempt);
  if (pauseMs > REST_MAX_MS || pauseMs >= attempt.leftMs) return first;
  attempt.leftMs -= pauseMs;
  // What the host asked for is waited for in its queue.
  if (asked === undefined) await ports.wait(pauseMs);
  return await followRedirects(attempt);
}

async function followRedirects(attempt: Attempt): Promise<FetchResult> {
  const planned = new URL(attempt.request.url);
  const urls = [planned.href];
  let url = planned;
  let movedForGood = false;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const refused = await refusalOf(url, attempt.request);
    const answer = refused ?? (await askPolitely(url, attempt));
    if (answer.kind === 'failure') return { ...answer, redirects, urls };
    if (!REDIRECT_STATUSES.includes(answer.status)) {
      return { ...answer, url, redirects, urls, movedForGood };
    }
    const { status } = answer;
    const next = locationOf(answer, url);
    if (next === undefined)
      return { kind: 'failure', failure: 'redirect', status, redirects, urls };
    urls.push(next.href);
    const isForGood = status === 301 || status === 308;
    const isHome = isOwnHost(next, attempt.request) || (isForGood && isSameOwner(planned, next));
    if (!isHome) return { kind: 'moved-host', status, redirects: redirects + 1, urls };
    movedForGood ||= isForGood;
    url = next;
  }
  return { kind: 'failure', failure: 'redirect', status: null, redirects: REDIRECTS_MAX, urls };
}

/** What the address alone forbids comes first: a `file:` has no host whose robots could be asked. */
async function refusalOf(url: URL, request: FetchRequest): Promise<Failure | undefined> {
  return refusalOfUrl(url, request.loopback) === undefined
    ? await request.refuse?.(url, request)
    : { kind: 'failure', failure: 'address-refused', status: null };
}

function locationOf({ headers }: Answer, url: URL): URL | undefined {
  const location = headers.get('location') ?? '';
  const isUsable = location !== '' && URL.canParse(location, url.href);
  return isUsable ? new URL(location, url.href) : undefined;
}

/** Tells whether a page may be served from there: its own host, or one that the plan names. */
export function isOwnHost(
  { host, hostname }: URL,
  { url, hosts }: Pick<FetchRequest, 'url' | 'hosts'>,
): boolean {
  if (hosts === 'any' || host === new URL(url).host) return true;
  return hosts.includes(host) || hosts.includes(hostname);
}

const isSameOwner = (planned: URL, next: URL): boolean =>
  planned.protocol === next.protocol && isSameSite(planned.hostname, next.hostname);

async function askPolitely(url: URL, attempt: Attempt): Promise<Answer | Failure> {
  const { request, ports } = attempt;
  const { queue, resting, clock } = ports;
  const isFree = ports.spacesListed !== true && isListed(url, request.loopback);
  const limits = isFree ? { ...request.limits, spacingMs: 0 } : request.limits;
  return await queue.run(url.host, limits, async () => {
    if ((resting.get(url.host) ?? 0) > clock.ms()) {
      return { kind: 'failure', failure: 'resting', status: null };
    }
    const startedMs = clock.ms();
    const answer = await exchange(url, {
      loopback: request.loopback,
      network: ports.network,
      accept: request.accept,
      locale: request.locale,
      ...(request.conditional?.url === url.href ? { headers: request.conditional.headers } : {}),
      signal: AbortSignal.timeout(Math.max(1, attempt.leftMs)),
    });
    attempt.leftMs -= clock.ms() - startedMs;
    if (answer.kind === 'failure' && answer.failure === 'timeout') attempt.leftMs = 0;
    if (answer.kind === 'answer') heed(answer, url.host, ports);
    return answer;
  });
}

/** Lets a host rest as it asked: for a short time the queue waits, for a long one it is left alone in this run. */
function heed(answer: Answer, host: string, { queue, resting, clock }: FetchPorts): void {
  const ms = restAsked(answer, clock.ms());
  if (ms === undefined) return;
  if (ms > REST_MAX_MS) resting.set(host, clock.ms() + ms);
  else queue.holdOff(host, ms);
}

function isTransient(result: FetchResult): boolean {
  if (result.kind === 'answer') return TRANSIENT_STATUSES.includes(result.status);
  return result.kind === 'failure' && ['reset', 'timeout', 'truncated'].includes(result.failure);
}

/** Waits a random time, so that many do not come back together. */
function retryPauseMs({ request, ports }: Attempt): number {
  if (isListed(new URL(request.url), request.loopback)) return 0;
  return (itemAt(ports.random.bytes(1), 0) / 255) * RETRY_PAUSE_MS;
}
