import { z } from 'zod';
import {
  AcknowledgementRecord,
  ResolvedRecord,
  RestatementRecord,
  SnoozeRecord,
} from './alerts.ts';
import { DigestField, Role, Time, Version } from './fields.ts';
import { GateRejectedRecord, GenesisRecord, KeyEventRecord, PolicyChangeRecord } from './ledger.ts';
import { ReconcileRecord, SeriesRecord } from './meaning.ts';
import { NoticeClaimRecord, ReviewDueRecord } from './notices.ts';
import {
  AcceptRecord,
  AttestRecord,
  DocumentCheckRecord,
  SmokeRecord,
  UsageLinkRecord,
} from './outside.ts';
import {
  GuardRecord,
  HandoffRecord,
  HoldRecord,
  PlanAcceptRecord,
  ResumeRecord,
  ReviewPartsRecord,
  ReviewRecord,
  ReviewStartRecord,
} from './review.ts';
import {
  AlertRecord,
  BudgetVerdictRecord,
  DeliveryRecord,
  ImportRecord,
  MetricRecord,
} from './usage.ts';

/** Everything that can be recorded; a record of any other form cannot be stored. */
export const RecordBody = z.discriminatedUnion('kind', [
  AcceptRecord,
  AcknowledgementRecord,
  AlertRecord,
  AttestRecord,
  BudgetVerdictRecord,
  DeliveryRecord,
  DocumentCheckRecord,
  GateRejectedRecord,
  GenesisRecord,
  GuardRecord,
  HandoffRecord,
  HoldRecord,
  ImportRecord,
  KeyEventRecord,
  MetricRecord,
  PlanAcceptRecord,
  PolicyChangeRecord,
  ReconcileRecord,
  ResumeRecord,
  ReviewPartsRecord,
  NoticeClaimRecord,
  ResolvedRecord,
  RestatementRecord,
  ReviewDueRecord,
  ReviewRecord,
  ReviewStartRecord,
  SeriesRecord,
  SmokeRecord,
  SnoozeRecord,
  UsageLinkRecord,
]);
export type RecordBody = z.output<typeof RecordBody>;
export type RecordKind = RecordBody['kind'];
export type RecordOf<K extends RecordKind> = Extract<RecordBody, { kind: K }>;

/** What every record says beside its body: when, by which role, under which plan, with which release. */
export const RecordContext = z
  .strictObject({
    at: Time,
    operator: Role,
    /** Digest of the expanded plan; null where no plan was loaded. */
    plan: DigestField.nullable(),
    planFile: DigestField.nullable(),
    tool: Version,
  })
  .readonly();
export type RecordContext = z.output<typeof RecordContext>;
