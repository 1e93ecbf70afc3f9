import { z } from 'zod';
import { ChargeCategory, CostBasis, DecimalText, Line, Scope, Slug } from './fields.ts';

/** What can be counted below the fraction line. */
export const DenominatorCount = z.enum([
  'requests',
  'operations',
  'attempts',
  'tokens',
  'workloads',
  'seats',
]);
export type DenominatorCount = z.infer<typeof DenominatorCount>;

/** A unit metric: a sum of cost over a sum of units, never a mean of ratios. */
export const Metric = z
  .strictObject({
    id: Slug,
    /** The decision it serves. */
    question: Line.exactOptional(),
    kind: z.enum(['resource', 'business']).default('resource'),
    owner: Slug.exactOptional(),
    numerator: z
      .strictObject({
        cost: CostBasis.default('charged'),
        include: z.array(ChargeCategory).min(1).readonly().default(['usage', 'adjustment']),
        where: Scope.exactOptional(),
      })
      .readonly()
      .prefault({}),
    denominator: z.union([
      z.strictObject({ count: DenominatorCount, where: Scope.exactOptional() }).readonly(),
      z.strictObject({ series: Slug }).readonly(),
    ]),
    /** The value is shown per this many units. */
    scale: z.int().min(1).max(1_000_000_000).default(1),
    /** Below it the value is shown as low volume and not judged. */
    minDenominator: z.int().min(0).default(0),
    compare: z
      .strictObject({
        to: z.literal('previous').default('previous'),
        tolerance: z.number().positive().exactOptional(),
        minChange: DecimalText.exactOptional(),
      })
      .readonly()
      .prefault({}),
    sanity: z
      .strictObject({ timesOwnMedian: z.number().min(1) })
      .readonly()
      .exactOptional(),
  })
  .readonly();
export type Metric = z.infer<typeof Metric>;
