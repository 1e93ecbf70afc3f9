import { describe, expect, it } from 'vitest';
import {
  addDuration,
  datesOf,
  type Instant,
  instantMs,
  parseInstant,
  type Period,
  periodAt,
  type PlainDate,
  wholeDecimal,
} from '../core/index.ts';
import { seededRandom } from '../metrics/forecast/seeded-random.ts';
import type { PlanBudget } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { type AlertEvent, dueNotices, foldAlerts } from './alert-state.ts';
import { judgeBudget } from './judge.ts';
import { budgetMemory } from './memory.ts';

const START = parseInstant('2026-01-01T00:00:00Z') ?? bad();
function bad(): never {
  throw new Error('no instant');
}

const SHARES = { half: 0.5, near: 0.8, over: 1 } as const;
const BUDGET: PlanBudget = {
  id: 'monthly',
  title: 'Monthly',
  owner: 'finops',
  scope: {},
  cost: { basis: 'charged', include: ['usage'] },
  period: { every: 'month' },
  amount: '1000',
  rules: [
    { id: 'half', basis: 'actual', at: SHARES.half, severity: 'info' },
    { id: 'near', basis: 'actual', at: SHARES.near, severity: 'warning' },
    { id: 'over', basis: 'actual', at: SHARES.over, severity: 'critical' },
  ],
};
const ROUTES = {
  escalationOf: () => ({ ackWithin: '24h', to: 'boss' }),
  channelsOf: (role: string) => (role === 'boss' ? ['pager'] : ['mail', 'chat']),
  fallbackOwner: 'finops',
};

/** Owners answer early or never: an answer between a first try to escalate and its repetition has no one right count. */
const ANSWER_WITHIN = '20h';

/** One look at the data: when, by a clock that may be off, with how many days delivered, and what goes wrong. */
interface Evaluation {
  readonly now: Instant;
  readonly delivered: number;
  readonly fault: 'none' | 'dies-after-claim' | 'fails';
  /** An owner acknowledges all that is open before it. */
  readonly acknowledges: boolean;
}

/** A year of days with their spend, and two processes that look at it once an hour. */
function world(seed: number) {
  const random = seededRandom(seed);
  const spend = Array.from({ length: 366 }, () => Math.round(random() * 60));
  const evaluations: Evaluation[] = [];
  let delivered = 0;
  for (let hour = 0; hour < 365 * 24; hour += 1) {
    const day = Math.floor(hour / 24);
    // Data comes once a day, some days not at all, and then a few days at once.
    if (hour % 24 === 7 && random() < 0.8) delivered = day;
    for (let process = 0; process < 2; process += 1) {
      const jumpHours = random() < 0.02 ? Math.floor(random() * 6) : 0;
      const fault = random();
      evaluations.push({
        now: addDuration(START, `${Math.max(0, hour - jumpHours)}h`),
        delivered,
        fault: fault < 0.1 ? 'dies-after-claim' : fault < 0.25 ? 'fails' : 'none',
        acknowledges: random() < 0.02,
      });
    }
  }
  return { spend, evaluations };
}

const dayIndex = (date: PlainDate): number =>
  Math.round((Date.parse(date) - instantMs(START)) / 86_400_000);

/** What is known of a month when so many days of the year were delivered. */
function aggregateOf(
  period: Period,
  dates: readonly PlainDate[],
  spend: readonly number[],
  seen: Pick<Evaluation, 'now' | 'delivered'>,
): Aggregate {
  const ended = dates.filter((date) => date < seen.now.slice(0, 10));
  const known = ended.filter((date) => dayIndex(date) < seen.delivered);
  const total = known.reduce((sum, date) => sum + (spend[dayIndex(date)] ?? 0), 0);
  const measured = (value: number, rows: number) => ({
    chargedCost: {
      value: rows === 0 ? null : wholeDecimal(value),
      knownRows: rows,
      totalRows: rows,
    },
  });
  return {
    period,
    rows: [],
    total: { group: {}, measures: measured(total, known.length) },
    days: known.map((date) => ({ date, measures: measured(spend[dayIndex(date)] ?? 0, 1) })),
    coverage: {
      expected: ended.length,
      present: known.length,
      missing: ended.filter((date) => !known.includes(date)),
      completeThrough: addDuration(START, `${seen.delivered}d`),
    },
    currencies: ['USD'],
    exports: ['quota'],
    flags: [],
    requestsAre: 'operations',
  };
}

/** Gives what is known at an evaluation; calendars are dear, so each state of the data is made once. */
class Months {
  readonly #made = new Map<string, Aggregate>();
  readonly #dates = new Map<string, readonly PlainDate[]>();
  readonly #spend: readonly number[];
  constructor(spend: readonly number[]) {
    this.#spend = spend;
  }
  at(seen: Evaluation): Aggregate {
    const key = `${seen.now.slice(0, 10)} ${seen.delivered}`;
    const made = this.#made.get(key) ?? this.#make(seen);
    this.#made.set(key, made);
    return made;
  }
  #make(seen: Evaluation): Aggregate {
    const period = periodAt('month', seen.now, 'UTC');
    const dates = this.#dates.get(period.start) ?? datesOf(period);
    this.#dates.set(period.start, dates);
    return aggregateOf(period, dates, this.#spend, seen);
  }
}

