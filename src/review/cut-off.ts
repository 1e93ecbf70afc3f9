import { unfinishedReviews } from '../evidence/index.ts';
import type { Workspace } from './workspace.ts';

/** A review that began and has not ended: its process died, or still runs. */
export interface CutOffReview {
  readonly review: string;
  /** When it began for the first time. */
  readonly since: string;
}

/** Lists reviews that began and did not end, each once; the next run of the same period goes on under the same name. */
export async function cutOffReviews({
  ledger,
}: Pick<Workspace, 'ledger'>): Promise<readonly CutOffReview[]> {
  const ended = new Set((await ledger.records({ kind: 'review' })).map(({ body }) => body.review));
  const found = new Map<string, CutOffReview>();
  for (const { context, body } of await unfinishedReviews(ledger)) {
    if (ended.has(body.review) || found.has(body.review)) continue;
    found.set(body.review, { review: body.review, since: context.at });
  }
  return [...found.values()];
}
