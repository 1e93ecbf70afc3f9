import { z } from 'zod';
import {
  Amount,
  code,
  Count,
  CoverageField,
  CurrencyCode,
  DateField,
  DigestField,
  HeldField,
  int,
  Mac,
  MeasuredField,
  OutcomeFields,
  PeriodField,
  ReviewId,
  Role,
  Slug,
  TableField,
  Time,
} from './fields.ts';

/** An approved export was read; the manifest names the files that were added to and removed from the store. */
export const ImportRecord = z.strictObject({
  kind: z.literal('import'),
  export: Slug,
  adapter: Slug,
  adapterVersion: int(1, 999),
  manifest: DigestField,
  inputs: z.array(DigestField).max(32).readonly(),
  /** How many files were read, where they are more than `inputs` may name: then it is empty, and the manifest names all. */
  files: Count.exactOptional(),
  /** Nothing was read: files of the table were written anew as few, all of them or the small ones. */
  compacted: code(['all', 'small']).exactOptional(),
  accepted: Count,
  quarantined: Count,
  duplicate: Count,
  superseded: Count,
  /** Days of which it holds fewer rows than the table did: what is gone may be missing. The first 16. */
  shrunk: z
    .array(z.strictObject({ date: DateField, before: Count, after: Count }).readonly())
    .max(16)
    .readonly()
    .exactOptional(),
  requests: MeasuredField,
  tokens: MeasuredField,
  /** Sums by basis and currency. */
  cost: z
    .array(
      z
        .strictObject({
          basis: code(['charged', 'effective', 'list', 'upstream', 'notional']),
          currency: CurrencyCode,
          sum: MeasuredField,
        })
        .readonly(),
    )
    .max(16)
    .readonly(),
  start: Time.nullable(),
  end: Time.nullable(),
  completeThrough: Time.nullable(),
  /** Digest over row counts and exact sums per UTC day: what `reproduce` compares. */
  content: DigestField,
  approvedBy: Role,
  approvedUntil: DateField.nullable(),
  /** What had ended by then counts as closed; records of the first release lack it. */
  readAt: Time.exactOptional(),
  /** Stands for the private file that turned the export's unit into money; absent when none was used. */
  conversion: Mac.exactOptional(),
});

/** A unit metric of one period, with both halves, coverage and the preceding period of the same length. */
export const MetricRecord = z.strictObject({
  kind: z.literal('metric'),
  metric: Slug,
  review: ReviewId.nullable(),
  ...OutcomeFields,
  period: PeriodField,
  value: Amount.nullable(),
  currency: CurrencyCode,
  scale: Count,
  numerator: MeasuredField,
  costBasis: code(['charged', 'effective', 'list', 'upstream', 'notional']),
  denominator: MeasuredField,
  /** What was counted: `attempts` stands in, labelled, where operations are unknown. */
  counted: code(['operations', 'attempts', 'tokens', 'workloads', 'seats', 'series']),
  exports: z.array(Slug).max(32).readonly(),
  coverage: CoverageField,
  previous: z
    .strictObject({ value: Amount.nullable(), period: PeriodField, coverage: CoverageField })
    .readonly()
    .nullable(),
  /** (value − previous) ÷ size of previous; null when either is unknown or zero, or when their coverage differs. */
  change: Amount.nullable(),
  /** What the change of the cost is made of, which add up to it; absent where nobody can say. */
  effects: z
    .strictObject({
      by: code(['model', 'key', 'project', 'workload', 'owner', 'export', 'environment']),
      change: Amount,
      volume: Amount,
      price: Amount,
      mix: Amount,
    })
    .readonly()
    .exactOptional(),
  /** Days on which a unit cost many times its own median; at most 16, the earliest. */
  outliers: z.array(DateField).max(16).readonly().exactOptional(),
  /** The files of the series below the line, and the days of the period without an amount. */
  series: z
    .strictObject({
      inputs: z.array(DigestField).max(32).readonly(),
      known: Count,
      missing: z.array(DateField).max(64).readonly(),
    })
    .readonly()
    .exactOptional(),
  held: z.array(HeldField).max(16).readonly(),
  table: TableField.exactOptional(),
});