/** A ledger in memory: appends unless what is to be appended stands there already, as the real one does. */
class MemoryLedger {
  readonly events: AlertEvent[] = [];
  append(event: AlertEvent): boolean {
    const isThere = this.events.some(
      (one) =>
        one.kind === event.kind &&
        one.alert === event.alert &&
        (one.kind !== 'claimed' ||
          event.kind !== 'claimed' ||
          (one.notice === event.notice && one.attempt === event.attempt)),
    );
    if (isThere && (event.kind === 'fired' || event.kind === 'claimed')) return false;
    this.events.push(event);
    return true;
  }
}

/** Runs the product's functions as one process would, on nothing but the ledger. */
function evaluate(
  ledger: MemoryLedger,
  seen: Evaluation,
  months: Months,
  received: string[],
): void {
  const { now } = seen;
  if (seen.acknowledges) acknowledge(ledger, now);
  const aggregate = months.at(seen);
  const { period } = aggregate;
  const result = judgeBudget({
    budget: BUDGET,
    currency: 'USD',
    period,
    aggregate,
    now,
    memory: (amount, data) =>
      budgetMemory(
        { events: ledger.events, verdicts: [] },
        { budget: 'monthly', period },
        { amount, data },
      ),
  });
  for (const alert of result?.alerts ?? []) {
    const about = { budget: 'monthly', amount: '1000', period, owner: 'finops' };
    const channels = ['mail', 'chat'];
    ledger.append({ kind: 'fired', ...alert, ...about, channels, at: now });
  }
  send(ledger, seen, received);
}

/** Claims and sends what is due, as far as its fault lets it. */
function send(ledger: MemoryLedger, { now, fault }: Evaluation, received: string[]): void {
  for (const one of dueNotices(foldAlerts(ledger.events, ROUTES), now)) {
    const { notice, alert, attempt, transition, channel } = one;
    if (!ledger.append({ kind: 'claimed', notice, alert, attempt, at: now })) continue;
    if (fault === 'dies-after-claim') return;
    const outcome = fault === 'fails' ? 'failed' : 'delivered';
    if (outcome === 'delivered') received.push(`${alert} ${transition} ${channel}`);
    ledger.append({ kind: 'sent', notice, alert, outcome, at: now });
  }
}

/** Acknowledges what is young enough to be answered. */
function acknowledge(ledger: MemoryLedger, now: Instant): void {
  for (const { fired, acknowledged } of foldAlerts(ledger.events, ROUTES).rows.values()) {
    if (acknowledged === null && now < addDuration(fired.at, ANSWER_WITHIN)) {
      ledger.append({ kind: 'acknowledged', alert: fired.alert, by: 'finops', at: now });
    }
  }
}

function knownOf(
  month: string,
  spend: readonly number[],
  { now, delivered }: Pick<Evaluation, 'now' | 'delivered'>,
): number {
  const first = dayIndex(`${month}-01` as PlainDate);
  const today = Math.floor((instantMs(now) - instantMs(START)) / 86_400_000);
  return spend.slice(first, Math.max(first, Math.min(delivered, today))).reduce((a, b) => a + b, 0);
}

/** Says by plain counting, without any of the product's state, what a year must send. */
function oracle(spend: readonly number[], evaluations: readonly Evaluation[]) {
  const fired = new Map<string, Set<string>>();
  const open: { at: Instant; acknowledged: boolean; escalated: boolean }[] = [];
  let [alerts, escalations] = [0, 0];
  for (const { now, delivered, acknowledges } of evaluations) {
    for (const one of open) {
      if (acknowledges && now < addDuration(one.at, ANSWER_WITHIN)) one.acknowledged = true;
    }
    const month = now.slice(0, 7);
    const total = knownOf(month, spend, { now, delivered });
    const before = fired.get(month) ?? new Set<string>();
    const crossed = Object.entries(SHARES).filter(
      ([rule, share]) => total >= 1000 * share && !before.has(rule) && total > 0,
    );
    for (const [rule] of crossed) before.add(rule);
    fired.set(month, before);
    if (crossed.length > 0) {
      alerts += 1;
      open.push({ at: now, acknowledged: false, escalated: false });
    }
    for (const one of open) {
      if (one.acknowledged || one.escalated || now < addDuration(one.at, '24h')) continue;
      one.escalated = true;
      escalations += 1;
    }
  }
  return { alerts, escalations };
}

describe('a year at one evaluation an hour by two processes, with faults', () => {
  it('sends exactly the notices that an oracle counts', () => {
    const { spend, evaluations } = world(1);
    const months = new Months(spend);
    const ledger = new MemoryLedger();
    const received: string[] = [];
    for (const seen of evaluations) evaluate(ledger, seen, months, received);
    const expected = oracle(spend, evaluations);
    expect(expected.alerts).toBeGreaterThan(15);
    const of = (transition: string) => received.filter((one) => one.includes(` ${transition} `));
    expect(new Set(received).size).toBe(received.length);
    expect(of('fired')).toHaveLength(2 * expected.alerts);
    expect(of('escalated')).toHaveLength(expected.escalations);
  });
});
