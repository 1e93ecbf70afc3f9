import {
  type Digest,
  durationMs,
  type ReasonId,
  type SecretRef,
  sha256,
} from '../../core/index.ts';
import { isPinned, refusalOf, type SmokeOrder } from './preflight.ts';
import type { Provider } from '../../plan/index.ts';
import {
  AUTH_HEADER,
  type Draft,
  draftRequests,
  mutationOf,
  PLACEHOLDER_CREDENTIAL,
} from './request.ts';
import type { Mutation } from './result.ts';
import { originOf } from './target.ts';

/** Describes one request that a run would send. */
export interface PlannedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** By name, sorted; what carries the credential has `null` where the secret would stand. */
  readonly headers: Readonly<Record<string, string | null>>;
  /** The finished bytes by their digest: prompts are shown in the fixture alone. */
  readonly body: { readonly bytes: number; readonly digest: Digest } | null;
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
  /** The fields against silent fallback that are added to the fixture. */
  readonly added: Provider['noFallback'];
  /** The model that the fixture asks for; null when it names none. */
  readonly model: string | null;
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
    added: provider.noFallback,
    model: drafts?.requestedModel ?? null,
    limits: {
      timeoutMs: durationMs(test.limits.timeout),
      responseBytes: test.limits.responseBytes,
      outputTokens: test.limits.outputTokens,
    },
    notAsserted: NOT_ASSERTED,
    refusedFor: drafts === undefined && refusal.length === 0 ? ['smoke-invalid'] : refusal,
  };
}

function planned(draft: Draft, { test, provider }: SmokeOrder): PlannedRequest {
  const { header, prefix } = AUTH_HEADER[test.request.auth.scheme];
  const isPublic = draft.credential === 'placeholder';
  const headers = {
    ...draft.headers,
    // Node adds these two to every request of its own.
    host: provider.host.toLowerCase(),
    connection: 'close',
    [header]: isPublic ? `${prefix}${PLACEHOLDER_CREDENTIAL}` : null,
  };
  return {
    method: draft.method,
    path: draft.path,
    headers: Object.fromEntries(Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    body: draft.body === null ? null : { bytes: draft.body.byteLength, digest: sha256(draft.body) },
    credential: draft.credential,
  };
}
