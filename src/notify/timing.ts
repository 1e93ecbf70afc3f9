import { type Instant, nextTimeOfDay } from '../core/index.ts';
import type { Channel } from '../plan/index.ts';
import type { Notice } from './notice.ts';

/** What decides when a notice may go out. */
export interface Waiting {
  readonly severity: Notice['severity'];
  /** When what it tells happened; null for what does not wait for a digest, such as an escalation. */
  readonly since: Instant | null;
  readonly now: Instant;
  /** The plan's; a channel may name its own. */
  readonly zone: string;
}

/**
 * Gives the instant from which a channel may be told: now or earlier, or the end of its quiet hours, or its next digest.
 *
 * Critical notices wait for nothing. A function of its arguments alone: every process finds the same.
 */
export function sendableAt(channel: Channel, { severity, since, now, zone }: Waiting): Instant {
  if (severity === 'critical') return now;
  const digest = 'digest' in channel ? channel.digest : undefined;
  const gathered =
    digest === undefined || since === null
      ? now
      : nextTimeOfDay(since, digest.at, digest.zone ?? zone);
  const { quiet } = channel;
  if (quiet === undefined) return gathered;
  const from = gathered > now ? gathered : now;
  const end = nextTimeOfDay(from, quiet.until, quiet.zone ?? zone);
  const begin = nextTimeOfDay(from, quiet.from, quiet.zone ?? zone);
  return end < begin ? end : gathered;
}

/** Tells whether a channel gathers what is not critical. */
export const gathers = (channel: Channel): boolean =>
  'digest' in channel && channel.digest !== undefined;
