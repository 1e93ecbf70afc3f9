import { digestHex, type Instant } from '../core/index.ts';
import type { CalendarEvent } from '../report/index.ts';
import { cadenceWords, nextOccurrences, type Occurrence, pastOccurrences } from './due.ts';
import type { Workspace } from './workspace.ts';

/** One review of the calendar: past ones with what became of them. */
export interface CalendarEntry extends Occurrence {
  readonly state: 'coming' | 'missed' | 'open' | 'reviewed';
  /** The newest review of the same period; null where there is none. */
  readonly review: string | null;
  readonly outcome: string | null;
}

/** Half a year of weeks. */
const COMING = 26;
const PAST = 8;
/** What a review on one page takes. */
const MINUTES = 30;

/** Lists the last reviews by the cadence with what became of them, and the next ones. */
export async function calendarEntries(
  { ledger, plan }: Workspace,
  now: Instant,
): Promise<readonly CalendarEntry[]> {
  const reviews = await ledger.records({ kind: 'review' });
  const dues = await ledger.records({ kind: 'review-due' });
  const [genesis] = await ledger.records({ kind: 'genesis' });
  const missed = new Set(
    dues.filter(({ body }) => body.result === 'missed').map(({ body }) => body.due),
  );
  const past = pastOccurrences(plan, now, PAST)
    .filter(({ dueAt }) => dueAt >= (genesis?.context.at ?? now))
    .map((one): CalendarEntry => {
      const review = reviews.findLast(
        ({ body }) => body.trigger === 'cadence' && body.period.start === one.period.start,
      );
      const none = missed.has(one.due) || one.graceEnds < now ? 'missed' : 'open';
      return {
        ...one,
        state: review === undefined ? none : 'reviewed',
        review: review?.body.review ?? null,
        outcome: review?.body.outcome ?? null,
      };
    });
  const coming = nextOccurrences(plan, now, COMING).map((one): CalendarEntry => ({
    ...one,
    state: 'coming',
    review: null,
    outcome: null,
  }));
  return [...past, ...coming];
}

/** Makes calendar events of the entries; an id never changes, so that a feed that is read again moves no event. */
export function calendarEvents(
  { plan }: Pick<Workspace, 'plan'>,
  entries: readonly CalendarEntry[],
): readonly CalendarEvent[] {
  return entries.map((entry) => ({
    uid: `${digestHex(entry.due).slice(0, 32)}.${plan.team}@spendproof`,
    startsAt: entry.dueAt,
    minutes: MINUTES,
    summary: `Token budget review (${plan.team})${suffixOf(entry)}`,
    description: `Covers ${entry.period.start} to ${entry.period.end}; ${cadenceWords(plan)}.\nRun: spendproof review`,
  }));
}

function suffixOf({ state, review, outcome }: CalendarEntry): string {
  if (state === 'reviewed') return `: ${String(outcome)}, ${String(review)}`;
  return state === 'missed' ? ': missed' : '';
}
