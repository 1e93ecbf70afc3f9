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

const BurnSpan = z
  .string()
  .regex(/^[1-9]\d{0,2}[dh]$/, 'expected whole days or hours, such as 3d or 6h')
  .describe('Whole days or hours, such as 3d or 6h; hours need exports that tell them.');

const BurnWindow = z
  .strictObject({ long: BurnSpan, short: BurnSpan.exactOptional(), rate: Share })
  .readonly();

/** What the plan expects to happen: baseline and events are shown apart. */
const BudgetEvent = z
  .strictObject({
    from: DateText,
    until: DateText.exactOptional(),
    delta: z
      .string()
      .regex(
        /^[+-]\d{1,9}(\.\d{1,6})?%?$/,
        'expected a change of each day, such as "+30%" or "-12.50"',
      ),
    owner: Slug.exactOptional(),
    reason: Line,
  })
  .readonly();

/** An amount that follows from what it pays for: so many units at a unit cost that the team aims for. */
const DriverAmount = z
  .strictObject({
    /** The metric that the target is a value of; its `scale` is the target's. */
    unitMetric: Slug,
    target: DecimalText,
    quantity: z.union([
      z.int().min(1).max(1_000_000_000_000),
      /** An approved series: a row for each day of the period, or one dated its first day. */
      z.strictObject({ series: Slug }).readonly(),
    ]),
  })
  .readonly();
export type DriverAmount = z.infer<typeof DriverAmount>;

const BudgetAmount = z.union([DecimalText, DriverAmount]);

/** A later amount: it counts from its day on, in the whole period that holds that day. */
const AmountRevision = z
  .strictObject({ from: DateText, amount: BudgetAmount, approvedBy: Slug, reason: Line })
  .readonly();

/** When a budget speaks up. `actual` and `forecast` are judged on shares; the others watch the evidence itself. */
export const BudgetRule = z.discriminatedUnion('basis', [
  z.strictObject({
    id: Slug,
    basis: z.literal('actual'),
    at: Share,
    severity: Severity.default('warning'),
    implied,
    /** How far below the threshold spend must fall, as a share of the amount, before it may fire again. */
    hysteresis: z.number().min(0).max(1).exactOptional(),
    minAmount: DecimalText.exactOptional(),
  }),
  z.strictObject({
    id: Slug,
    basis: z.literal('below'),
    at: Share,
    severity: Severity.default('info'),
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
    /** On how many different data in a row it must hold; running again on the same data counts once. */
    hold: z.int().min(1).max(9).exactOptional(),
    minAmount: DecimalText.exactOptional(),
  }),
  z.strictObject({
    id: Slug,
    basis: z.literal('burn'),
    severity: Severity.default('warning'),
    implied,
    /** Any of them fires: spend in the last `long` (and, where named, the last `short`) is `rate` times what it may be. */
    windows: z.array(BurnWindow).min(1).max(6).readonly().exactOptional(),
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
    /** Records that match this do not count, although they are in the scope. */
    exclude: Scope.exactOptional(),
    /** The budget that this one is a part of. */
    parent: Slug.exactOptional(),
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
    amount: BudgetAmount,
    /** Dated revisions of the amount, oldest first; append, never edit. */
    amounts: z.array(AmountRevision).readonly().exactOptional(),
    events: z.array(BudgetEvent).max(32).readonly().exactOptional(),
    /** The newest days of the data that are still growing: no forecast learns from them. */
    lag: DurationText.exactOptional(),
    /** The assumption that the amount rests on; a hold on it labels the verdict. */
    assumption: Slug.exactOptional(),
    /** Short form of `rules` on actual spend, such as [0.5, 0.8, 1.0]. */
    at: z.array(Share).min(1).readonly().exactOptional(),
    rules: z.array(BudgetRule).readonly().exactOptional(),
    /** The largest share of rows of unknown cost that a verdict tolerates. */
    unknownShareMax: z.number().min(0).max(1).exactOptional(),
    /** What every notice of this budget says beside its numbers: where the runbook is, what not to do. */
    message: Line.exactOptional(),
    escalate: z
      .strictObject({
        ackWithin: DurationText,
        to: Slug,
        /** The time to a further step; default `ackWithin`. */
        again: DurationText.exactOptional(),
        max: z.int().min(1).max(9).exactOptional(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly();
export type Budget = z.infer<typeof Budget>;
