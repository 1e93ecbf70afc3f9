import type { PlainDate } from '../../core/index.ts';
import {
  findProviderFacts,
  type Plan,
  PROVIDER_FACT_WORDS,
  type ProviderFactKind,
} from '../../plan/index.ts';
import { ownAmounts } from './own-amounts.ts';
import { scanData } from './scan-data.ts';
import { scanMarkdown } from './scan-markdown.ts';
import { type Comment, lineFinder, type ScannedFile, type TextPiece } from './text-piece.ts';
import { readWaiver, WAIVER_DAYS_MAX, type WaiverProblem } from './waiver.ts';

/** What running text, tables, code and data are searched for; the kinds that only claims are refused for are not among them. */
const LINT_KINDS = [
  'context-window',
  'discount',
  'latency',
  'model-list',
  'money',
  'quota',
  'rate-limit',
  'unit-price',
  'uptime',
] as const satisfies readonly ProviderFactKind[];

/** Lists every rule of the lint with what it finds. */
export const LINT_RULES: readonly { readonly id: LintRule; readonly summary: string }[] = [
  ...LINT_KINDS.map((id) => ({ id, summary: `States ${PROVIDER_FACT_WORDS[id]}` })),
  { id: 'waiver-expired', summary: 'A waiver has ended' },
  { id: 'waiver-malformed', summary: 'A waiver cannot be read' },
  { id: 'waiver-too-long', summary: `A waiver lasts longer than ${WAIVER_DAYS_MAX} days` },
  { id: 'waiver-unknown-source', summary: 'A waiver names no document of the plan' },
];

export type LintRule = ProviderFactKind | WaiverProblem;

/** Says where a file states what only a provider's document may, or that a waiver does not count. It never holds the value. */
export interface LintFinding {
  readonly rule: LintRule;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** 1-based. */
  readonly endLine: number;
  /** Exclusive. */
  readonly endColumn: number;
  readonly where: TextPiece['where'] | 'waiver';
  readonly message: string;
  readonly hint: string;
}

/** Holds what a lint is judged by beside the text. */
export interface LintContext {
  readonly today: PlainDate;
  /** The team's plan, when there is one: its own amounts are allowed, and waivers must name its documents. */
  readonly plan: Plan | undefined;
}

/** Holds a text to look through and what it is. */
export interface LintSource {
  /** The name that findings show. */
  readonly file: string;
  readonly text: string;
  readonly syntax: 'data' | 'markdown';
}

/** Holds the findings of one text and the statements that a waiver allows. */
export interface LintResult {
  readonly findings: readonly LintFinding[];
  readonly waived: number;
}

/**
 * Finds prices, limits, discounts, uptimes, context sizes, latencies and lists of models in a runbook or plan.
 *
 * Such numbers live in a provider's documents: a copy is wrong the day they change (design: documents.md 5).
 */
export function lintText(source: LintSource, context: LintContext): LintResult {
  const scanned = source.syntax === 'markdown' ? scanMarkdown(source.text) : scanData(source.text);
  const place = lineFinder(source.text);
  const { covered, findings } = readWaivers(scanned, source.file, place, context);
  const isOwn = ownAmounts(context.plan);
  let waived = 0;
  const seen = new Set<string>();
  for (const piece of scanned.pieces) {
    for (const fact of findProviderFacts(piece.text, piece.place)) {
      const stated = piece.text.slice(fact.start, fact.end);
      const key = `${piece.offset + fact.start} ${fact.kind}`;
      if (seen.has(key) || (fact.kind === 'money' && isOwn(stated))) continue;
      seen.add(key);
      if (covered.has(piece.block)) {
        waived += 1;
        continue;
      }
      const start = place(piece.offset + fact.start);
      const end = place(piece.offset + fact.end);
      findings.push({
        rule: fact.kind,
        file: source.file,
        ...start,
        endLine: end.line,
        endColumn: end.column,
        where: piece.where,
        message: `This states ${PROVIDER_FACT_WORDS[fact.kind]}, which only a provider's document may.`,
        hint: hintFor(fact.kind, context.plan),
      });
    }
  }
  const sorted = findings.toSorted(
    (left, right) => left.line - right.line || left.column - right.column,
  );
  return { findings: sorted, waived };
}

function readWaivers(
  { comments }: ScannedFile,
  file: string,
  place: ReturnType<typeof lineFinder>,
  { today, plan }: LintContext,
): { readonly covered: ReadonlySet<number>; readonly findings: LintFinding[] } {
  const covered = new Set<number>();
  const findings: LintFinding[] = [];
  const documents = plan?.documents.map(({ id }) => id);
  for (const comment of comments) {
    const read = readWaiver(comment, { today, documents });
    if (read.kind === 'waiver') for (const block of comment.blocks) covered.add(block);
    if (read.kind === 'bad') {
      findings.push({
        rule: read.rule,
        file,
        ...placeOf(comment, place),
        where: 'waiver',
        message: `${capital(read.message)}.`,
        hint: `Check the document again, then write a date of today and an end within ${WAIVER_DAYS_MAX} days.`,
      });
    }
  }
  return { covered, findings };
}

function placeOf({ text, offset }: Comment, place: ReturnType<typeof lineFinder>) {
  const start = offset + (text.length - text.trimStart().length);
  const end = place(offset + text.trimEnd().length);
  return { ...place(start), endLine: end.line, endColumn: end.column };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const PRICES: ReadonlySet<string> = new Set(['discount', 'money', 'unit-price']);

/** Names the document that a reader should be sent to, when the plan has one that is about it. */
function hintFor(kind: ProviderFactKind, plan: Plan | undefined): string {
  const about = PRICES.has(kind) ? /pric|billing|cost/i : /limit|model|reference|status|sla/i;
  const document = plan?.documents.find(
    ({ id, purpose, url }) => url !== undefined && about.test(`${id} ${purpose} ${url}`),
  );
  return document?.url === undefined
    ? 'Send the reader to the document instead, or add a waiver that names it.'
    : `Send the reader to the document instead (${document.id}: ${document.url}), or add a waiver that names it.`;
}
