import { z } from 'zod';
import {
  Amount,
  code,
  Count,
  CurrencyCode,
  DateField,
  DigestField,
  MeasuredField,
  OutcomeFields,
  PeriodField,
  RecordRef,
  ReviewId,
  Role,
  Slug,
  TableField,
} from './fields.ts';

/** An approved series was read: a denominator that no usage export holds. */
export const SeriesRecord = z.strictObject({
  kind: z.literal('series'),
  series: Slug,
  /** Digests of the files, in the order in which they supersede each other; kept in `inputs/`. */
  inputs: z.array(DigestField).min(1).max(32).readonly(),
  /** Dates with an amount. */
  days: Count,
  first: DateField.nullable(),
  last: DateField.nullable(),
  approvedBy: Role,
  approvedUntil: DateField.nullable(),
});

/** One view of a bill, over the days and things that were compared. */
const View = z
  .strictObject({
    export: Slug,
    /** Its adapter gives what an invoice bills. */
    invoice: z.boolean(),
    /** Null where the view has rows of several currencies, or none with cost. */
    currency: CurrencyCode.nullable(),
    cost: MeasuredField,
    requests: MeasuredField,
    tokens: MeasuredField,
    /** The smallest step that its amounts were seen to have. */
    quantum: Amount.nullable(),
  })
  .readonly();

/** Where the signed difference between two views comes from; the first four add up to `total`. */
const Difference = z
  .strictObject({
    total: Amount,
    missing: Amount,
    duplicated: Amount,
    price: Amount,
    rounding: Amount,
    /** Moved between neighbouring days, net zero. */
    zone: Amount,
  })
  .readonly();

/** Two or more views of one bill were compared; both sides are kept, whoever is right. */
export const ReconcileRecord = z.strictObject({
  kind: z.literal('reconcile'),
  reconcile: Slug,
  review: ReviewId.nullable(),
  ...OutcomeFields,
  period: PeriodField,
  by: z
    .array(code(['day', 'key', 'model']))
    .max(3)
    .readonly(),
  views: z.array(View).min(2).max(4).readonly(),
  /** Each further view against the first, and against an earlier one that alone knows what the first does not. */
  pairs: z
    .array(
      z
        .strictObject({
          left: Slug,
          right: Slug,
          measures: z
            .array(code(['cost', 'requests', 'tokens']))
            .max(3)
            .readonly(),
          /** Days and things that both views had delivered. */
          compared: Count,
          /** Of these, beyond tolerance. */
          beyond: Count,
          /** Days that one side had not delivered whole. */
          open: Count,
          difference: Difference.nullable(),
          worst: z
            .array(
              z
                .strictObject({
                  date: DateField,
                  measure: code(['cost', 'requests', 'tokens']),
                  left: Amount.nullable(),
                  right: Amount.nullable(),
                })
                .readonly(),
            )
            .max(6)
            .readonly(),
        })
        .readonly(),
    )
    .max(6)
    .readonly(),
  /** The import records that the views rest on, the newest. */
  evidence: z.array(RecordRef).max(16).readonly(),
  table: TableField.exactOptional(),
});
