import { z } from 'zod';
import { code, DigestField, int, PeriodField, Role, Slug, Time } from './fields.ts';
import { TRIGGERS } from './triggers.ts';

export const NOTICE_TRANSITIONS = ['fired', 'escalated', 'resolved', 'restated'] as const;

/** One process takes it upon itself to send one notice on one channel; claimed here before anything is sent. */
export const NoticeClaimRecord = z.strictObject({
  kind: z.literal('notice-claim'),
  /** Digest of alert, transition, step and channel: the idempotency key of the sending. */
  notice: DigestField,
  alert: DigestField,
  budget: Slug,
  transition: code(NOTICE_TRANSITIONS),
  step: int(0, 99),
  channel: Slug,
  to: Role,
  /** 1 for the first; at most one record of a notice has each number. */
  attempt: int(1, 20),
});

/** A review that was due by the cadence is taken on by one process, once. */
export const ReviewDueRecord = z.strictObject({
  kind: z.literal('review-due'),
  trigger: code(TRIGGERS),
  /** Digest of what makes the due review one: its due time, or its trigger and what that is about. */
  due: DigestField,
  dueAt: Time,
  period: PeriodField,
  /** `missed`: its grace had ended before anybody ran it; that is a result, and stays. */
  result: code(['claimed', 'missed']),
});
