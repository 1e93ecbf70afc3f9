import { z } from 'zod';
import {
  Alias,
  code,
  Commit,
  Count,
  CoverageField,
  DateField,
  DigestField,
  HeldField,
  int,
  Mac,
  OutcomeFields,
  PeriodField,
  Reason,
  RecordRef,
  ReviewId,
  Role,
  Slug,
  Subject,
  Time,
  Ulid,
  Version,
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
  /** What the review is judged as of; records of the first release lack it. */
  now: Time.exactOptional(),
});

/** As many causes as one hold names; a page with more broken claims is held all the same. */
export const BECAUSE_MAX = 64;

/** An assumption is frozen at its last verified value. */
export const HoldRecord = z.strictObject({
  kind: z.literal('hold'),
  assumption: Slug,
  reasons: z.array(Reason).min(1).max(16).readonly(),
  because: z.array(Subject).max(BECAUSE_MAX).readonly(),
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

/** A role has read the plan of this digest: what runs under another one is not reviewed. */
export const PlanAcceptRecord = z.strictObject({
  kind: z.literal('plan-accept'),
  file: DigestField,
  from: DigestField.nullable(),
  by: Role,
});

/** How a run stood in the world: an allow-list, never a value of a variable. */
export const EnvironmentFingerprint = z
  .strictObject({
    node: Version,
    os: code(['linux', 'darwin', 'win32', 'other']),
    arch: code(['x64', 'arm64', 'other']),
    tool: Version,
    /** Null where the plan names no lockfile, or it is not there. */
    lockfile: DigestField.nullable(),
    plan: DigestField,
    /** Stands for the variables that the plan lists under `guards.environment.flags`, with their values. */
    flags: Mac.nullable(),
    /** Stands for the credentials of the enabled smoke tests; null where none could be read. */
    credential: Mac.nullable(),
    nodeOptions: z.boolean(),
    tlsOff: z.boolean(),
    proxy: z.boolean(),
    extraCa: z.boolean(),
    preload: z.boolean(),
    ci: z.boolean(),
  })
  .readonly();

/** What a change of the project touched, counted; paths stay outside the ledger. */
const ScopeFacts = z
  .strictObject({
    base: Commit,
    head: Commit,
    areas: z
      .array(code(['document', 'smoke', 'usage', 'budget']))
      .max(4)
      .readonly(),
    changed: Count,
    outside: Count,
    /** Of the sorted list of changes, so that the same change can be told again. */
    changes: DigestField,
  })
  .readonly();

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
  environment: EnvironmentFingerprint.exactOptional(),
  scope: ScopeFacts.exactOptional(),
  /** The record that this one was compared with. */
  against: RecordRef.nullable().exactOptional(),
});

/** What the next operator needs. */
export const HandoffRecord = z.strictObject({
  kind: z.literal('handoff'),
  review: ReviewId,
  /** Whose end it hands over; records of the first release lack it. */
  attempt: Ulid.exactOptional(),
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
      'not-listed',
    ]),
  })
  .readonly();

export type NotCovered = z.output<typeof NotCovered>;

/** As many parts as one record of 8 KiB names beside everything else it says. */
export const PARTS_MAX = 40;

/** Names some of the records of a review that has more than its own record can name. */
export const ReviewPartsRecord = z.strictObject({
  kind: z.literal('review-parts'),
  review: ReviewId,
  attempt: Ulid,
  parts: z.array(RecordRef).min(1).max(PARTS_MAX).readonly(),
});

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
  /** Leaf hashes of everything this review recorded, in order; of `review-parts` records, where there are too many. */
  parts: z.array(RecordRef).max(PARTS_MAX).readonly(),
  notCovered: z.array(NotCovered).max(64).readonly(),
  held: z.array(HeldField).max(16).readonly(),
  usage: z
    .strictObject({
      coverage: CoverageField,
      imports: Count,
      reconciled: code(['never', 'once']),
      /** Exports that could not be read, and why; records of the first release lack it. */
      gaps: z
        .array(z.strictObject({ export: Slug, reason: Reason }).readonly())
        .max(64)
        .readonly()
        .exactOptional(),
      /** Import records that were the table; records of the first release lack it. */
      table: Count.exactOptional(),
      /** When a view that gives what an invoice bills last agreed; with `once` only. */
      reconciledOn: DateField.exactOptional(),
    })
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
