import { instantMs, type Instant } from '../../core/index.ts';
import type { FetchMemory } from './fetch-memory.ts';
import type { Failure } from './exchange.ts';
import { fetchPage, type FetchPorts, type FetchRequest } from './page-fetch.ts';
import { isAllowedByRobots, parseRobots, ROBOTS_MAX_BYTES } from './robots.ts';

/** Says why a page must not be asked for, `undefined` when it may; each host's rules are read once. */
export type RobotsGate = (url: URL, request: FetchRequest) => Promise<Failure | undefined>;

/** RFC 9309 2.4: rules are not to be used for longer without asking again. */
const CACHE_MS = 24 * 3600 * 1000;
const PRODUCT = 'spendproof';
/** A host that answers with an error may not want to be read at all (RFC 9309 2.3.1.4). */
const DISALLOWED: Failure = { kind: 'failure', failure: 'robots', status: null };

type HostRules = { readonly kind: 'rules'; readonly text: string } | Failure;

/**
 * Reads `robots.txt` of each host before its pages (RFC 9309 2.3): none (4xx) allows all, 5xx and unreachable allow nothing.
 */
export function openRobotsGate(
  ports: FetchPorts & { readonly clock: { readonly now: () => Instant } },
  memory: FetchMemory,
): RobotsGate {
  const asked = new Map<string, Promise<HostRules>>();
  const rulesOf = async (origin: string, request: FetchRequest): Promise<HostRules> => {
    const kept = memory.robotsOf(origin);
    if (kept !== undefined && isRecent(kept.readAt, ports.clock.ms())) {
      return { kind: 'rules', text: kept.text };
    }
    const rules = await readRobots(origin, request, ports);
    if (rules.kind === 'rules') {
      memory.keepRobots(origin, { readAt: ports.clock.now(), text: rules.text });
    }
    return rules;
  };
  return async (url, request) => {
    const asking = asked.get(url.origin) ?? rulesOf(url.origin, request);
    asked.set(url.origin, asking);
    const found = await asking;
    if (found.kind === 'failure') return found;
    const rules = parseRobots(found.text, PRODUCT);
    return isAllowedByRobots(rules, url.pathname + url.search) ? undefined : DISALLOWED;
  };
}

const isRecent = (readAt: Instant, nowMs: number): boolean => {
  const ageMs = nowMs - instantMs(readAt);
  return ageMs >= 0 && ageMs < CACHE_MS;
};

async function readRobots(
  origin: string,
  request: FetchRequest,
  ports: FetchPorts,
): Promise<HostRules> {
  const { conditional: _page, refuse: _gate, ...own } = request;
  const result = await fetchPage(
    // RFC 9309 2.3.1.2: redirects of robots.txt may lead to another host.
    { ...own, url: `${origin}/robots.txt`, hosts: 'any', accept: 'text/plain' },
    ports,
  );
  if (result.kind === 'moved-host') return DISALLOWED;
  if (result.kind === 'failure') {
    // More redirects than are followed count as none there (RFC 9309 2.3.1.2).
    return result.failure === 'redirect' ? { kind: 'rules', text: '' } : result;
  }
  if (result.status >= 500) return DISALLOWED;
  if (result.status < 200 || result.status >= 300) return { kind: 'rules', text: '' };
  const text = Buffer.from(result.body.subarray(0, ROBOTS_MAX_BYTES)).toString('utf8');
  return { kind: 'rules', text };
}
