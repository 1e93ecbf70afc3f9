import { instantMs } from '../../src/core/index.ts';
import { ACK_WITHIN_MS, type Asked } from './asked.ts';
import { spendKnown, START } from './days.ts';

/** The thresholds of the simulated budget, as shares of its amount. */
export const SHARES = { half: 0.5, near: 0.8, over: 1 } as const;
export const AMOUNT = 1000;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Closed months are looked at again for so long. */
const LOOK_BACK_MS = 92 * DAY_MS;

interface Alert {
  readonly at: number;
  readonly month: string;
  readonly rules: string;
  isOpen: boolean;
}

/** What an honest person with a pencil keeps. */
interface Notebook {
  readonly crossed: Map<string, Set<string>>;
  /** What each month came to when it was judged for good. */
  readonly finals: Map<string, number>;
  readonly restated: Set<string>;
  readonly alerts: Alert[];
  readonly lines: string[];
}

/**
 * Says by plain counting, without any of the product's code, which notices the looks of a year must send: one line each,
 * `fired 2026-03 near,over mail`.
 */
export function expectedNotices(
  spend: readonly number[],
  looks: readonly Asked[],
): readonly string[] {
  const notes: Notebook = {
    crossed: new Map(),
    finals: new Map(),
    restated: new Set(),
    alerts: [],
    lines: [],
  };
  for (const look of looks) {
    const now = instantMs(look.now);
    const known = spendKnown(spend, look.corrections);
    for (const one of notes.alerts) {
      if (look.acknowledges === true && now - one.at < ACK_WITHIN_MS) one.isOpen = false;
    }
    for (const month of monthsSeen(now, notes.finals)) judgeMonth(notes, month, look, known);
    for (const one of notes.alerts) {
      if (!one.isOpen || now - one.at < 24 * HOUR_MS) continue;
      one.isOpen = false;
      notes.lines.push(`escalated ${one.month} ${one.rules} pager`);
    }
  }
  return notes.lines.toSorted();
}

const OWNERS_CHANNELS = ['mail', 'chat'];

function judgeMonth(notes: Notebook, month: string, look: Asked, known: readonly number[]): void {
  const now = instantMs(look.now);
  const [first, end] = bounds(month);
  const ended = Math.floor((now - START_MS) / DAY_MS);
  const total = known
    .slice(first, Math.max(first, Math.min(end, look.delivered, ended)))
    .reduce((sum, value) => sum + value, 0);
  const signed = notes.finals.get(month);
  if (signed !== undefined && signed !== total) {
    notes.restated.add(month);
    notes.lines.push(...OWNERS_CHANNELS.map((channel) => `restated ${month} ${channel}`));
  }
  const before = notes.crossed.get(month) ?? new Set<string>();
  const newly = Object.entries(SHARES).flatMap(([rule, share]) =>
    total > 0 && total >= AMOUNT * share && !before.has(rule) ? [rule] : [],
  );
  if (newly.length > 0 && !notes.restated.has(month)) {
    for (const rule of newly) before.add(rule);
    notes.crossed.set(month, before);
    const rules = newly.toSorted().join();
    notes.alerts.push({ at: now, month, rules, isOpen: true });
    notes.lines.push(...OWNERS_CHANNELS.map((channel) => `fired ${month} ${rules} ${channel}`));
  }
  if (ended >= end && look.delivered >= end) notes.finals.set(month, total);
}

const START_MS = instantMs(START);

/** The month of now, those of the week before this one, and the closed ones that are still looked at. */
function monthsSeen(now: number, finals: ReadonlyMap<string, number>): readonly string[] {
  const today = Math.floor((now - START_MS) / DAY_MS);
  // The first day of the year is a Thursday: index 4 is the first Monday.
  const monday = today - ((((today - 4) % 7) + 7) % 7);
  const current = monthAt(today);
  const covered = [monthAt(monday - 7), monthAt(monday - 1), current].filter(
    (month): month is string => month !== undefined,
  );
  const closed = [...finals.keys()].filter(
    (month) => now - (START_MS + bounds(month)[1] * DAY_MS) <= LOOK_BACK_MS,
  );
  return [...new Set([...closed, ...covered])].toSorted();
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month of 2026, as `[first, end)`. */
function bounds(month: string): [number, number] {
  const index = Number(month.slice(5)) - 1;
  const first = LENGTHS.slice(0, index).reduce((sum, days) => sum + days, 0);
  return [first, first + (LENGTHS[index] ?? 0)];
}

function monthAt(day: number): string | undefined {
  if (day < 0) return undefined;
  let left = day;
  const index = LENGTHS.findIndex((days) => {
    left -= days;
    return left < 0;
  });
  return index < 0 ? undefined : `2026-${String(index + 1).padStart(2, '0')}`;
}
