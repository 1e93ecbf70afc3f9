import {
  type Digest,
  durationMs,
  type ReasonId,
  type SecretRef,
  sha256,
} from '../../core/index.ts';
import { isPinned, refusalOf, type SmokeOrder } from './preflight.ts';
import { AUTH_HEADER, type Draft, draftRequests, mutationOf } from './request.ts';
import type { Mutation } from './result.ts';
import { originOf } from './target.ts';

/** Describes one request that a run would send. */
export interface PlannedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Names only, sorted. */
  readonly headers: readonly string[];
  readonly bodyBytes: number;
  readonly credential: 'secret' | 'placeholder';
}

/** Describes a run exactly, without a secret and without sending anything. */
export interface SmokePlan {
  readonly smoke: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Where the secret would be read from; never its value. */
  readonly secret: SecretRef;
  readonly change: Mutation;
  /** The documented request and the wrong one; empty when the fixture is not what the plan describes. */
  readonly requests: readonly PlannedRequest[];
  readonly fixture: { readonly digest: Digest; readonly isPinned: boolean } | null;
  /** Names of the fields against silent fallback that are added to the fixture. */
  readonly added: readonly string[];
  readonly limits: {
    readonly timeoutMs: number;
    readonly responseBytes: number;
    readonly outputTokens: number;
  };
  readonly notAsserted: typeof NOT_ASSERTED;
  /** Why a run would be refused now; empty when it would be sent. */
  readonly refusedFor: readonly ReasonId[];
}

/** Lists what a smoke test never says, whatever its answer. */
export const NOT_ASSERTED = [
  'price',
  'discount',
  'rate-limit',
  'quota',
  'uptime',
  'latency',
  'model-list',
  'billing-outcome',
  'other-requests',
  'other-models',
  'other-workloads',
] as const;

/** Shows what {@link runSmoke} would send, and what would make it refuse. */
export function planSmoke(
  order: SmokeOrder,
  env: Readonly<Record<string, string | undefined>>,
): SmokePlan {
  const { test, provider, fixture } = order;
  const drafts = draftRequests(test, provider, fixture);
  const refusal = refusalOf(order, env)?.reasons ?? [];
  return {
    smoke: test.id,
    origin: originOf(provider.host, order.loopback).origin,
    secret: test.request.auth.secret,
    change: mutationOf(test),
    requests:
      drafts === undefined ? [] : [planned(drafts.happy, order), planned(drafts.error, order)],
    fixture: fixture === null ? null : { digest: sha256(fixture), isPinned: isPinned(order) },
    added: Object.keys(provider.noFallback),
    limits: {
      timeoutMs: durationMs(test.limits.timeout),
      responseBytes: test.limits.responseBytes,
      outputTokens: test.limits.outputTokens,
    },
    notAsserted: NOT_ASSERTED,
    refusedFor: drafts === undefined && refusal.length === 0 ? ['smoke-invalid'] : refusal,
  };
}

const planned = (draft: Draft, { test }: SmokeOrder): PlannedRequest => ({
  method: draft.method,
  path: draft.path,
  headers: [...Object.keys(draft.headers), AUTH_HEADER[test.request.auth.scheme].header].toSorted(),
  bodyBytes: draft.body?.byteLength ?? 0,
  credential: draft.credential,
});
