import { type GuardResult, MISSING_MAX } from './result.ts';

/** States one piece of evidence that a judgement needs; the list comes from the plan, never from what a run happened to read. */
export interface EvidenceNeed {
  /** What is meant, such as `export:quota` or `document:pricing`. */
  readonly subject: string;
  readonly needed: boolean;
  /** `unknown` when it could not be looked at: that is not the same as found. */
  readonly found: boolean | 'unknown';
  /** Milliseconds; null when age does not matter. */
  readonly maxAgeMs: number | null;
  /** Milliseconds; null when it is not known. */
  readonly ageMs: number | null;
}

/**
 * Names the needed evidence that is missing, stale, or of unknown or impossible age; only a complete list passes.
 *
 * A list that needs nothing is inconclusive: a guard that asked nothing has guarded nothing.
 */
export function evidenceGap(manifest: readonly EvidenceNeed[]): GuardResult {
  const needs = manifest.filter(({ needed }) => needed);
  const open = needs.filter((need) => !isThere(need)).map(({ subject }) => subject);
  const missing = needs.length === 0 ? ['guard:evidence-gap'] : capped([...new Set(open)]);
  return missing.length === 0
    ? { guard: 'evidence-gap', outcome: 'pass', reasons: [], missing: [] }
    : { guard: 'evidence-gap', outcome: 'inconclusive', reasons: ['evidence-gap'], missing };
}

function isThere({ found, maxAgeMs, ageMs }: EvidenceNeed): boolean {
  if (found !== true) return false;
  if (maxAgeMs === null) return true;
  // Evidence from the future has a wrong clock or a wrong date; NaN compares false.
  return ageMs !== null && ageMs >= 0 && ageMs <= maxAgeMs;
}

/** Keeps the list within a record, and says so instead of cutting it off in silence. */
const capped = (subjects: readonly string[]): readonly string[] =>
  subjects.length <= MISSING_MAX
    ? subjects
    : [...subjects.slice(0, MISSING_MAX - 1), 'part:and-others'];
