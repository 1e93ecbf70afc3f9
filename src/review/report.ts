import { join } from 'node:path';
import type { Digest } from '../core/index.ts';
import { loadReviewBundle, type ReviewBundle } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import { renderReview } from '../report/index.ts';
import { keptPlan } from './kept-inputs.ts';
import type { Workspace } from './workspace.ts';
import { writeWhole } from './write-whole.ts';

/** One review with everything a renderer needs; nothing of the live run. */
export interface Report {
  readonly bundle: ReviewBundle;
  /** The expanded plan whose digest the record names. */
  readonly plan: Plan;
}

/**
 * Loads a review and the plan it was run under.
 *
 * @throws {AppError} `record-unknown` for no such review, `export-unreadable` when the plan's text was not kept here.
 */
export async function loadReport(workspace: Workspace, id?: string): Promise<Report> {
  const bundle = await loadReviewBundle(workspace.ledger, id);
  return { bundle, plan: await planOfRecord(workspace, bundle.review.context.plan) };
}

/**
 * Loads the plan that a record was made under.
 *
 * @throws {AppError} `export-unreadable` when its text was not kept here.
 */
export async function planOfRecord(workspace: Workspace, digest: string | null): Promise<Plan> {
  return digest === null || digest === workspace.loaded.planDigest
    ? workspace.plan
    : await keptPlan(workspace.state, digest as Digest);
}

/** Writes the one-page Markdown report into `views/`, whole or not at all, and gives its path relative to the plan. */
export async function writeReport(workspace: Workspace, id: string): Promise<string> {
  const { bundle, plan } = await loadReport(workspace, id);
  const { text } = renderReview('markdown', bundle, plan, {});
  await writeWhole(join(workspace.state, 'views', `${id}.md`), text);
  return `.spendproof/views/${id}.md`;
}
