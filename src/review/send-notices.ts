import { type AlertRow, type AlertState, type DueNotice, dueNotices } from '../budget/index.ts';
import type { Instant } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import {
  deliver,
  digestNotice,
  gathers,
  type Notice,
  noticeFromAlert,
  noticeFromRestatement,
  sendableAt,
} from '../notify/index.ts';
import type { Channel } from '../plan/index.ts';
import { alertState } from './alert-events.ts';
import type { Workspace } from './workspace.ts';

type DeliveryBody = RecordOf<'delivery'>;

/** A notice that the alert state wants sent, with what it says and when it may go. */
export interface Outgoing {
  readonly due: DueNotice;
  readonly channel: Channel;
  readonly notice: Notice;
  /** Later than now in quiet hours, or before the channel's digest. */
  readonly sendableAt: Instant;
}

/** What went out. */
export interface NoticesSent {
  /** Roles that at least one notice reached, each once. */
  readonly notified: readonly string[];
  readonly deliveries: readonly StoredRecord<DeliveryBody>[];
}

/**
 * Sends every notice that is due: owner first, escalations when their time has come, recoveries of what was told.
 *
 * Each is claimed in the ledger by its digest and attempt before anything leaves, so that of any number of processes one
 * sends it; a sender that dies is followed by another with the same id.
 */
export async function sendNotices(workspace: Workspace, now: Instant): Promise<NoticesSent> {
  const outgoing = (await outgoingNotices(workspace, now)).filter((one) => one.sendableAt <= now);
  const sent: NoticesSent[] = [];
  for (const batch of batchesOf(outgoing)) sent.push(await claimAndSend(workspace, batch, now));
  return {
    notified: [...new Set(sent.flatMap(({ notified }) => notified))],
    deliveries: sent.flatMap(({ deliveries }) => deliveries),
  };
}

/** Lists the notices that are due, those included that still wait for quiet hours to end or for a digest. */
export async function outgoingNotices(
  workspace: Workspace,
  now: Instant,
): Promise<readonly Outgoing[]> {
  const state = await alertState(workspace);
  const alerts = await alertRecords(workspace);
  return dueNotices(state, now).flatMap((due) =>
    outgoingOf(due, { workspace, state, alerts, now }),
  );
}

/** Sends one notice again, whatever its attempts and quiet hours say; somebody asked for it. */
export async function sendAgain(
  workspace: Workspace,
  due: DueNotice,
  now: Instant,
): Promise<NoticesSent> {
  const state = await alertState(workspace);
  const alerts = await alertRecords(workspace);
  const again = outgoingOf(due, { workspace, state, alerts, now });
  return await claimAndSend(workspace, again, now);
}

interface Known {
  readonly workspace: Workspace;
  readonly state: AlertState;
  readonly alerts: ReadonlyMap<string, StoredRecord<RecordOf<'alert' | 'restatement'>>>;
  readonly now: Instant;
}

async function alertRecords({ ledger }: Workspace): Promise<Known['alerts']> {
  const alerts = await ledger.records({ kind: 'alert' });
  const restatements = await ledger.records({ kind: 'restatement' });
  return new Map([...alerts, ...restatements].map((record) => [record.body.alert, record]));
}

/** Empty for a channel that the plan no longer has, and for an alert whose record is of another release. */
function outgoingOf(due: DueNotice, known: Known): readonly Outgoing[] {
  const { plan } = known.workspace;
  const channel = plan.notify.find(({ id }) => id === due.channel);
  const alert = known.alerts.get(due.alert);
  const row = known.state.rows.get(due.alert);
  if (channel === undefined || alert === undefined || row === undefined) return [];
  const { transition, step, to } = due;
  const at = happenedAt(due, row);
  const told = { transition, step, to, at, notice: due.notice };
  const notice =
    alert.body.kind === 'alert'
      ? noticeFromAlert(alert.body, plan, alert.ref, told)
      : noticeFromRestatement(alert.body, plan, alert.ref, due.notice);
  const waiting = {
    severity: notice.severity,
    since: transition === 'escalated' ? null : at,
    now: known.now,
    zone: plan.timezone,
  };
  return [{ due, channel, notice, sendableAt: sendableAt(channel, waiting) }];
}

const happenedAt = ({ transition }: DueNotice, { resolved, fired }: AlertRow): Instant =>
  transition === 'resolved' ? (resolved?.at ?? fired.at) : fired.at;

/** One notice each, but for channels that gather: theirs go out together. */
function batchesOf(outgoing: readonly Outgoing[]): readonly (readonly Outgoing[])[] {
  const batches = new Map<string, Outgoing[]>();
  for (const one of outgoing) {
    const { channel, notice, due } = one;
    const isGathered =
      gathers(channel) && notice.severity !== 'critical' && due.transition !== 'escalated';
    const key = isGathered ? `channel ${channel.id}` : due.notice;
    batches.set(key, [...(batches.get(key) ?? []), one]);
  }
  return [...batches.values()];
}

async function claimAndSend(
  workspace: Workspace,
  batch: readonly Outgoing[],
  now: Instant,
): Promise<NoticesSent> {
  const claimed: Outgoing[] = [];
  for (const one of batch) if (await claim(workspace, one.due)) claimed.push(one);
  const [first, ...rest] = claimed;
  if (first === undefined) return { notified: [], deliveries: [] };
  const { plan, ports, root } = workspace;
  const notice = digestNotice([first.notice, ...rest.map((one) => one.notice)], now);
  const place = { folder: root, loopback: plan.network.loopback };
  const delivery = await deliver(first.channel, notice, place, ports);
  const bodies = claimed.map(({ due }): DeliveryBody => ({
    kind: 'delivery',
    alert: due.alert,
    notice: due.notice,
    channel: due.channel,
    ...delivery,
  }));
  const deliveries = await workspace.record(bodies);
  const isTold = delivery.outcome === 'delivered';
  return { notified: isTold ? claimed.map(({ due }) => due.to) : [], deliveries };
}

async function claim(workspace: Workspace, due: DueNotice): Promise<boolean> {
  const body: RecordOf<'notice-claim'> = { kind: 'notice-claim', ...due };
  const stored = await workspace.record([body], {
    unless: (records) =>
      records.some(
        (one) =>
          one.body.kind === 'notice-claim' &&
          one.body.notice === due.notice &&
          one.body.attempt >= due.attempt,
      ),
  });
  return stored.length > 0;
}
