import { addDays, type PlainDate } from '../core/index.ts';

/** Two stretches of dates with the same number of each weekday; `until` is the last date that counts. */
export interface EqualCalendar {
  readonly current: readonly PlainDate[];
  /** The same weekdays before, in the order of `current`. */
  readonly previous: readonly PlainDate[];
}

/**
 * Picks the dates of a period that can be compared with as many before it, weekday by weekday: its last whole weeks and the
 * weeks right before them; of less than a week all dates, each beside the date a week earlier.
 *
 * A month of 31 days beside one of 28 differs by 11 % without anything having changed (design: budgets.md 5).
 */
export function equalCalendar(dates: readonly PlainDate[]): EqualCalendar {
  const weeks = Math.floor(dates.length / 7);
  const current = weeks === 0 ? dates : dates.slice(dates.length - weeks * 7);
  const back = Math.max(1, weeks) * 7;
  return { current, previous: current.map((date) => addDays(date, -back)) };
}
