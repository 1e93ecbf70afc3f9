import { addDuration, canonicalJson, type Digest, type Instant, sha256 } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Workspace } from './workspace.ts';

/** Something that calls for an extra review. */
export interface TriggerEvent {
  readonly event: Exclude<RecordOf<'review'>['trigger'], 'cadence'>;
  /** What it is about, in a form that may be recorded: the digest of a record, or of a salted name. */
  readonly about: string;
  readonly at: Instant;
}

/** An extra review that is to be held. */
export interface TriggeredReview {
  readonly trigger: TriggerEvent['event'];
  readonly due: Digest;
  /** When its cause happened. */
  readonly dueAt: Instant;
  /** Until then it has to be run; the plan's `within`, else at once. */
  readonly until: Instant;
}

/** What the ledger says of extra reviews. */
export interface TriggerFacts {
  /** Digests of due reviews that were claimed. */
  readonly claimed: ReadonlySet<string>;
  /** When the newest review began; null before the first. */
  readonly lastStart: Instant | null;
}

/**
 * Lists the extra reviews that the plan asks for and nobody has run: one for each event, settled by any review that began
 * after it.
 */
export function triggeredReviews(
  triggers: Plan['review']['triggers'],
  events: readonly TriggerEvent[],
  { claimed, lastStart }: TriggerFacts,
): readonly TriggeredReview[] {
  return events.flatMap(({ event, about, at }) => {
    const wanted = triggers.find((trigger) => trigger.event === event);
    const due = sha256(canonicalJson({ trigger: event, about }));
    const isSettled = claimed.has(due) || (lastStart !== null && lastStart > at);
    if (wanted === undefined || isSettled) return [];
    const until = wanted.within === undefined ? at : addDuration(at, wanted.within);
    return [{ trigger: event, due, dueAt: at, until }];
  });
}

/** Finds in the ledger what calls for a review: critical alerts, pages that changed outside a review, restatements. */
export function ledgerEvents(records: readonly StoredRecord[]): readonly TriggerEvent[] {
  return records.flatMap(({ ref, body, context }): readonly TriggerEvent[] => {
    const found = { about: ref, at: context.at as Instant };
    if (body.kind === 'alert' && body.severity === 'critical') {
      return [{ event: 'critical-alert', ...found }];
    }
    if (body.kind === 'restatement') return [{ event: 'restatement', ...found }];
    const isDrift =
      body.kind === 'document-check' &&
      body.review === null &&
      (body.state === 'changed' || body.state === 'gone' || body.reasons.includes('claim-broken'));
    return isDrift ? [{ event: 'document-drift', ...found }] : [];
  });
}

/** Says whether a review has cleared an event, and how long before it. */
export interface Clearance {
  readonly event: TriggerEvent['event'];
  readonly ref: string | null;
  /** When the event takes place. */
  readonly at: Instant;
}

/** The answer of {@link clearanceOf}. */
export type Cleared =
  | { readonly kind: 'cleared'; readonly review: string; readonly endedAt: string }
  | {
      readonly kind: 'late';
      readonly review: string;
      readonly endedAt: string;
      readonly lead: string;
    }
  | { readonly kind: 'not-passed'; readonly review: string; readonly outcome: string }
  | { readonly kind: 'not-reviewed' };

/** Asks the ledger {@link clearanceOf} of an event. */
export async function reviewClearance(
  { ledger, plan }: Workspace,
  wanted: Clearance,
): Promise<Cleared> {
  const starts = await ledger.records({ kind: 'review-start' });
  const refs = new Map(starts.map(({ body }) => [body.attempt, body.ref]));
  const reviews = (await ledger.records({ kind: 'review' })).map(({ body, context }) => ({
    trigger: body.trigger,
    ref: refs.get(body.attempt) ?? null,
    review: body.review,
    outcome: body.outcome,
    endedAt: context.at as Instant,
  }));
  return clearanceOf(wanted, plan.review.triggers, reviews);
}

/**
 * Tells whether an event may go ahead: its newest review passed, at least the plan's `lead` before it.
 *
 * @param reviews ended reviews with what they were about, oldest first.
 */
export function clearanceOf(
  { event, ref, at }: Clearance,
  triggers: Plan['review']['triggers'],
  reviews: readonly {
    readonly trigger: string;
    readonly ref: string | null;
    readonly review: string;
    readonly outcome: string;
    readonly endedAt: Instant;
  }[],
): Cleared {
  const newest = reviews.findLast((one) => one.trigger === event && one.ref === ref);
  if (newest === undefined) return { kind: 'not-reviewed' };
  const { review, outcome, endedAt } = newest;
  if (outcome !== 'pass') return { kind: 'not-passed', review, outcome };
  const lead = triggers.find((trigger) => trigger.event === event)?.lead;
  if (lead !== undefined && addDuration(endedAt, lead) > at) {
    return { kind: 'late', review, endedAt, lead };
  }
  return { kind: 'cleared', review, endedAt };
}
