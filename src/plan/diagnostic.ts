import type { PlanRule } from './rules.ts';
import { maskSecrets } from './secret-shapes.ts';
import type { Path } from './tree.ts';

/** Names the phase that found a mistake; each is an id of core `ERROR_CODES`. */
export type PlanErrorCode = 'plan-reference' | 'plan-schema' | 'plan-syntax';

/** Says what is wrong in a plan, where, and how to mend it. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: PlanErrorCode;
  /** The finer name of the mistake, such as `unknown-key` or `secret-literal`. */
  readonly rule: PlanRule;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** Exclusive; on the same line. */
  readonly endColumn: number;
  /** Such as `budgets[0].amount`; empty for the whole plan. */
  readonly path: string;
  /** What was expected and what came; it holds no secret. */
  readonly message: string;
  readonly hint?: string;
}

/** Holds a mistake before its place in the text is known. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: PlanErrorCode;
  readonly rule: PlanRule;
  readonly path: Path;
  /** Whether the mistake is the key or its value. */
  readonly on: 'key' | 'value';
  /** Offsets in the text, where the path alone cannot say it, as in a comment. */
  readonly span?: readonly [number, number];
  readonly message: string;
  readonly hint?: string;
}

/** Holds what differs from a plain error of the reference phase. */
type FindingDetail = Partial<Omit<Finding, 'rule' | 'path' | 'message'>>;

/** Makes an error of the reference phase on a value, unless the detail says otherwise. */
export function finding(
  rule: PlanRule,
  path: Path,
  message: string,
  detail: FindingDetail = {},
): Finding {
  return { severity: 'error', code: 'plan-reference', on: 'value', rule, path, message, ...detail };
}

const SHOWN_MAX = 60;

/** Quotes a value of the plan in a message: masked where it looks like a secret, cut at 60 characters. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? maskSecrets(value) : String(value);
  return `"${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}"`;
}

/** Says which known word was meant, as a hint; lists up to eight known words when none is near. */
export function meantHint(
  near: string | undefined,
  known: readonly string[],
): { readonly hint?: string } {
  if (near !== undefined) return { hint: `did you mean "${near}"?` };
  if (known.length === 0) return { hint: 'the plan has none' };
  const more = known.length > 8 ? ` and ${known.length - 8} more` : '';
  return { hint: `known: ${known.slice(0, 8).join(', ')}${more}` };
}
