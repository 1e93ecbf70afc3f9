import { z } from 'zod';
import {
  ChargeCategory,
  CostBasis,
  DateText,
  DecimalText,
  DurationText,
  Line,
  Scope,
  Share,
  Slug,
  Zone,
} from './fields.ts';

const Severity = z.enum(['info', 'warning', 'critical']);

/** Marks a rule that `expand` added: it never makes a verdict inconclusive (product.md, "Silence means fine"). */
const implied = z.literal(true).exactOptional();

/** When a budget speaks up. `actual` and `forecast` are judged on shares; the others watch the evidence itself. */
export const BudgetRule = z.discriminatedUnion('basis', [
  z.strictObject({
    id: Slug,
    basis: z.literal('actual'),
    at: Share,
    severity: Severity.default('warning'),
    implied,
  }),
  z.strictObject({
    id: Slug,
    basis: z.literal('forecast'),
    at: Share,
    severity: Severity.default('warning'),
    implied,
    fire: Share.default(0.8),
    clear: Share.default(0.5),
    minAmount: DecimalText.exactOptional(),
  }),
  z.strictObject({
    id: Slug,
    basis: z.literal('burn'),
    severity: Severity.default('warning'),
    implied,
    minAmount: DecimalText.exactOptional(),
  }),
  z.strictObject({
    id: Slug,
    basis: z.literal('freshness'),
    maxAge: DurationText,
    severity: Severity.default('warning'),
    implied,
  }),
  z.strictObject({
    id: Slug,
    basis: z.literal('coverage'),
    min: Share,
    severity: Severity.default('warning'),
    implied,
  }),
]);
export type BudgetRule = z.infer<typeof BudgetRule>;

/** An amount for a period, its thresholds, its owner and its route. It alerts, it does not cap. */
export const Budget = z
  .strictObject({
    id: Slug,
    title: Line.exactOptional(),
    owner: Slug.exactOptional(),
    scope: Scope.default({}),
    cost: z
      .strictObject({
        basis: CostBasis.default('charged'),
        include: z
          .array(ChargeCategory)
          .min(1)
          .readonly()
          .default(['usage', 'adjustment', 'refund', 'credit']),
      })
      .readonly()
      .prefault({}),
    period: z
      .union([
        z
          .strictObject({
            every: z.enum(['day', 'week', 'month', 'quarter', 'year']),
            zone: Zone.exactOptional(),
          })
          .readonly(),
        z.strictObject({ from: DateText, until: DateText, zone: Zone.exactOptional() }).readonly(),
      ])
      .default({ every: 'month' }),
    amount: DecimalText,
    /** The assumption that the amount rests on; a hold on it labels the verdict. */
    assumption: Slug.exactOptional(),
    /** Short form of `rules` on actual spend, such as [0.5, 0.8, 1.0]. */
    at: z.array(Share).min(1).readonly().exactOptional(),
    rules: z.array(BudgetRule).readonly().exactOptional(),
    /** The largest share of rows of unknown cost that a verdict tolerates. */
    unknownShareMax: z.number().min(0).max(1).exactOptional(),
    escalate: z.strictObject({ ackWithin: DurationText, to: Slug }).readonly().exactOptional(),
  })
  .readonly();
export type Budget = z.infer<typeof Budget>;
