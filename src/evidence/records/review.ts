import { z } from 'zod';
import {
  Alias,
  code,
  Count,
  CoverageField,
  DigestField,
  HeldField,
  int,
  OutcomeFields,
  PeriodField,
  Reason,
  RecordRef,
  ReviewId,
  Role,
  Slug,
  Subject,
  Ulid,
} from './fields.ts';
import { TRIGGERS } from './triggers.ts';

const Trigger = code(TRIGGERS);

/** A review began: written before the first request, so that a run that dies leaves a visible gap. */
export const ReviewStartRecord = z.strictObject({
  kind: z.literal('review-start'),
  review: ReviewId,
  attempt: Ulid,
  trigger: Trigger,
  ref: Alias.nullable(),
  period: PeriodField,
});

/** An assumption is frozen at its last verified value. */
export const HoldRecord = z.strictObject({
  kind: z.literal('hold'),
  assumption: Slug,
  reasons: z.array(Reason).min(1).max(16).readonly(),
  because: z.array(Subject).max(32).readonly(),
  /** The checks that show both sides. */
  evidence: z.array(RecordRef).max(16).readonly(),
});

export const RESUME_CODES = [
  'documents-accepted',
  'provider-confirmed',
  'account-confirmed',
  'plan-corrected',
  'false-alarm',
] as const;

/** An owner ends a hold. */
export const ResumeRecord = z.strictObject({
  kind: z.literal('resume'),
  assumption: Slug,
  because: code(RESUME_CODES),
  by: Role,
  case: Alias.nullable(),
});

/** One of the five guards. */
export const GuardRecord = z.strictObject({
  kind: z.literal('guard'),
  guard: code([
    'evidence-gap',
    'scope-drift',
    'environment-mismatch',
    'unreviewed-fallback',
    'weak-handoff',
  ]),
  review: ReviewId.nullable(),
  ...OutcomeFields,
});

/** What the next operator needs. */
export const HandoffRecord = z.strictObject({
  kind: z.literal('handoff'),
  review: ReviewId,
  ...OutcomeFields,
  command: code(['review', 'review-trigger']),
  result: code(['pass', 'fail', 'inconclusive', 'paused']),
  /** Plan and fixtures whose digest differs from the previous review's; empty means none. */
  changed: z
    .array(z.strictObject({ subject: Subject, digest: DigestField }).readonly())
    .max(32)
    .readonly(),
  uncertainty: z
    .array(z.strictObject({ subject: Subject, reason: Reason }).readonly())
    .max(64)
    .readonly(),
  nextAction: code(['keep-monitoring', 'update-runbook', 'escalate-review']),
  owner: Role,
});

/** What the plan does not ask for, or cannot be judged; listed once, never inconclusive. */
export const NotCovered = z
  .strictObject({
    subject: Subject,
    why: code([
      'not-in-plan',
      'not-enabled',
      'no-export',
      'no-series',
      'zone-unknown',
      'field-not-in-export',
      'not-linked',
      'short-history',
      'forecast-poor',
      'never-reconciled',
    ]),
  })
  .readonly();

export type NotCovered = z.output<typeof NotCovered>;

/** The end of a review: the worst of its parts, one next action, and what it did not look at. */
export const ReviewRecord = z.strictObject({
  kind: z.literal('review'),
  review: ReviewId,
  attempt: Ulid,
  trigger: Trigger,
  period: PeriodField,
  outcome: code(['pass', 'fail', 'inconclusive', 'paused']),
  exit: int(0, 7),
  reasons: OutcomeFields.reasons,
  missing: OutcomeFields.missing,
  nextAction: code(['keep-monitoring', 'update-runbook', 'escalate-review']),
  owner: Role,
  /** Leaf hashes of everything this review recorded, in order. */
  parts: z.array(RecordRef).max(128).readonly(),
  /** Checks carried over from earlier records because they were not due. */
  notCovered: z.array(NotCovered).max(64).readonly(),
  held: z.array(HeldField).max(16).readonly(),
  usage: z
    .strictObject({ coverage: CoverageField, imports: Count, reconciled: code(['never', 'once']) })
    .readonly(),
  /** The article's four minimum assertions. */
  assertions: z
    .strictObject({
      patternDocumented: code(['pass', 'fail', 'not-run']),
      happyTraceable: code(['pass', 'fail', 'not-run']),
      errorSafe: code(['pass', 'fail', 'not-run']),
      usageConnected: code(['pass', 'fail', 'pending', 'not-run']),
    })
    .readonly(),
  /** Owners who were sent a notice. */
  notified: z.array(Role).max(32).readonly(),
});
