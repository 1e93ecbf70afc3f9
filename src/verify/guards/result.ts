import type { OutcomeKind, ReasonId } from '../../core/index.ts';

/** Answers one guard: the fields of a guard record. */
export interface GuardResult {
  readonly guard:
    | 'evidence-gap'
    | 'scope-drift'
    | 'environment-mismatch'
    | 'unreviewed-fallback'
    | 'weak-handoff';
  readonly outcome: OutcomeKind;
  readonly reasons: readonly ReasonId[];
  /** Subjects, at most {@link MISSING_MAX}. */
  readonly missing: readonly string[];
}

/** One thing that a guard points at; tools for code review show it beside the file. */
export interface GuardFinding {
  /** Such as `scope-drift/symlink`. */
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  /** Relative to the root of the repository. */
  readonly file?: string;
}

/** Makes the answer of a guard that found something, or nothing, or could not look. */
export const guardAnswer = (
  guard: GuardResult['guard'],
  outcome: OutcomeKind,
  reasons: readonly ReasonId[] = [],
  missing: readonly string[] = [],
): GuardResult => ({ guard, outcome, reasons, missing });

/** As many subjects as a record can hold. */
export const MISSING_MAX = 64;
