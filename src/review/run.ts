import type { Digest, Instant, Period } from '../core/index.ts';
import type { RecordBody, RecordOf, StoredRecord } from '../evidence/index.ts';
import type { RecordExtra, Workspace } from './workspace.ts';

/** What starts a review. */
export interface ReviewRequest {
  readonly trigger: RecordOf<'review'>['trigger'];
  /** What the trigger is about, such as a commit. */
  readonly ref: string | null;
  /** Judge as of this instant; default: now. */
  readonly asOf: Instant | undefined;
}

/** Carries one run from step to step; every step appends its own records and adds their leaf hashes. */
export interface ReviewRun {
  readonly workspace: Workspace;
  readonly id: string;
  readonly attempt: string;
  readonly request: ReviewRequest;
  readonly period: Period;
  readonly now: Instant;
  readonly parts: Digest[];
  /** A run of the same review that began and did not end. */
  readonly unfinished: StoredRecord<RecordOf<'review-start'>> | undefined;
}

/** Appends records in one commit and counts them among the parts of the review. */
export async function recordParts<B extends RecordBody>(
  run: ReviewRun,
  bodies: readonly B[],
  extra: RecordExtra = {},
): Promise<readonly StoredRecord<B>[]> {
  const stored = await run.workspace.record(bodies, extra);
  run.parts.push(...stored.map(({ ref }) => ref));
  return stored;
}
