import {
  canonicalJson,
  type Digest,
  durationMs,
  type Instant,
  instantMs,
  itemAt,
  sha256,
} from '../core/index.ts';
import type { BudgetRule } from '../plan/index.ts';

/** What happened to alerts, oldest first, as the ledger tells it; nothing else makes state. */
export type AlertEvent =
  | FiredEvent
  | RestatedEvent
  | {
      readonly kind: 'acknowledged';
      readonly alert: string;
      readonly by: string;
      readonly at: Instant;
    }
  | {
      readonly kind: 'snoozed';
      readonly alert: string;
      readonly by: string;
      readonly until: Instant;
      readonly at: Instant;
    }
  | {
      readonly kind: 'resolved';
      readonly alert: string;
      /** The rules that are armed again. */
      readonly rules: readonly string[];
      readonly because: ResolvedBecause;
      readonly at: Instant;
    }
  | {
      readonly kind: 'claimed';
      readonly notice: string;
      readonly alert: string;
      readonly attempt: number;
      readonly at: Instant;
    }
  | {
      readonly kind: 'sent';
      readonly notice: string;
      readonly alert: string;
      readonly outcome: 'delivered' | 'failed';
      readonly at: Instant;
    };

/** Thresholds were crossed; the weightiest rule names the row. */
export interface FiredEvent {
  readonly kind: 'fired';
  readonly alert: string;
  readonly budget: string;
  readonly rules: readonly string[];
  readonly severity: BudgetRule['severity'];
  readonly amount: string | null;
  readonly period: { readonly start: string; readonly end: string };
  readonly owner: string;
  readonly channels: readonly string[];
  readonly at: Instant;
}

/** A closed period's numbers changed after its verdict was signed. */
export interface RestatedEvent {
  readonly kind: 'restated';
  readonly alert: string;
  readonly budget: string;
  readonly owner: string;
  readonly channels: readonly string[];
  readonly at: Instant;
}

/** Why an alert ended: its rule cleared, its amount changed, or data came in again. */
export type ResolvedBecause = 'cleared' | 'amount-changed';

/** Says how long an owner has to acknowledge, and who is told after that. */
export interface Escalation {
  readonly ackWithin: string;
  readonly to: string;
  /** The time from one step to the next; default `ackWithin`. */
  readonly again?: string;
  /** How many steps at most; default 1. */
  readonly max?: number;
}

/** What the plan says of the people behind alerts. */
export interface AlertRoutes {
  readonly escalationOf: (budget: string) => Escalation | undefined;
  /** The channels of a role that can be used; empty for a role that nobody can reach. */
  readonly channelsOf: (role: string) => readonly string[];
  /** Is told when a role has no channel. */
  readonly fallbackOwner: string;
}

/** One row: what one alert went through. */
export interface AlertRow {
  readonly fired: FiredEvent | RestatedEvent;
  readonly acknowledged: { readonly by: string; readonly at: Instant } | null;
  readonly snoozedUntil: Instant | null;
  readonly resolved: { readonly because: ResolvedBecause; readonly at: Instant } | null;
  /** Each notice by its id: how often it was claimed, and how the last claim ended. */
  readonly notices: ReadonlyMap<string, NoticeState>;
}

/** What became of one notice on one channel. */
export interface NoticeState {
  readonly attempt: number;
  readonly claimedAt: Instant;
  readonly outcome: 'delivered' | 'failed' | 'unknown';
  readonly at: Instant;
}

/** All rows, by alert, and the routes that notices take. */
export interface AlertState {
  readonly rows: ReadonlyMap<string, AlertRow>;
  readonly routes: AlertRoutes;
}

/** A notice that must be sent now: claim it in the ledger by `notice` and `attempt`, then send. */
export interface DueNotice {
  /** The same for everyone who computes it: digest of alert, transition, step and channel. The idempotency key. */
  readonly notice: Digest;
  readonly alert: string;
  readonly budget: string;
  readonly transition: NoticeTransition;
  /** 0, and the number of the step of an escalation. */
  readonly step: number;
  readonly channel: string;
  /** The role that is told. */
  readonly to: string;
  /** 1 for the first; more after a crash or a failure, with the same `notice`. */
  readonly attempt: number;
}

