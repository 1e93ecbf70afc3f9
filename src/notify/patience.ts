import { setTimeout as delay } from 'node:timers/promises';
import type { Ports } from '../core/index.ts';
import {
  type Delivery,
  delivered,
  type DeliveryPlace,
  notDelivered,
  type Patience,
} from './channel.ts';

/** How one attempt ended. */
export type Attempt<T = unknown> = { readonly kind: 'arrived'; readonly value: T } | FailedAttempt;

export interface FailedAttempt {
  readonly kind: 'failed';
  readonly reason: Exclude<Delivery['reason'], 'ok'>;
  /** Trying again can help: the receiver is busy or away, and has not said no. */
  readonly mayRetry: boolean;
  /** The receiver asked for this pause; 0 when it did not. */
  readonly retryAfterMs: number;
}

const PATIENCE: Patience = {
  attemptsMax: 4,
  firstPauseMs: 1000,
  pausesMaxMs: 30_000,
  pause: (ms) => delay(ms),
};

/** How sending ended after all attempts, and what the receiver gave back. */
export interface Tried<T> {
  readonly delivery: Delivery;
  readonly value: T | undefined;
}

/** Repeats an attempt within the budget of the place: pauses double, with jitter, and never undercut what was asked for. */
export async function tryPatiently<T>(
  attempt: () => Promise<Attempt<T>>,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Tried<T>> {
  const { attemptsMax, pausesMaxMs, pause, firstPauseMs } = place.patience ?? PATIENCE;
  let pausesLeftMs = pausesMaxMs;
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt();
    if (result.kind === 'arrived') return { delivery: delivered(attempts), value: result.value };
    const backoffMs = jittered(firstPauseMs * 2 ** (attempts - 1), ports);
    const pauseMs = Math.max(backoffMs, result.retryAfterMs);
    const isLast = attempts >= attemptsMax || pauseMs > pausesLeftMs;
    if (!result.mayRetry || isLast) {
      return { delivery: notDelivered(result.reason, attempts), value: undefined };
    }
    pausesLeftMs -= pauseMs;
    await pause(pauseMs);
  }
}

/** Makes a failed attempt. */
export const failed = (
  reason: FailedAttempt['reason'],
  mayRetry: boolean,
  retryAfterMs = 0,
): FailedAttempt => ({ kind: 'failed', reason, mayRetry, retryAfterMs });

/** Spreads a pause over half to one and a half of its length, so that many senders do not return at once. */
function jittered(pauseMs: number, ports: Ports): number {
  const [byte = 0] = ports.random.bytes(1);
  return Math.round(pauseMs * (0.5 + byte / 255));
}
