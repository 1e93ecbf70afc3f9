import { digestHex, exposuresOf, type ReasonId, sha256 } from '../../core/index.ts';
import type { Provider, SmokeTest } from '../../plan/index.ts';
import type { JudgedFields } from './result.ts';

/** Says what the page check found of the documented pattern. */
export type PatternState = 'holds' | 'broken' | 'stale' | 'not-evaluable';

/** Holds what a run needs to know beside the world. */
export interface SmokeOrder {
  readonly test: SmokeTest;
  readonly provider: Provider;
  readonly environmentKind: 'production' | 'non-production';
  /** `host:port` of this machine that may be asked over plain HTTP. */
  readonly loopback: readonly string[];
  /** Bytes of the body's fixture; null when the request has none or the file is not there. */
  readonly fixture: Uint8Array | null;
  readonly patternState: PatternState;
  /** Settings of the environment that the plan tolerates: `proxy` is then ignored instead of refused. */
  readonly tolerate?: readonly string[];
}

/** Says what the environment tries to change about the request; none of it is obeyed. */
export interface Overrides {
  readonly proxy: boolean;
  readonly tlsOff: boolean;
  readonly extraCa: boolean;
  /** Node would write down what is sent; see {@link exposuresOf}. */
  readonly exposed: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
/** Certificates that the release did not come with. */
const AUTHORITIES = ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_DIR', 'SSL_CERT_FILE'];

/** Reads which overrides the environment holds, as booleans: their values can hold credentials. */
export const overridesOf = (env: Env): Overrides => ({
  proxy: PROXIES.some((name) => isSet(env[name]) || isSet(env[name.toLowerCase()])),
  tlsOff: env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0',
  extraCa: AUTHORITIES.some((name) => isSet(env[name])),
  exposed: exposuresOf(env).length > 0,
});

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/**
 * Says why nothing may be sent, before any secret is read; `undefined` when nothing speaks against it.
 */
export function refusalOf(order: SmokeOrder, env: Env): JudgedFields | undefined {
  const { test } = order;
  const smoke = `smoke:${test.id}`;
  if (!test.enabled) return unproved('not-enabled', smoke);
  const bent = bentBy(order, env);
  if (bent !== undefined) return bent;
  if (order.environmentKind === 'production') return unproved('smoke-production', smoke);
  if (!isPinned(order)) return unproved('not-pinned', smoke);
  switch (order.patternState) {
    case 'holds':
      return undefined;
    case 'broken':
      return failed('claim-broken');
    case 'stale':
      return unproved('document-stale', `claim:${test.pattern}`);
    case 'not-evaluable':
      return unproved('claim-not-evaluable', `claim:${test.pattern}`);
    default:
      order.patternState satisfies never;
      throw new RangeError('Unknown state of a pattern');
  }
}

function bentBy(order: SmokeOrder, env: Env): JudgedFields | undefined {
  const { proxy, tlsOff, exposed } = overridesOf(env);
  // One process-wide switch that makes every certificate look right: the run would prove nothing.
  if (tlsOff) return failed('environment-mismatch');
  if (exposed) return unproved('environment-mismatch', `smoke:${order.test.id}`);
  // Whoever set a proxy expects traffic to take it; going past it in silence would be another surprise.
  const isRefused = proxy && !isOwnMachine(order) && order.tolerate?.includes('proxy') !== true;
  return isRefused ? unproved('environment-mismatch', `smoke:${order.test.id}`) : undefined;
}

const isOwnMachine = ({ provider, loopback }: SmokeOrder): boolean =>
  loopback.includes(provider.host.toLowerCase());

/** Tells whether a role has approved the fixture as it stands; a request without a body has nothing to approve. */
export function isPinned({ test, fixture }: Pick<SmokeOrder, 'test' | 'fixture'>): boolean {
  if (test.request.body === undefined) return true;
  return fixture !== null && test.pinned?.sha256 === digestHex(sha256(fixture));
}

/** Makes an inconclusive answer that names what is missing. */
export const unproved = (reason: ReasonId, ...missing: readonly string[]): JudgedFields => ({
  outcome: 'inconclusive',
  reasons: [reason],
  missing,
});

/** Makes a fail. */
export const failed = (...reasons: readonly ReasonId[]): JudgedFields => ({
  outcome: 'fail',
  reasons,
  missing: [],
});

/** Makes a pass. */
export const passed: JudgedFields = { outcome: 'pass', reasons: [], missing: [] };