export type NoticeTransition = 'fired' | 'escalated' | 'resolved' | 'restated';

/** Names one notice of one channel, once for all processes and all time. */
export const noticeDigest = (
  notice: Pick<DueNotice, 'alert' | 'transition' | 'step' | 'channel'>,
): Digest => {
  const { alert, transition, step, channel } = notice;
  return sha256(canonicalJson({ alert, transition, step, channel }));
};

/**
 * Folds events into rows.
 *
 * The order of events is the ledger's; a second `fired` of the same alert changes nothing, an event of an unknown alert is
 * passed over.
 */
export function foldAlerts(events: readonly AlertEvent[], routes: AlertRoutes): AlertState {
  const rows = new Map<string, AlertRow>();
  for (const event of events) {
    const row = rows.get(event.alert);
    const next = row === undefined ? firstRow(event) : nextRow(row, event);
    if (next !== undefined) rows.set(event.alert, next);
  }
  return { rows, routes };
}

/**
 * Lists the notices that must be sent now, in the order of their alerts: each fired, escalated, resolved and restated notice
 * once on each channel, and again with the same id only after its sending failed or its sender died.
 *
 * Depends on the state and `now` alone: age, restarts and repeated evaluations send nothing.
 *
 * - Snoozed until an end: neither sent nor escalated before it.
 * - Acknowledged or resolved: not escalated.
 * - Resolved: told on the channels that were told of the alert, and only there; an alert that nobody was told of and that is
 *   over is dropped.
 * - A clock that jumps ahead over several steps of an escalation sends the last of them.
 */
export function dueNotices(state: AlertState, now: Instant): readonly DueNotice[] {
  return [...state.rows.values()].flatMap((row) =>
    wantedNotices(row, state.routes, now).flatMap((wanted) => {
      const notice = noticeDigest(wanted);
      const attempt = dueAttempt(row.notices.get(notice), now);
      return attempt === undefined ? [] : [{ ...wanted, notice, attempt }];
    }),
  );
}

/** A sender that has not said how it ended after this long is taken for dead. */
export const SEND_TIMEOUT = '15m';
/** How often one notice is tried on one channel. */
export const SEND_ATTEMPTS_MAX = 5;

type Wanted = Omit<DueNotice, 'notice' | 'attempt'>;

function firstRow(event: AlertEvent): AlertRow | undefined {
  if (event.kind !== 'fired' && event.kind !== 'restated') return undefined;
  return {
    fired: event,
    acknowledged: null,
    snoozedUntil: null,
    resolved: null,
    notices: new Map(),
  };
}

function nextRow(row: AlertRow, event: AlertEvent): AlertRow {
  switch (event.kind) {
    case 'fired':
    case 'restated':
      return row;
    case 'acknowledged':
      return row.acknowledged === null
        ? { ...row, acknowledged: { by: event.by, at: event.at } }
        : row;
    case 'snoozed':
      return { ...row, snoozedUntil: event.until };
    case 'resolved':
      return endsRow(row, event)
        ? { ...row, resolved: { because: event.because, at: event.at } }
        : row;
    case 'claimed':
    case 'sent':
      return { ...row, notices: new Map(row.notices).set(event.notice, noticeState(row, event)) };
    default:
      event satisfies never;
      return row;
  }
}

/** The row bears the name of its weightiest rule and ends with it; the lesser ones are armed again without a word. */
const endsRow = ({ fired, resolved }: AlertRow, { rules }: { readonly rules: readonly string[] }) =>
  resolved === null && fired.kind === 'fired' && rules.includes(itemAt(fired.rules, 0));

