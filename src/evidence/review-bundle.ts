import { AppError } from '../core/index.ts';
import type { Ledger } from './ledger.ts';
import type { RecordKind, RecordOf } from './records/registry.ts';
import { partRecords } from './review-parts.ts';
import type { StoredRecord } from './stored-records.ts';

type Stored<K extends RecordKind> = StoredRecord<RecordOf<K>>;

/** What one review recorded, by kind and in order. */
export interface ReviewParts {
  readonly review: Stored<'review'>;
  readonly documents: readonly Stored<'document-check'>[];
  readonly imports: readonly Stored<'import'>[];
  readonly metrics: readonly Stored<'metric'>[];
  readonly reconciles: readonly Stored<'reconcile'>[];
  readonly budgets: readonly Stored<'budget-verdict'>[];
  readonly alerts: readonly Stored<'alert'>[];
  readonly deliveries: readonly Stored<'delivery'>[];
  readonly smoke: readonly Stored<'smoke'>[];
  readonly usageLinks: readonly Stored<'usage-link'>[];
  readonly guards: readonly Stored<'guard'>[];
  readonly holds: readonly Stored<'hold'>[];
  /** The newest of this review; it is written after the review's end. */
  readonly handoff?: Stored<'handoff'>;
}

/** All that a renderer needs of one review. */
export interface ReviewBundle extends ReviewParts {
  readonly previous?: ReviewParts;
  /** Names of the reviewers, `<origin>/<role>`, who have cosigned a checkpoint over the review's end; absent when none. */
  readonly cosigners?: readonly string[];
}

/**
 * Reads one review with all its parts, and the review before it.
 *
 * @param reviewId such as `2026-W47`; without it the newest. Of several attempts the newest counts.
 * @throws {AppError} `record-unknown` when no such review has ended, `ledger-corrupt`.
 */
export async function loadReviewBundle(ledger: Ledger, reviewId?: string): Promise<ReviewBundle> {
  const records = await ledger.records();
  const reviews = records.filter((record) => isOf(record, 'review'));
  const review = reviews.findLast(({ body }) => reviewId === undefined || body.review === reviewId);
  if (review === undefined) {
    const which = reviewId === undefined ? 'a review' : `the review ${reviewId}`;
    throw new AppError('record-unknown', {
      message: `Expected ${which} that has ended, found none`,
      hint: 'Run `spendproof review`.',
    });
  }
  const before = reviews.findLast(
    ({ body, index }) => index < review.index && body.review !== review.body.review,
  );
  const cosigners = await ledger.cosigners(review.index);
  return {
    ...partsOf(review, records),
    ...(cosigners.length === 0 ? {} : { cosigners }),
    ...(before === undefined ? {} : { previous: partsOf(before, records) }),
  };
}

/** Lists the starts of reviews whose attempt has no end: runs that died, or still go on. */
export async function unfinishedReviews(
  ledger: Ledger,
): Promise<readonly Stored<'review-start'>[]> {
  const ended = new Set((await ledger.records({ kind: 'review' })).map(({ body }) => body.attempt));
  const starts = await ledger.records({ kind: 'review-start' });
  return starts.filter(({ body }) => !ended.has(body.attempt));
}

function partsOf(review: Stored<'review'>, records: readonly StoredRecord[]): ReviewParts {
  const parts = partRecords(review, records).toSorted((left, right) => left.index - right.index);
  const of = <K extends RecordKind>(kind: K): readonly Stored<K>[] =>
    parts.filter((record) => isOf(record, kind));
  const handoff = records
    .filter((record) => isOf(record, 'handoff'))
    .findLast(({ body }) => body.review === review.body.review);
  return {
    review,
    documents: of('document-check'),
    imports: of('import'),
    metrics: of('metric'),
    reconciles: of('reconcile'),
    budgets: of('budget-verdict'),
    alerts: of('alert'),
    deliveries: of('delivery'),
    smoke: of('smoke'),
    usageLinks: of('usage-link'),
    guards: of('guard'),
    holds: of('hold'),
    ...(handoff === undefined ? {} : { handoff }),
  };
}

const isOf = <K extends RecordKind>(record: StoredRecord, kind: K): record is Stored<K> =>
  record.body.kind === kind;
