import {
  AppError,
  type Digest,
  type Instant,
  type OutcomeKind,
  type ReasonId,
} from '../../core/index.ts';
import { assumptionProblems } from '../assumption-change.ts';
import type { Workspace } from '../workspace.ts';

/** Says that the plan of a review changes an assumption that may not change, or that nobody can tell. */
export interface AssumptionJudged {
  readonly outcome: OutcomeKind;
  readonly reasons: readonly ReasonId[];
  readonly missing: readonly string[];
}

/** Names the gap where the plan of an earlier review is not on this machine. */
const EARLIER_PLAN = 'part:earlier-plan';

/**
 * Judges the plan of a review as `plan` judges it before: a change of what is held makes the review fail, one of what is not
 * verified is missing evidence. Everything is computed and every threshold fires all the same.
 */
export async function judgeAssumptions(
  workspace: Workspace,
  as: { readonly planDigest: Digest; readonly now: Instant },
): Promise<readonly AssumptionJudged[]> {
  const problems = await assumptionProblems(workspace, as);
  return problems.map(({ assumption, held, removed }) => ({
    outcome: held ? 'fail' : 'inconclusive',
    reasons: ['assumption-changed'],
    missing: [`assumption:${removed ? 'none' : assumption}`],
  }));
}

/** The same during a review, which an earlier plan that was lost does not stop. */
export async function judgeAssumptionsNow(
  workspace: Workspace,
  now: Instant,
): Promise<readonly AssumptionJudged[]> {
  try {
    return await judgeAssumptions(workspace, { planDigest: workspace.loaded.planDigest, now });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'export-unreadable') throw error;
    return [UNKNOWN];
  }
}

/** The same for a review that has ended; what it could not tell then is not told now. */
export async function judgeAssumptionsThen(
  workspace: Workspace,
  as: Parameters<typeof judgeAssumptions>[1] & { readonly missing: readonly string[] },
): Promise<readonly AssumptionJudged[]> {
  return as.missing.includes(EARLIER_PLAN) ? [UNKNOWN] : await judgeAssumptions(workspace, as);
}

const UNKNOWN: AssumptionJudged = {
  outcome: 'inconclusive',
  reasons: ['evidence-gap'],
  missing: [EARLIER_PLAN],
};
