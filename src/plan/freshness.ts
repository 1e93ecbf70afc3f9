import { durationMs } from '../core/index.ts';
import { textAt } from './tree.ts';

/**
 * Gives the time from one review to the end of the grace of the next, in milliseconds; a month counts 31 days.
 *
 * Reads raw data: a cadence of the wrong form counts as the default, a week with 48 hours.
 */
export function cadenceMs(raw: unknown): number {
  const every = textAt(raw, 'review', 'cadence', 'every');
  const grace = textAt(raw, 'review', 'cadence', 'grace') ?? '48h';
  const step = { day: '1d', week: '7d', month: '31d' }[every ?? 'week'] ?? '7d';
  return durationMs(step) + durationMs(/^\d{1,6}(ms|s|m|h|d)$/.test(grace) ? grace : '48h');
}

/**
 * Writes milliseconds as a duration of the plan, in the largest unit that holds them; rounded up where none does, and what is
 * longer than the longest duration that a plan can write is that one.
 */
export function durationText(ms: number): string {
  const exact = UNITS.find(([, size]) => ms % size === 0 && ms / size <= COUNT_MAX);
  const fitting = exact ?? UNITS.findLast(([, size]) => ms / size <= COUNT_MAX);
  if (fitting === undefined) return `${COUNT_MAX}d`;
  const [unit, size] = fitting;
  return `${Math.ceil(ms / size)}${unit}`;
}

const COUNT_MAX = 999_999;
const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];
