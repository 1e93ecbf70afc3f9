import type { Digest, OutcomeKind, ReasonId } from '../../core/index.ts';

/** Names how the exchange itself ended; every fault of the network is one of these, its message and stack are dropped. */
export type Transport =
  | 'ok'
  | 'dns'
  | 'conn-refused'
  | 'tls-verify'
  | 'timeout'
  | 'reset'
  | 'too-large'
  | 'bad-json'
  | 'redirect'
  | 'content-type'
  | 'encoding'
  | 'address-refused'
  | 'secret-format'
  | 'other';

/** Names the class of an answer that is not a success. */
export type ErrorClass =
  | 'none'
  | 'auth'
  | 'permission'
  | 'not-found'
  | 'invalid-request'
  | 'rate-limit'
  | 'server'
  | 'transport'
  | 'other';

/** Answers one assertion of the plan by its place; never what was expected and never what came. */
export interface AssertionResult {
  /** 0-based place in `at`; on the error path the provider's envelope stands after the last. */
  readonly index: number;
  readonly ok: boolean;
  readonly reason: 'ok' | 'absent' | 'type' | 'range' | 'differs' | 'not-evaluated';
}

/** Holds an outcome with what is missing, in the form of a record. */
export interface JudgedFields {
  readonly outcome: OutcomeKind;
  readonly reasons: readonly ReasonId[];
  /** Subjects, such as `smoke:chat-minimal`. */
  readonly missing: readonly string[];
}

/** Answers one of the two requests. */
export interface PathResult extends JudgedFields {
  readonly status: number | null;
  readonly errorClass: ErrorClass;
  readonly transport: Transport;
  readonly assertions: readonly AssertionResult[];
  /** The owner that the plan's `route` names for this status; null when there is none or nothing to route. */
  readonly routedTo: string | null;
}

export type SmokeClaimId =
  | 'pattern-exists'
  | 'request-completed'
  | 'trace-present'
  | 'usage-fields-present'
  | 'error-classified';

export type Mutation = 'auth-placeholder' | 'model-nonexistent' | 'body-truncated' | 'param';

/** Holds what a smoke test proved: the fields of a smoke record, with no place for a secret, a prompt or a body. */
export interface SmokeResult extends JudgedFields {
  readonly smoke: string;
  readonly pattern: string;
  readonly environment: string;
  /** Requests that were sent: 0, 1 or 2. */
  readonly requests: number;
  readonly fixture: Digest | null;
  readonly baseRequest: string | null;
  readonly credential: string | null;
  readonly mutation: Mutation;
  readonly happy: PathResult;
  readonly error: PathResult;
  /** MAC of the trace marker; the marker itself is only handed to the sidecar. */
  readonly trace: string | null;
  readonly traceFrom: 'header' | 'pointer' | 'none';
  /** MAC of the id that the provider gave the refused request, where it names one. */
  readonly errorTrace?: string;
  /** What the environment tried to change; none of it was obeyed. */
  readonly overrides: {
    readonly proxy: boolean;
    readonly tlsOff: boolean;
    readonly extraCa: boolean;
    readonly exposed: boolean;
  };
  /** One MAC over everything that decides where and how was asked; absent when nothing was sent. */
  readonly effective?: string;
  /** Digest of the server's public key (SPKI); null without TLS. */
  readonly tlsKey: Digest | null;
  readonly claims: readonly {
    readonly claim: SmokeClaimId;
    readonly result: 'holds' | 'broken' | 'not-evaluable';
  }[];
}
