import type { RecordOf } from './records/registry.ts';
import type { StoredRecord } from './stored-records.ts';

type Review = Pick<StoredRecord<RecordOf<'review'>>, 'index' | 'body'>;

/**
 * Lists the digests that a review names, in its order; where they are too many for one record, those of the `review-parts`
 * records that it names stand in their place (decision 0013).
 */
export function partRefs(review: Review, records: readonly StoredRecord[]): readonly string[] {
  const lists = new Map(
    records.flatMap(({ ref, body }) =>
      body.kind === 'review-parts' ? [[ref as string, body.parts] as const] : [],
    ),
  );
  return review.body.parts.flatMap((ref) => lists.get(ref) ?? [ref]);
}

/**
 * Gives the records of a review in the order in which it names them; a digest that no record before it has gives none.
 *
 * Two records that say the same in the same second have one digest; the newer one is this review's.
 */
export function partRecords(
  review: Review,
  records: readonly StoredRecord[],
): readonly StoredRecord[] {
  const newest = new Map(
    records.flatMap((record) => (record.index < review.index ? [[record.ref, record]] : [])),
  ) as ReadonlyMap<string, StoredRecord>;
  const named = new Set(partRefs(review, records));
  return [...named].flatMap((ref) => newest.get(ref) ?? []);
}