/** A forecast of a period's total with its own back-test; a run rate has none and is judged by no rule. */
const ForecastField = z
  .strictObject({
    method: code([
      'run-rate',
      'pool',
      'weekday-median-28',
      'weekday-mean-56',
      'theta',
      'ets-ann',
      'ets-aan',
      'ets-aadn',
      'ets-ana',
      'ets-aaa',
      'ets-aada',
    ]),
    total: Amount,
    /** The 10th and 90th percentile of the total. */
    low: Amount.exactOptional(),
    high: Amount.exactOptional(),
    /** The probability that the total reaches the amount, 0 to 1. */
    chance: Amount.exactOptional(),
    /** The day on which the amount is reached: as expected, and the first by which it is likely (4 in 5). */
    expectedOn: DateField.nullable().exactOptional(),
    likelyOn: DateField.nullable().exactOptional(),
    confidence: code(['normal', 'low']).exactOptional(),
    /** Days of history that are known. */
    days: Count.exactOptional(),
    /** The part of the total that events of the plan add. */
    events: Amount.exactOptional(),
    test: z
      .strictObject({
        origins: Count,
        wape: Amount.nullable(),
        mase: Amount.nullable(),
        bias: Amount.nullable(),
        coverage: Amount.nullable(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly();

/** What a rule of a budget looks at. */
const RuleBasis = code(['actual', 'forecast', 'burn', 'below', 'freshness', 'coverage']);

/** What a budget's evidence says as of a time. */
export const BudgetVerdictRecord = z.strictObject({
  kind: z.literal('budget-verdict'),
  budget: Slug,
  review: ReviewId.nullable(),
  verdict: code(['ok', 'breached', 'inconclusive']),
  reasons: OutcomeFields.reasons,
  missing: OutcomeFields.missing,
  period: PeriodField,
  asOf: Time,
  /** The period ended and its data is complete: this verdict stays. */
  final: z.boolean(),
  currency: CurrencyCode,
  costBasis: code(['charged', 'effective', 'list', 'upstream', 'notional']),
  /** Null where the quantity that it follows from is not known. */
  amount: Amount.nullable(),
  /** Target × quantity ÷ the metric's scale; absent where the plan writes the amount out. */
  driver: z
    .strictObject({
      metric: Slug,
      target: Amount,
      quantity: Amount.nullable(),
      series: Slug.nullable(),
      /** The files of the series; empty without one. */
      inputs: z.array(DigestField).max(32).readonly(),
    })
    .readonly()
    .exactOptional(),
  spend: MeasuredField,
  /** spend ÷ amount; null when spend is unknown or the amount is zero. */
  share: Amount.nullable(),
  rules: z
    .array(
      z
        .strictObject({
          rule: Slug,
          basis: RuleBasis,
          at: Amount.nullable(),
          severity: code(['info', 'warning', 'critical']),
          /** `pending`: it holds, but not yet on as many different data as the rule asks for. */
          state: code(['below', 'pending', 'crossed', 'unknown']),
        })
        .readonly(),
    )
    .max(32)
    .readonly(),
  forecast: ForecastField.nullable(),
  /** Digest of the sums that were judged: two verdicts of the same data have the same. */
  data: DigestField.exactOptional(),
  /** Days unlike the days before them: the spend of a day, or the price of one token. Reasons to look, never the verdict's. */
  anomalies: z
    .array(
      z
        .strictObject({
          date: DateField,
          what: code(['spend', 'unit-price']),
          value: Amount,
          usual: Amount,
        })
        .readonly(),
    )
    .max(8)
    .readonly()
    .exactOptional(),
  exports: z.array(Slug).max(32).readonly(),
  coverage: CoverageField,
  held: z.array(HeldField).max(16).readonly(),
  table: TableField.exactOptional(),
});

/** A threshold was crossed for the first time in its period: claimed here before anything is sent. */
export const AlertRecord = z.strictObject({
  kind: z.literal('alert'),
  /** Digest of budget, rule, level, period start and round: at most one record of each. */
  alert: DigestField,
  budget: Slug,
  rules: z.array(Slug).min(1).max(32).readonly(),
  severity: code(['info', 'warning', 'critical']),
  /** What the rule that weighs most looks at; absent in records of releases that did not say it. */
  basis: RuleBasis.exactOptional(),
  period: PeriodField,
  asOf: Time,
  amount: Amount.nullable(),
  spend: MeasuredField,
  share: Amount.nullable(),
  currency: CurrencyCode,
  /** What the period will come to, with its back-test; absent where there was none. */
  forecast: ForecastField.exactOptional(),
  owner: Role,
  channels: z.array(Slug).max(16).readonly(),
  held: z.array(HeldField).max(16).readonly(),
});

/** How the sending of a notice ended on one channel. */
export const DeliveryRecord = z.strictObject({
  kind: z.literal('delivery'),
  alert: DigestField,
  /** The claim that it answers; absent in records of releases that had one notice an alert and channel. */
  notice: DigestField.exactOptional(),
  channel: Slug,
  outcome: code(['delivered', 'failed']),
  reason: code([
    'ok',
    'secret-missing',
    'timeout',
    'refused',
    'status',
    'address-refused',
    'not-writable',
    'auth-refused',
    'tls',
  ]),
  attempts: int(0, 20),
});
