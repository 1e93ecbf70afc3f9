import { type Instant, itemAt } from '../core/index.ts';
import { addDuration } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { coveredPeriod } from './covered-period.ts';
import { catchUp, nextOccurrences, type Occurrence } from './due.ts';
import { planChanges } from './plan-changes.ts';
import { planOfRecord } from './report.ts';
import { runReview } from './run-review.ts';
import { sendNotices } from './send-notices.ts';
import { askerOf, openUsage } from './steps/usage.ts';
import { ledgerEvents, triggeredReviews, type TriggerEvent } from './triggers.ts';
import { usageChanges } from './usage-changes.ts';
import { reportedCost } from './reported-cost.ts';
import type { Workspace } from './workspace.ts';

type Trigger = RecordOf<'review'>['trigger'];
type DueBody = RecordOf<'review-due'>;

/** What one look at the cadence did. */
export interface DueRun {
  /** The review that was run; undefined when nothing was due or somebody else has taken it on. */
  readonly ended: StoredRecord<RecordOf<'review'>> | undefined;
  /** Why it was run; several causes share one review. */
  readonly triggers: readonly Trigger[];
  /** When the reviews were due that were found missed now. */
  readonly missed: readonly Instant[];
  /** Roles that a notice reached before anything was reviewed. */
  readonly notified: readonly string[];
  readonly next: Occurrence;
}

/** A claim without a review that ended counts for so long; then its process is taken for dead. */
const CLAIM_HOLDS = '2h';

/**
 * Sends the notices that are due, then runs the review that is due, once, whoever calls: each due review is claimed in the
 * ledger first. A review whose grace ended without anybody running it is recorded as missed, and run late.
 */
export async function runDue(workspace: Workspace): Promise<DueRun> {
  const now = workspace.ports.clock.now();
  const { notified } = await sendNotices(workspace, now);
  const { run, missed } = await dueByCadence(workspace, now);
  const recorded: Instant[] = [];
  for (const one of missed) if (await recordMissed(workspace, one)) recorded.push(one.dueAt);
  const period = coveredPeriod(workspace.plan, now);
  const wanted: DueBody[] = [
    ...(run === null ? [] : [claimOf('cadence', run)]),
    ...(await triggeredNow(workspace, now)).map(({ trigger, due, dueAt }) =>
      claimOf(trigger, { due, dueAt, period }),
    ),
  ];
  const claimed: DueBody[] = [];
  for (const one of wanted) if (await claim(workspace, one, now)) claimed.push(one);
  const triggers = [...new Set(claimed.map(({ trigger }) => trigger))];
  const [trigger] = triggers;
  const ended =
    trigger === undefined
      ? undefined
      : await runReview(workspace, { trigger, ref: null, asOf: undefined });
  const next = itemAt(nextOccurrences(workspace.plan, now, 1), 0);
  return { ended, triggers, missed: recorded, notified, next };
}

const claimOf = (
  trigger: Trigger,
  { due, dueAt, period }: Pick<Occurrence, 'due' | 'dueAt' | 'period'>,
): DueBody => ({ kind: 'review-due', trigger, due, dueAt, period, result: 'claimed' });

async function dueByCadence({ ledger, plan }: Workspace, now: Instant) {
  const reviews = await ledger.records({ kind: 'review' });
  const dues = await ledger.records({ kind: 'review-due' });
  const [genesis] = await ledger.records({ kind: 'genesis' });
  return catchUp(plan, {
    since: (genesis?.context.at ?? now) as Instant,
    now,
    covered: new Set(
      reviews.filter(({ body }) => body.trigger === 'cadence').map(({ body }) => body.period.start),
    ),
    missed: new Set(
      dues.filter(({ body }) => body.result === 'missed').map(({ body }) => body.due),
    ),
  });
}

async function triggeredNow(workspace: Workspace, now: Instant) {
  const { plan, ledger } = workspace;
  const { triggers } = plan.review;
  if (triggers.length === 0) return [];
  const records = await ledger.records();
  const starts = await ledger.records({ kind: 'review-start' });
  const dues = await ledger.records({ kind: 'review-due' });
  const events = [
    ...ledgerEvents(records),
    ...(await planEvents(workspace, now)),
    ...(await usageEvents(workspace, now)),
  ];
  return triggeredReviews(triggers, events, {
    claimed: finishedClaims(dues, await ledger.records({ kind: 'review' }), now),
    lastStart: (starts.at(-1)?.context.at ?? null) as Instant | null,
  });
}

/** Claims that a review followed, and those whose process may still be at it. */
function finishedClaims(
  dues: readonly StoredRecord<DueBody>[],
  reviews: readonly StoredRecord<RecordOf<'review'>>[],
  now: Instant,
): ReadonlySet<string> {
  const lastEnd = reviews.at(-1)?.index ?? -1;
  const holds = ({ index, context }: StoredRecord<DueBody>): boolean =>
    index < lastEnd || addDuration(context.at as Instant, CLAIM_HOLDS) > now;
  return new Set(dues.filter(holds).map(({ body }) => body.due));
}

async function planEvents(workspace: Workspace, now: Instant): Promise<readonly TriggerEvent[]> {
  const last = await workspace.ledger.latest('review', () => true);
  const digest = workspace.loaded.planDigest;
  if (last === undefined || last.context.plan === digest) return [];
  const before = await planOfRecord(workspace, last.context.plan);
  return planChanges(before, workspace.plan).map((event) => ({ event, about: digest, at: now }));
}

async function usageEvents(workspace: Workspace, now: Instant): Promise<readonly TriggerEvent[]> {
  const { plan, ledger } = workspace;
  const isWatched = plan.review.triggers.some(({ event }) =>
    ['contract-change', 'model-change', 'workload-expansion'].includes(event),
  );
  if (!isWatched) return [];
  const store = await openUsage(workspace);
  try {
    const aggregate = await askerOf(workspace, store, now);
    const changes = await usageChanges(aggregate, coveredPeriod(plan, now), reportedCost(plan));
    // Names of models and keys are salted: a digest of them could be guessed.
    return changes.map(({ event, dimension, value }) => ({
      event,
      about: ledger.mac(`${dimension} ${value}`),
      at: now,
    }));
  } finally {
    await store.close();
  }
}

async function claim(workspace: Workspace, body: DueBody, now: Instant): Promise<boolean> {
  const stored = await workspace.record([body], {
    unless: (records) =>
      records.some(
        (one) =>
          one.body.kind === 'review-due' &&
          one.body.due === body.due &&
          one.body.result === 'claimed' &&
          addDuration(one.context.at as Instant, CLAIM_HOLDS) > now,
      ),
  });
  return stored.length > 0;
}

async function recordMissed(workspace: Workspace, one: Occurrence): Promise<boolean> {
  const body: DueBody = { ...claimOf('cadence', one), result: 'missed' };
  const stored = await workspace.record([body], {
    unless: (records) =>
      records.some(
        ({ body: other }) =>
          other.kind === 'review-due' && other.due === one.due && other.result === 'missed',
      ),
  });
  return stored.length > 0;
}
