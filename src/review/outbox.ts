import { AppError, type Instant } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { type Outgoing, outgoingNotices, sendAgain } from './send-notices.ts';
import type { Workspace } from './workspace.ts';

type Claim = StoredRecord<RecordOf<'notice-claim'>>;
type DeliveryRecord = StoredRecord<RecordOf<'delivery'>>;

/** One notice on one channel, and what became of it. */
export interface OutboxRow {
  /** Null for a test, and for what an earlier release sent. */
  readonly notice: string | null;
  readonly budget: string | null;
  readonly transition: RecordOf<'notice-claim'>['transition'] | 'test';
  readonly step: number;
  readonly channel: string;
  readonly to: string | null;
  /** `claimed`: somebody is sending it, or died while sending. */
  readonly state: 'claimed' | 'delivered' | 'due' | 'failed' | 'waiting';
  readonly reason: RecordOf<'delivery'>['reason'] | null;
  /** Of the notice, over all senders; each of them may have tried several times. */
  readonly attempts: number;
  /** When it was sent or claimed; for what is to be sent, from when it may be. */
  readonly at: Instant;
}

/** Lists what was sent, what failed and what waits, oldest first; derived from the ledger alone. */
export async function outbox(workspace: Workspace, now: Instant): Promise<readonly OutboxRow[]> {
  const { ledger } = workspace;
  const claims = newestOf(await ledger.records({ kind: 'notice-claim' }));
  const deliveries = await ledger.records({ kind: 'delivery' });
  const outgoing = await outgoingNotices(workspace, now);
  const alerts = new Set((await ledger.records({ kind: 'alert' })).map(({ body }) => body.alert));
  const tests = deliveries.filter(({ body }) => body.notice === undefined);
  const rows = [
    ...[...claims.values()].map((claim) => claimedRow(claim, deliveries)),
    ...tests.map((delivery) => unclaimedRow(delivery, alerts)),
  ];
  const again = new Set(outgoing.map(({ due }) => due.notice as string));
  return [
    ...rows.filter(({ notice, state }) => state === 'delivered' || !again.has(notice ?? '')),
    ...outgoing.map((one) => outgoingRow(one, now)),
  ].toSorted((left, right) => (left.at < right.at ? -1 : Number(left.at > right.at)));
}

/**
 * Sends a notice again that failed or whose sender died.
 *
 * @param id the digest of the notice, or its beginning.
 * @throws {AppError} `record-unknown` for no such notice or more than one, `usage` for one that arrived.
 */
export async function retryNotice(
  workspace: Workspace,
  id: string,
  now: Instant,
): Promise<OutboxRow> {
  const claims = newestOf(await workspace.ledger.records({ kind: 'notice-claim' }));
  const wanted = id.replace(/^sha256:/, '');
  const found = [...claims.values()].filter(({ body }) =>
    body.notice.slice('sha256:'.length).startsWith(wanted),
  );
  const [claim, ...others] = found;
  if (claim === undefined || others.length > 0) {
    throw new AppError('record-unknown', {
      message: `Expected one notice that begins with ${JSON.stringify(id)}, found ${found.length}`,
      hint: '`spendproof notify outbox` lists them.',
    });
  }
  const before = claimedRow(claim, await workspace.ledger.records({ kind: 'delivery' }));
  if (before.state === 'delivered') {
    throw new AppError('usage', {
      message: `The notice arrived by ${before.channel} at ${before.at}; it is not sent twice`,
    });
  }
  const { kind: _, ...body } = claim.body;
  const due = {
    ...body,
    notice: body.notice as Outgoing['due']['notice'],
    attempt: body.attempt + 1,
  };
  await sendAgain(workspace, due, now);
  const after = newestOf(await workspace.ledger.records({ kind: 'notice-claim' }));
  return claimedRow(
    after.get(body.notice) ?? claim,
    await workspace.ledger.records({ kind: 'delivery' }),
  );
}

const newestOf = (claims: readonly Claim[]): ReadonlyMap<string, Claim> =>
  new Map(claims.map((claim) => [claim.body.notice, claim]));

function claimedRow(claim: Claim, deliveries: readonly DeliveryRecord[]): OutboxRow {
  const { body, context } = claim;
  const ended = deliveries.filter((one) => one.body.notice === body.notice);
  const delivery =
    ended.find((one) => one.body.outcome === 'delivered') ??
    ended.findLast(({ index }) => index > claim.index);
  return {
    notice: body.notice,
    budget: body.budget,
    transition: body.transition,
    step: body.step,
    channel: body.channel,
    to: body.to,
    state: delivery?.body.outcome ?? 'claimed',
    reason: delivery?.body.reason ?? null,
    attempts: body.attempt,
    at: (delivery?.context.at ?? context.at) as Instant,
  };
}

function unclaimedRow({ body, context }: DeliveryRecord, alerts: ReadonlySet<string>): OutboxRow {
  return {
    notice: null,
    budget: null,
    transition: alerts.has(body.alert) ? 'fired' : 'test',
    step: 0,
    channel: body.channel,
    to: null,
    state: body.outcome,
    reason: body.reason,
    attempts: 1,
    at: context.at as Instant,
  };
}

function outgoingRow({ due, sendableAt }: Outgoing, now: Instant): OutboxRow {
  const { notice, budget, transition, step, channel, to, attempt } = due;
  const state = sendableAt > now ? 'waiting' : 'due';
  const at = sendableAt > now ? sendableAt : now;
  return {
    notice,
    budget,
    transition,
    step,
    channel,
    to,
    state,
    reason: null,
    attempts: attempt - 1,
    at,
  };
}
