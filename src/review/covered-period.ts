import {
  addDays,
  type CalendarStep,
  dateIn,
  type Instant,
  isoWeek,
  type Period,
  periodAt,
  previousPeriod,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';

const STEP = {
  'previous-day': 'day',
  'previous-week': 'week',
  'previous-month': 'month',
} as const satisfies Record<Plan['review']['cadence']['covers'], CalendarStep>;

/** Gives the period that a review run at `now` covers: the last whole day, week or month of the plan's zone. */
export function coveredPeriod(plan: Pick<Plan, 'review' | 'timezone'>, now: Instant): Period {
  const step = STEP[plan.review.cadence.covers];
  return previousPeriod(step, periodAt(step, now, plan.timezone));
}

/**
 * Names a review by the period it covers: `2026-W47`, `2026-11-23` or `2026-11`; a further one of that period is `2026-W47.2`.
 *
 * @param ended ids of reviews that have ended.
 */
export function nextReviewId(plan: Plan, period: Period, ended: ReadonlySet<string>): string {
  const base = baseId(plan, period);
  if (!ended.has(base)) return base;
  for (let count = 2; count < 1000; count += 1) {
    if (!ended.has(`${base}.${count}`)) return `${base}.${count}`;
  }
  throw new RangeError(`More than 999 reviews of ${base}`);
}

function baseId(plan: Plan, period: Period): string {
  const first = dateIn(period.start, period.zone);
  const covers = plan.review.cadence.covers;
  if (covers === 'previous-week') return isoWeek(period.start, period.zone);
  return covers === 'previous-day' ? first : first.slice(0, 7);
}

/** Gives the last date that a period holds. */
export const lastDate = (period: Period): string => addDays(dateIn(period.end, period.zone), -1);