function noticeState(
  row: AlertRow,
  event: AlertEvent & { readonly kind: 'claimed' | 'sent' },
): NoticeState {
  const { at } = event;
  const before = row.notices.get(event.notice);
  // What was delivered once stays delivered, whatever a slower sender claims or reports later.
  if (event.kind === 'claimed') {
    const outcome = before?.outcome === 'delivered' ? 'delivered' : 'unknown';
    return { attempt: event.attempt, claimedAt: at, outcome, at };
  }
  const outcome = before?.outcome === 'delivered' ? 'delivered' : event.outcome;
  return { attempt: before?.attempt ?? 1, claimedAt: before?.claimedAt ?? at, outcome, at };
}

function wantedNotices(row: AlertRow, routes: AlertRoutes, now: Instant): readonly Wanted[] {
  const { fired } = row;
  if (row.snoozedUntil !== null && now < row.snoozedUntil) return [];
  if (fired.kind === 'restated') return onChannels(row, 'restated');
  if (row.resolved !== null) return resolvedNotices(row);
  return [...onChannels(row, 'fired'), ...escalatedNotices(row, routes, now)];
}

function onChannels({ fired }: AlertRow, transition: NoticeTransition): readonly Wanted[] {
  const { alert, budget, owner } = fired;
  return fired.channels.map((channel) => ({
    alert,
    budget,
    transition,
    step: 0,
    channel,
    to: owner,
  }));
}

function resolvedNotices(row: AlertRow): readonly Wanted[] {
  const told = onChannels(row, 'fired').filter(
    (wanted) => row.notices.get(noticeDigest(wanted))?.outcome === 'delivered',
  );
  return told.map((wanted) => ({ ...wanted, transition: 'resolved' as const }));
}

function escalatedNotices(row: AlertRow, routes: AlertRoutes, now: Instant): readonly Wanted[] {
  const { fired, acknowledged } = row;
  const escalation = routes.escalationOf(fired.budget);
  if (acknowledged !== null || escalation === undefined) return [];
  const step = stepAt(escalation, fired.at, now);
  if (step === 0) return [];
  const isReachable = routes.channelsOf(escalation.to).length > 0;
  const to = isReachable ? escalation.to : routes.fallbackOwner;
  const { alert, budget } = fired;
  const sent = new Set(row.notices.keys());
  const later = (channel: string): boolean =>
    laterSteps(step, escalation).some((other) =>
      sent.has(noticeDigest({ alert, transition: 'escalated', step: other, channel })),
    );
  return routes
    .channelsOf(to)
    .filter((channel) => !later(channel))
    .map((channel) => ({ alert, budget, transition: 'escalated' as const, step, channel, to }));
}

/** After a clock that jumped ahead was set back, the steps that were sent then are not followed by earlier ones. */
const laterSteps = (step: number, { max = 1 }: Escalation): readonly number[] =>
  Array.from({ length: max - step }, (_, offset) => step + 1 + offset);

/** The step that the time since the alert has reached; 0 before the first. */
function stepAt(escalation: Escalation, firedAt: Instant, now: Instant): number {
  const firstMs = durationMs(escalation.ackWithin);
  const againMs = Math.max(1, durationMs(escalation.again ?? escalation.ackWithin));
  const waitedMs = instantMs(now) - instantMs(firedAt) - firstMs;
  if (waitedMs < 0) return 0;
  return Math.min(escalation.max ?? 1, 1 + Math.floor(waitedMs / againMs));
}

/** @returns undefined where nothing is to be sent now. */
function dueAttempt(notice: NoticeState | undefined, now: Instant): number | undefined {
  if (notice === undefined) return 1;
  if (notice.outcome === 'delivered' || notice.attempt >= SEND_ATTEMPTS_MAX) return undefined;
  const patienceMs = durationMs(SEND_TIMEOUT) * 2 ** (notice.attempt - 1);
  const waitedMs = instantMs(now) - instantMs(notice.at);
  return waitedMs >= patienceMs ? notice.attempt + 1 : undefined;
}
