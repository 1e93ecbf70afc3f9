import { type AlertEvent, type AlertState, foldAlerts, noticeDigest } from '../budget/index.ts';
import type { Instant } from '../core/index.ts';
import type { StoredRecord } from '../evidence/index.ts';
import { alertRoutes } from './alert-routes.ts';
import type { Workspace } from './workspace.ts';

/** Folds the ledger into what is known of every alert; there is no other state. */
export async function alertState({ ledger, plan }: Workspace): Promise<AlertState> {
  return foldAlerts((await ledger.records()).flatMap(eventOf), alertRoutes(plan));
}

/** Reads one record as an event; most records are none. */
export function eventOf(record: StoredRecord): readonly AlertEvent[] {
  const event = alertEventOf(record) ?? sendingEventOf(record);
  return event === undefined ? [] : [event];
}

function alertEventOf({ body, context }: StoredRecord): AlertEvent | undefined {
  const at = context.at as Instant;
  if (body.kind === 'alert') return { ...body, kind: 'fired', at };
  if (body.kind === 'restatement') return { ...body, kind: 'restated', at };
  if (body.kind === 'acknowledgement') return { ...body, kind: 'acknowledged', at };
  if (body.kind === 'snooze') return { ...body, kind: 'snoozed', until: body.until as Instant, at };
  return body.kind === 'resolved' ? { ...body, at } : undefined;
}

function sendingEventOf({ body, context }: StoredRecord): AlertEvent | undefined {
  const at = context.at as Instant;
  if (body.kind === 'notice-claim') {
    return { kind: 'claimed', notice: body.notice, alert: body.alert, attempt: body.attempt, at };
  }
  if (body.kind !== 'delivery') return undefined;
  const { alert, channel, outcome } = body;
  // Before notices had claims of their own, a delivery answered the alert itself.
  const first = { alert, transition: 'fired', step: 0, channel } as const;
  return { kind: 'sent', notice: body.notice ?? noticeDigest(first), alert, outcome, at };
}
