import { z } from 'zod';
import {
  Amount,
  code,
  CurrencyCode,
  DigestField,
  HeldField,
  MeasuredField,
  PeriodField,
  RecordRef,
  Role,
  Slug,
  Time,
} from './fields.ts';

/** An owner has seen an alert: it is not escalated any more. */
export const AcknowledgementRecord = z.strictObject({
  kind: z.literal('acknowledgement'),
  alert: DigestField,
  budget: Slug,
  by: Role,
});

/** An owner wants to hear nothing of an alert before an end, seven days at most. */
export const SnoozeRecord = z.strictObject({
  kind: z.literal('snooze'),
  alert: DigestField,
  budget: Slug,
  by: Role,
  until: Time,
});

/** Rules of an alert cleared: they are armed again. */
export const ResolvedRecord = z.strictObject({
  kind: z.literal('resolved'),
  alert: DigestField,
  budget: Slug,
  rules: z.array(Slug).min(1).max(32).readonly(),
  because: code(['cleared', 'amount-changed']),
  asOf: Time,
});

/** Data of a period that had its final verdict changed: the old verdict stays, the new one stands beside it. */
export const RestatementRecord = z.strictObject({
  kind: z.literal('restatement'),
  /** Digest of budget, period and the new data: at most one record of each; notices are claimed by it. */
  alert: DigestField,
  budget: Slug,
  period: PeriodField,
  asOf: Time,
  /** The final verdict that it follows. */
  verdict: RecordRef,
  before: MeasuredField,
  spend: MeasuredField,
  amount: Amount.nullable(),
  share: Amount.nullable(),
  currency: CurrencyCode,
  owner: Role,
  channels: z.array(Slug).max(16).readonly(),
  held: z.array(HeldField).max(16).readonly(),
});
