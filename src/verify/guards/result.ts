import type { OutcomeKind, ReasonId } from '../../core/index.ts';

/** Answers one guard: the fields of a guard record. */
export interface GuardResult {
  readonly guard: 'evidence-gap' | 'weak-handoff';
  readonly outcome: OutcomeKind;
  readonly reasons: readonly ReasonId[];
  /** Subjects, at most {@link MISSING_MAX}. */
  readonly missing: readonly string[];
}

/** As many subjects as a record can hold. */
export const MISSING_MAX = 64;
