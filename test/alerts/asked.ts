import type { Instant } from '../../src/core/index.ts';
import type { Correction } from './days.ts';

/** What one process is told to look at, and what befalls it. */
export interface Asked {
  /** By its own clock, which may be off. */
  readonly now: Instant;
  readonly delivered: number;
  /** Those that have come in. */
  readonly corrections: readonly Correction[];
  readonly fault: 'none' | 'dies-after-claim' | 'dies-after-send';
  /** An owner acknowledges all that is open and young. */
  readonly acknowledges?: boolean;
}

/** Owners answer early or never: an answer between a first try to escalate and its repetition has no one right count. */
export const ACK_WITHIN_MS = 20 * 3_600_000;
