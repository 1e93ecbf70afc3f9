import type { Alert } from '../budget/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { channelKinds, deliver, noticeFromAlert } from '../notify/index.ts';
import type { Channel, Plan } from '../plan/index.ts';
import { recordParts, type ReviewRun } from './run.ts';

/** A threshold that was crossed, the verdict that says so, and whom it concerns. */
export interface Crossing {
  readonly alert: Alert;
  readonly verdict: RecordOf<'budget-verdict'>;
  readonly owner: string;
}

/**
 * Claims a notice in the ledger, then sends it: of any number of processes that see the crossing, one appends the alert
 * record and that one sends (design: budgets.md 4).
 *
 * @returns the owner, once, when a notice went out.
 */
export async function claimAndSend(run: ReviewRun, crossing: Crossing): Promise<readonly string[]> {
  const { alert } = crossing;
  const body = alertBody(run.workspace.plan, crossing);
  const [claimed] = await recordParts(run, [body], {
    unless: (records) =>
      records.some((one) => one.body.kind === 'alert' && one.body.alert === alert.alert),
  });
  return claimed === undefined ? [] : await send(run, claimed, body.channels);
}

/** Says of a crossing what its record says. */
export function alertBody(plan: Plan, { alert, verdict, owner }: Crossing): RecordOf<'alert'> {
  const { period, asOf, amount, spend, share, currency, held } = verdict;
  return {
    kind: 'alert',
    alert: alert.alert,
    budget: verdict.budget,
    rules: alert.rules,
    severity: alert.severity,
    period,
    asOf,
    amount,
    spend,
    share,
    currency,
    owner,
    channels: channelsOf(plan, owner).map(({ id }) => id),
    held,
  };
}

/** Sends what an earlier run claimed and did not get to send; a receiver drops a second copy by its id. */
export async function sendUnsent(run: ReviewRun): Promise<string[]> {
  const { ledger } = run.workspace;
  const deliveries = await ledger.records({ kind: 'delivery' });
  const notified: string[] = [];
  for (const alert of await ledger.records({ kind: 'alert' })) {
    const tried = deliveries
      .filter(({ body }) => body.alert === alert.body.alert)
      .map(({ body }) => body.channel);
    const open = alert.body.channels.filter((channel) => !tried.includes(channel));
    if (open.length > 0) notified.push(...(await send(run, alert, open)));
  }
  return notified;
}

async function send(
  run: ReviewRun,
  alert: StoredRecord<RecordOf<'alert'>>,
  channels: readonly string[],
): Promise<readonly string[]> {
  const { plan, ports, root } = run.workspace;
  const notice = noticeFromAlert(alert.body, plan, alert.ref);
  const place = { folder: root, loopback: plan.network.loopback };
  const bodies: RecordOf<'delivery'>[] = [];
  for (const channel of plan.notify.filter(({ id }) => channels.includes(id))) {
    const delivery = await deliver(channel, notice, place, ports);
    bodies.push({ kind: 'delivery', alert: alert.body.alert, channel: channel.id, ...delivery });
  }
  await recordParts(run, bodies);
  return bodies.some(({ outcome }) => outcome === 'delivered') ? [alert.body.owner] : [];
}

/** The channels of an owner that this release can use. */
function channelsOf(plan: Plan, owner: string): readonly Channel[] {
  const wanted = plan.owners.find(({ id }) => id === owner)?.notify ?? [];
  return plan.notify.filter(({ id, kind }) => wanted.includes(id) && channelKinds.includes(kind));
}
