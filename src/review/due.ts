import { Cron } from 'croner';
import {
  addDuration,
  canonicalJson,
  type Digest,
  type Instant,
  instantFromMs,
  instantMs,
  type Period,
  sha256,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { coveredPeriod } from './covered-period.ts';

type Cadenced = Pick<Plan, 'review' | 'timezone'>;

/** One time at which the cadence asks for a review. */
export interface Occurrence {
  /** The same for everyone who computes it: what is claimed. */
  readonly due: Digest;
  readonly dueAt: Instant;
  /** What that review covers. */
  readonly period: Period;
  /** After this it counts as missed. */
  readonly graceEnds: Instant;
}

/** What the ledger says of earlier occurrences. */
export interface CadenceFacts {
  /** When the ledger began: nothing was due before. */
  readonly since: Instant;
  readonly now: Instant;
  /** Starts of the periods that a review of the cadence has covered. */
  readonly covered: ReadonlySet<string>;
  /** Occurrences that are recorded as missed. */
  readonly missed: ReadonlySet<string>;
}

/** What to do now. */
export interface CatchUp {
  /** The newest occurrence without a review; run it, late or not. */
  readonly run: Occurrence | null;
  /** Occurrences whose grace has ended without a review and without a record of that, oldest first. */
  readonly missed: readonly Occurrence[];
}

/** After a downtime longer than so many reviews, the oldest of them are not looked at any more. */
const LOOK_BACK = 60;

/**
 * Compares the cadence with the ledger: which review is to be run now, and which have been missed since the last look.
 *
 * A function of its arguments alone, so that cron, systemd, CI and a person can all ask, and nobody needs to have been
 * awake at the time. A late review is still run, once, and the fact that it was late stays.
 */
export function catchUp(plan: Cadenced, facts: CadenceFacts): CatchUp {
  const { since, now, covered, missed } = facts;
  const open = pastTimes(plan, now, LOOK_BACK)
    .filter((dueAt) => dueAt >= since)
    .map((dueAt) => occurrenceAt(plan, dueAt))
    .filter(({ period }) => !covered.has(period.start));
  const newest = open.at(-1);
  return {
    run:
      newest !== undefined && newest.period.start === coveredPeriod(plan, now).start
        ? newest
        : null,
    missed: open.filter(({ due, graceEnds }) => graceEnds < now && !missed.has(due)),
  };
}

/** Lists the next occurrences after an instant, earliest first. */
export function nextOccurrences(
  plan: Cadenced,
  after: Instant,
  count: number,
): readonly Occurrence[] {
  return ruleOf(plan)
    .nextRuns(count, new Date(instantMs(after)))
    .map((date) => occurrenceAt(plan, instantFromMs(date.getTime())));
}

/** Lists the last occurrences up to an instant, itself included, oldest first. */
export function pastOccurrences(
  plan: Cadenced,
  until: Instant,
  count: number,
): readonly Occurrence[] {
  return pastTimes(plan, until, count).map((dueAt) => occurrenceAt(plan, dueAt));
}

const pastTimes = (plan: Cadenced, until: Instant, count: number): readonly Instant[] =>
  ruleOf(plan)
    .previousRuns(count, new Date(instantMs(until) + 1000))
    .map((date) => instantFromMs(date.getTime()))
    .toReversed();

/** Puts the cadence in words: `every week on monday at 09:00 (Europe/Berlin)`. */
export function cadenceWords({ review: { cadence }, timezone }: Cadenced): string {
  const { every, day, at } = cadence;
  const on = { day: '', week: ` on ${day}`, month: ` on its first ${day}` }[every];
  return `every ${every}${on} at ${at} (${timezone})`;
}

const DAYS = {
  monday: 'MON',
  tuesday: 'TUE',
  wednesday: 'WED',
  thursday: 'THU',
  friday: 'FRI',
  saturday: 'SAT',
  sunday: 'SUN',
} as const;

/** croner runs a time that the clock skips an hour later, and one that comes twice once (decision 0046). */
function ruleOf({ review: { cadence }, timezone }: Cadenced): Cron {
  const [hour = '9', minute = '0'] = cadence.at.split(':').map((part) => String(Number(part)));
  const day = DAYS[cadence.day];
  const weekday = { day: '*', week: day, month: `${day}#1` }[cadence.every];
  return new Cron(`0 ${minute} ${hour} * * ${weekday}`, { timezone, paused: true });
}

function occurrenceAt(plan: Cadenced, dueAt: Instant): Occurrence {
  return {
    due: sha256(canonicalJson({ trigger: 'cadence', dueAt })),
    dueAt,
    period: coveredPeriod(plan, dueAt),
    graceEnds: addDuration(dueAt, plan.review.cadence.grace),
  };
}
