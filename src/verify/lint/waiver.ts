import { addDays, parsePlainDate, type PlainDate } from '../../core/index.ts';
import type { Comment } from './text-piece.ts';

/** The most days between the date of a waiver and its end. */
export const WAIVER_DAYS_MAX = 30;

/** Says that somebody has checked a number against a document, and until when that counts. */
export interface Waiver {
  readonly comment: Comment;
  readonly source: string;
}

/** Names what is wrong with a waiver. */
export type WaiverProblem =
  | 'waiver-expired'
  | 'waiver-malformed'
  | 'waiver-too-long'
  | 'waiver-unknown-source';

export type ReadWaiver =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiver'; readonly waiver: Waiver }
  | { readonly kind: 'bad'; readonly rule: WaiverProblem; readonly message: string };

/** What a waiver is judged by. */
export interface WaiverContext {
  readonly today: PlainDate;
  /** Ids of the plan's documents; undefined when there is no plan. */
  readonly documents: readonly string[] | undefined;
}

/**
 * Reads `verified: source=ID date=YYYY-MM-DD expires=YYYY-MM-DD` in a comment. A bad one is a finding and waives nothing.
 */
export function readWaiver(comment: Comment, context: WaiverContext): ReadWaiver {
  const text = comment.text.trim();
  if (!/^verified\s*:/i.test(text)) return { kind: 'none' };
  const written = parseWaiver(text.slice(text.indexOf(':') + 1));
  if (written === undefined) {
    const form = '`verified: source=DOCUMENT date=YYYY-MM-DD expires=YYYY-MM-DD`';
    return { kind: 'bad', rule: 'waiver-malformed', message: `expected ${form}` };
  }
  const problem = problemOf(written, context);
  if (problem === undefined) return { kind: 'waiver', waiver: { comment, source: written.source } };
  return { kind: 'bad', rule: problem[0], message: problem[1] };
}

interface WrittenWaiver {
  readonly source: string;
  readonly date: PlainDate;
  readonly expires: PlainDate;
}

function parseWaiver(text: string): WrittenWaiver | undefined {
  const fields = new Map<string, string>();
  for (const word of text.trim().split(/\s+/)) {
    const [, key, value] = /^(source|date|expires)=(.+)$/.exec(word) ?? [];
    if (key === undefined || value === undefined || fields.has(key)) return undefined;
    fields.set(key, value);
  }
  const source = fields.get('source');
  const date = parsePlainDate(fields.get('date') ?? '');
  const expires = parsePlainDate(fields.get('expires') ?? '');
  if (source === undefined || date === undefined || expires === undefined) return undefined;
  return { source, date, expires };
}

function problemOf(
  { source, date, expires }: WrittenWaiver,
  { today, documents }: WaiverContext,
): readonly [WaiverProblem, string] | undefined {
  if (documents !== undefined && !documents.includes(source)) {
    return ['waiver-unknown-source', 'the waiver names a document that the plan does not have'];
  }
  if (date > today) return ['waiver-malformed', 'the waiver was given on a day to come'];
  if (expires < date) return ['waiver-malformed', 'the waiver ends before it was given'];
  if (expires > addDays(date, WAIVER_DAYS_MAX)) {
    return ['waiver-too-long', `a waiver lasts ${WAIVER_DAYS_MAX} days at most`];
  }
  return expires < today ? ['waiver-expired', `the waiver ended on ${expires}`] : undefined;
}
