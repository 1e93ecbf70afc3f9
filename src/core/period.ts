import { Temporal } from 'temporal-polyfill';
import {
  addDays,
  dateIn,
  type Instant,
  instantFromMs,
  instantMs,
  type PlainDate,
  startOfDate,
} from './time.ts';

/** Names a calendar step; weeks start on Monday. */
export type CalendarStep = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Spans `[start, end)` of instants, cut at midnights of an IANA zone. */
export interface Period {
  /** Inclusive. */
  readonly start: Instant;
  /** Exclusive. */
  readonly end: Instant;
  readonly zone: string;
}

/** Spans whole dates of a zone, `[from, until)`. */
export function periodOfDates(from: PlainDate, until: PlainDate, zone: string): Period {
  return { start: startOfDate(from, zone), end: startOfDate(until, zone), zone };
}

/**
 * Gives the calendar period that holds an instant.
 *
 * @example
 * periodAt('month', '2026-11-23T08:00:00Z', 'Europe/Berlin') // 2026-10-31T23:00:00Z … 2026-11-30T23:00:00Z
 */
export function periodAt(every: CalendarStep, instant: Instant, zone: string): Period {
  const first = firstDate(every, Temporal.PlainDate.from(dateIn(instant, zone)));
  return spanFrom(every, first, zone);
}

/** Gives the calendar period that holds the second before this one starts: never a length in hours, so months and DST stay true. */
export function previousPeriod(every: CalendarStep, period: Period): Period {
  return periodAt(every, secondBefore(period.start), period.zone);
}

/** Gives the same number of dates that end where this period starts, for comparison. */
export function precedingPeriod(period: Period): Period {
  let start = period.start;
  for (const _ of datesOf(period)) {
    start = startOfDate(dateIn(secondBefore(start), period.zone), period.zone);
  }
  return { start, end: period.start, zone: period.zone };
}

/**
 * Lists the dates of a period in its zone, in order; a date that the zone skipped (Pacific/Apia, 2011-12-30) is none.
 *
 * @throws {RangeError} beyond 4,000 days: no period of a plan is that long.
 */
export function datesOf(period: Period): readonly PlainDate[] {
  const dates: PlainDate[] = [];
  let date = dateIn(period.start, period.zone);
  let start = startOfDate(date, period.zone);
  while (start < period.end) {
    if (dates.length >= 4000) throw new RangeError('A period has at most 4,000 days');
    const next = addDays(date, 1);
    const end = startOfDate(next, period.zone);
    // A date that was skipped begins when the next one does.
    if (start < end) dates.push(date);
    date = next;
    start = end;
  }
  return dates;
}

/** Tells whether an instant lies in a period; the end does not. */
export const periodHolds = (period: Period, instant: Instant): boolean =>
  period.start <= instant && instant < period.end;

/** Tells whether two periods share an instant. */
export const periodsOverlap = (left: Period, right: Period): boolean =>
  left.start < right.end && right.start < left.end;

/** Names the ISO week of an instant in a zone, such as `2026-W47`. */
export function isoWeek(instant: Instant, zone: string): string {
  // In the ISO calendar, which a plain date has, every date has both.
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(dateIn(instant, zone));
  return `${String(yearOfWeek)}-W${String(weekOfYear).padStart(2, '0')}`;
}

const secondBefore = (instant: Instant): Instant => instantFromMs(instantMs(instant) - 1000);

function spanFrom(every: CalendarStep, first: Temporal.PlainDate, zone: string): Period {
  const until = first.add(durationOf(every));
  return periodOfDates(first.toString() as PlainDate, until.toString() as PlainDate, zone);
}

function firstDate(every: CalendarStep, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (every) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ month: Math.floor((date.month - 1) / 3) * 3 + 1, day: 1 });
    case 'year':
      return date.with({ month: 1, day: 1 });
    default:
      every satisfies never;
      throw new RangeError(`Unknown step ${String(every)}`);
  }
}

function durationOf(every: CalendarStep): Temporal.DurationLike {
  return every === 'quarter' ? { months: 3 } : { [`${every}s`]: 1 };
}
