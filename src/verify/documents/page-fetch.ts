import { durationMs, type Network } from '../../core/index.ts';
import { isListed } from '../address/guard.ts';
import { type Answer, exchange, type ExchangeOptions, type Failure } from './exchange.ts';

export type { FetchFailure } from './exchange.ts';

/** Holds a page that was fetched: the last answer and the way to it. */
export interface Fetched extends Answer {
  readonly url: URL;
  readonly redirects: number;
  /** Whether a 301 or 308 was on the way: the address in the plan should be edited. */
  readonly movedForGood: boolean;
}

/** Says that the page is served from a host that the plan does not name; it was not asked. */
export interface MovedHost {
  readonly kind: 'moved-host';
  readonly status: number;
  readonly redirects: number;
}

/** Says that no page came back. */
export interface FetchBroken extends Failure {
  readonly redirects: number;
}

export type FetchResult = Fetched | MovedHost | FetchBroken;

/** Names a page and how to ask for it. */
export interface FetchRequest {
  readonly url: string;
  /** Further hosts on which the page may be served, as `host` or `host:port`. */
  readonly hosts: readonly string[];
  readonly locale: string | undefined;
  readonly accept: string;
  /** A duration of the plan for the whole fetch: redirects, retry and body. */
  readonly timeout: string;
  readonly loopback: readonly string[];
}

/** The world a fetch needs. */
export interface FetchPorts {
  readonly network: Network;
  readonly clock: { readonly ms: () => number };
  /** Lets milliseconds pass; tests let none pass. */
  readonly wait: (ms: number) => Promise<void>;
}

const REDIRECTS_MAX = 5;
const RETRY_PAUSE_MS = 1000;
const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308];
const TRANSIENT_STATUSES: readonly number[] = [408, 429, 500, 502, 503, 504];

/**
 * Fetches one public page: a GET, at most five redirects within its hosts, each checked again, and one second try for what may
 * pass by itself, within one deadline.
 */
export async function fetchPage(request: FetchRequest, ports: FetchPorts): Promise<FetchResult> {
  const budgetMs = durationMs(request.timeout);
  const started = ports.clock.ms();
  const options: ExchangeOptions = {
    loopback: request.loopback,
    network: ports.network,
    accept: request.accept,
    locale: request.locale,
    signal: AbortSignal.timeout(budgetMs),
  };
  const first = await followRedirects(request, options);
  if (!isTransient(first) || options.signal.aborted) return first;
  const pauseMs = retryPauseMs(first, isListed(new URL(request.url), request.loopback));
  if (pauseMs >= budgetMs - (ports.clock.ms() - started)) return first;
  await ports.wait(pauseMs);
  return await followRedirects(request, options);
}

async function followRedirects(
  request: FetchRequest,
  options: ExchangeOptions,
): Promise<FetchResult> {
  let url = new URL(request.url);
  const hosts = new Set([url.host, ...request.hosts]);
  let movedForGood = false;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const answer = await exchange(url, options);
    if (answer.kind === 'failure') return { ...answer, redirects };
    if (!REDIRECT_STATUSES.includes(answer.status)) {
      return { ...answer, url, redirects, movedForGood };
    }
    const location = answer.headers.get('location') ?? '';
    const { status } = answer;
    if (location === '' || !URL.canParse(location, url.href)) {
      return { kind: 'failure', failure: 'redirect', status, redirects };
    }
    const next = new URL(location, url.href);
    if (!hosts.has(next.host) && !hosts.has(next.hostname)) {
      return { kind: 'moved-host', status, redirects: redirects + 1 };
    }
    movedForGood ||= status === 301 || status === 308;
    url = next;
  }
  return { kind: 'failure', failure: 'redirect', status: null, redirects: REDIRECTS_MAX };
}

function isTransient(result: FetchResult): boolean {
  if (result.kind === 'answer') return TRANSIENT_STATUSES.includes(result.status);
  return result.kind === 'failure' && ['reset', 'timeout', 'truncated'].includes(result.failure);
}

/** Gives the server's `Retry-After` in seconds its way; a date there is not worth a clock comparison, so the default holds. */
function retryPauseMs(result: FetchResult, listed: boolean): number {
  const asked = result.kind === 'answer' ? result.headers.get('retry-after') : undefined;
  if (asked !== undefined && /^\d{1,6}$/.test(asked)) return Number(asked) * 1000;
  return listed ? 0 : RETRY_PAUSE_MS;
}
