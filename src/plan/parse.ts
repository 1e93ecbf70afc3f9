import type { Diagnostic, Finding } from './diagnostic.ts';
import type { PlanContext } from './draft.ts';
import { expand } from './expand.ts';
import { checkLiterals } from './literal-lint.ts';
import { checkMeaning } from './meaning-phase.ts';
import { checkSchema } from './schema-phase.ts';
import type { Plan } from './schema/plan.ts';
import { placed } from './source.ts';
import { readSyntax } from './syntax.ts';
import { isMap } from './tree.ts';
import { checkVersion } from './version-phase.ts';

/** What {@link parsePlan} needs beside the text. */
export interface ParseOptions extends PlanContext {
  /** The name that diagnostics show. */
  readonly file: string;
}

/** A plan, or everything that is wrong with it. */
export type ParseResult =
  | { readonly kind: 'ok'; readonly plan: Plan; readonly warnings: readonly Diagnostic[] }
  | { readonly kind: 'bad'; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads a plan and reports every mistake of syntax, schema and references at once, sorted by place.
 *
 * References are checked on the raw data, so a mistake of form hides no unknown name. Never throws for a bad plan.
 */
export function parsePlan(text: string, options: ParseOptions): ParseResult {
  const { source, findings, raw, isReadable } = readSyntax(text, options.file);
  const all = [
    ...findings,
    ...(isReadable ? checkForm(raw, options) : []),
    ...checkLiterals(raw, source.text),
  ];
  const diagnostics = sorted(all.map((found) => placed(source, found)));
  if (diagnostics.some(({ severity }) => severity === 'error') || !isMap(raw)) {
    return { kind: 'bad', diagnostics };
  }
  return { kind: 'ok', plan: expand(raw, options), warnings: diagnostics };
}

function checkForm(raw: unknown, options: ParseOptions): readonly Finding[] {
  const version = isMap(raw) ? checkVersion(raw) : undefined;
  if (version !== undefined) return [version];
  return [...checkSchema(raw), ...(isMap(raw) ? checkMeaning(raw, options) : [])];
}

/** What a secret is comes first; then syntax, whose mistakes later phases only repeat at the same place. */
const PHASES: readonly Diagnostic['code'][] = ['plan-syntax', 'plan-schema', 'plan-reference'];

function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const ordered = diagnostics.toSorted(
    (left, right) =>
      left.line - right.line ||
      left.column - right.column ||
      rank(left) - rank(right) ||
      Number(left.rule > right.rule) - Number(left.rule < right.rule),
  );
  const place = ({ line, column }: Diagnostic): string => `${line}:${column}`;
  const taken = new Set(ordered.filter(({ rule }) => FIRST.has(rule)).map(place));
  return ordered.filter((found) => !REPEATS.has(found.rule) || !taken.has(place(found)));
}

const FIRST: ReadonlySet<string> = new Set(['boolean-key', 'secret-literal']);
const REPEATS: ReadonlySet<string> = new Set(['unknown-key', 'unknown-reference', 'wrong-value']);

function rank({ rule, code }: Diagnostic): number {
  return rule === 'secret-literal' ? -1 : PHASES.indexOf(code);
}
