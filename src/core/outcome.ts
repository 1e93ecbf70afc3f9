import type { ReasonId } from './reasons.ts';

/**
 * Answers a check: it passed, it failed, or proof is missing. Missing proof is never a guess, a zero or an empty list.
 */
export type Outcome =
  | { readonly kind: 'pass'; readonly reasons: readonly ReasonId[] }
  | { readonly kind: 'fail'; readonly reasons: readonly ReasonId[] }
  | {
      readonly kind: 'inconclusive';
      readonly reasons: readonly ReasonId[];
      /** Names what is missing, for example `export:quota` or `2026-11-18`. */
      readonly missing: readonly string[];
    };

/** Names the answer alone. */
export type OutcomeKind = Outcome['kind'];

/** Ends a review: the worst of its checks; `paused` when all that could be judged passed and an assumption is held. */
export type ReviewOutcomeKind = OutcomeKind | 'paused';

const WORST_FIRST = ['fail', 'paused', 'inconclusive', 'pass'] as const;

/**
 * Picks the worst: `fail` > `paused` > `inconclusive` > `pass`.
 *
 * @example
 * worstOutcome(['pass', 'inconclusive']) // → 'inconclusive'
 */
export function worstOutcome(kinds: readonly ReviewOutcomeKind[]): ReviewOutcomeKind {
  return WORST_FIRST.find((kind) => kinds.includes(kind)) ?? 'pass';
}

/** Makes a pass. */
export const pass = (...reasons: readonly ReasonId[]): Outcome => ({ kind: 'pass', reasons });

/** Makes a fail; it needs a reason. */
export const fail = (...reasons: readonly [ReasonId, ...ReasonId[]]): Outcome => ({
  kind: 'fail',
  reasons,
});

/** Makes an inconclusive outcome that names what is missing. */
export const inconclusive = (reason: ReasonId, ...missing: readonly string[]): Outcome => ({
  kind: 'inconclusive',
  reasons: [reason],
  missing,
});
