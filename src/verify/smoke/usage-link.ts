import { addDuration, type Instant } from '../../core/index.ts';
import { failed, passed, unproved } from './preflight.ts';
import type { JudgedFields } from './result.ts';

/** Holds what the caller found in the approved export, by the way that the plan names. */
export type LinkEvidence =
  | {
      readonly by: 'trace';
      /** MAC of the smoke test's trace marker; null when it had none. */
      readonly trace: string | null;
      /** Rows of the export around the time of the test, their request ids turned into MACs by the same salt. */
      readonly rows: readonly { readonly mac: string; readonly model: string | null }[];
      /** The model that every matching row must name; null when the plan does not ask for it. */
      readonly mustMatchModel: string | null;
    }
  | {
      readonly by: 'key-day';
      /** Requests of the dedicated key on that day before and after the test; null is unknown, never zero. */
      readonly before: number | null;
      readonly after: number | null;
      /** Requests that carried the key since `before`, of every run that uses it. */
      readonly sent: number;
      /** Those runs: each must show by one request at least. */
      readonly runs: number;
    }
  | {
      readonly by: 'attested';
      /** The role that saw the usage in the account; null as long as nobody did. */
      readonly role: string | null;
    };

/** Names the smoke test's request and how long its usage may take to show up. */
export interface LinkQuestion {
  readonly export: string;
  readonly sentAt: Instant;
  /** As in the plan, such as `24h`. */
  readonly within: string;
  readonly asOf: Instant;
  readonly found: LinkEvidence;
}

/** Answers whether the smoke test's own usage is in the export: the fields of a usage-link record, and the state's name. */
export interface UsageLink extends JudgedFields {
  readonly state: 'linked' | 'pending' | 'gap';
  readonly export: string;
  readonly by: LinkEvidence['by'];
}

/**
 * Decides whether the usage of a smoke test is found, may still come, or is missing.
 *
 * A row that carries the trace but another model is a gap that fails: something else than the requested model was used.
 */
export function linkUsage(question: LinkQuestion): UsageLink {
  const named = { export: question.export, by: question.found.by };
  const match = matchOf(question.found);
  if (match === 'match') return { state: 'linked', ...named, ...passed };
  if (match === 'mismatch') return { state: 'gap', ...named, ...failed('smoke-invalid') };
  const missing = `export:${question.export}`;
  const mayCome =
    match === 'absent' && question.asOf < addDuration(question.sentAt, question.within);
  return mayCome
    ? { state: 'pending', ...named, ...unproved('usage-link-pending', missing) }
    : { state: 'gap', ...named, ...unproved('usage-link-gap', missing) };
}

function matchOf(found: LinkEvidence): 'match' | 'mismatch' | 'absent' | 'never' {
  switch (found.by) {
    case 'trace': {
      if (found.trace === null) return 'never';
      const rows = found.rows.filter(({ mac }) => mac === found.trace);
      if (rows.length === 0) return 'absent';
      const { mustMatchModel } = found;
      return mustMatchModel === null || rows.every(({ model }) => model === mustMatchModel)
        ? 'match'
        : 'mismatch';
    }
    case 'key-day':
      return matchOfDay(found);
    case 'attested':
      return found.role === null ? 'absent' : 'match';
    default:
      found satisfies never;
      throw new RangeError('Unknown way to find usage');
  }
}

type KeyDay = Extract<LinkEvidence, { by: 'key-day' }>;

/** Tells whether a count rose by what was sent: by each run at least once, and by nobody else. */
export const isRise = (found: KeyDay): boolean => matchOfDay(found) === 'match';

function matchOfDay({ before, after, sent, runs }: KeyDay): 'match' | 'absent' | 'never' {
  if (before === null || after === null || after - before < Math.max(1, runs)) return 'absent';
  // More than was sent: somebody else uses the key, so the count proves nothing of this test.
  return after - before <= sent ? 'match' : 'never';
}
