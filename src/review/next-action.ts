import type { ReviewOutcomeKind } from '../core/index.ts';

export type NextAction = 'keep-monitoring' | 'update-runbook' | 'escalate-review';

/** What the rule looks at. */
export interface Situation {
  readonly outcome: ReviewOutcomeKind;
  /** The outcome of the review before this one; undefined for the first. */
  readonly previous: ReviewOutcomeKind | undefined;
  /** A document or a claim changed, or is new and waits for a reader. */
  readonly documentsChanged: boolean;
}

/**
 * Picks the one next action (design: product.md, "Words that nest").
 *
 * `escalate-review` for fail, paused, or inconclusive twice in a row; `update-runbook` when a document or claim changed;
 * else `keep-monitoring`.
 */
export function nextAction({ outcome, previous, documentsChanged }: Situation): NextAction {
  if (outcome === 'fail' || outcome === 'paused') return 'escalate-review';
  if (outcome === 'inconclusive' && previous === 'inconclusive') return 'escalate-review';
  return documentsChanged ? 'update-runbook' : 'keep-monitoring';
}

/** Gives the exit status of a review's outcome: pass 0, fail 3, paused 6, inconclusive 5. */
export function exitOf(outcome: ReviewOutcomeKind): 0 | 3 | 5 | 6 {
  switch (outcome) {
    case 'pass':
      return 0;
    case 'fail':
      return 3;
    case 'paused':
      return 6;
    case 'inconclusive':
      return 5;
    default:
      outcome satisfies never;
      throw new RangeError(`Unknown outcome ${String(outcome)}`);
  }
}
