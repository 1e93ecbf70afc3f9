import { durationMs, type Instant, instantMs } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { evidenceGap, type EvidenceNeed } from '../../verify/index.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import type { DocumentsFound } from './documents.ts';
import type { UsageFound } from './usage.ts';

/**
 * Judges the evidence gap: everything that the plan says a review rests on was read, and is not too old. The list of needs
 * comes from the plan, never from what the run happened to read.
 */
export async function judgeGuards(
  run: ReviewRun,
  found: { readonly documents: DocumentsFound; readonly usage: UsageFound },
): Promise<readonly StoredRecord<RecordOf<'guard'>>[]> {
  const body = evidenceGapBody(run, found);
  return body === undefined ? [] : await recordParts(run, [body]);
}

/** What the evidence guard looks at. */
export interface GuardedEvidence {
  readonly documents: { readonly checks: readonly EvidenceCheck[] };
  readonly usage: Pick<UsageFound, 'imported' | 'gaps'>;
}

type EvidenceCheck = Pick<RecordOf<'document-check'>, 'document' | 'state' | 'accessedAt'>;

/** Judges the evidence gap; `undefined` where the plan rests a review on nothing. */
export function evidenceGapBody(
  run: Pick<ReviewRun, 'workspace' | 'now' | 'id'>,
  found: GuardedEvidence,
): RecordOf<'guard'> | undefined {
  const needs = [...documentNeeds(run, found.documents), ...exportNeeds(run, found.usage)];
  if (needs.length === 0) return undefined;
  return { kind: 'guard', review: run.id, ...evidenceGap(needs) };
}

function documentNeeds(
  { workspace, now }: Pick<ReviewRun, 'workspace' | 'now'>,
  { checks }: GuardedEvidence['documents'],
): readonly EvidenceNeed[] {
  return workspace.plan.documents.map((document) => {
    const check = checks.find((one) => one.document === document.id);
    return {
      subject: `document:${document.id}`,
      needed: true,
      found: check !== undefined && check.state !== 'unreadable',
      maxAgeMs: durationMs(document.freshness.maxAge),
      ageMs: check === undefined ? null : ageOf(check.accessedAt as Instant, now),
    };
  });
}

function exportNeeds(
  { workspace }: Pick<ReviewRun, 'workspace'>,
  usage: GuardedEvidence['usage'],
): readonly EvidenceNeed[] {
  return workspace.plan.exports
    .filter(({ approved }) => approved.for.includes('budget-review'))
    .map(({ id }) => ({
      subject: `export:${id}`,
      needed: true,
      found: usage.imported.has(id) && !usage.gaps.some((gap) => gap.export === id),
      maxAgeMs: null,
      ageMs: null,
    }));
}

/** A page is read during the run, after `now` was taken: that is age zero, not evidence from the future. */
const ageOf = (accessedAt: Instant, now: Instant): number =>
  Math.max(0, instantMs(now) - instantMs(accessedAt));
