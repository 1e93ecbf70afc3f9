import { apart, type FactKind, findShapes } from './fact-patterns.ts';
import { findLabelled } from './labelled-facts.ts';
import { blankAddresses, isShellMark } from './fact-context.ts';

/** Names a kind of statement that only a provider's own document may make. */
export type ProviderFactKind = FactKind;

/** Says where a text states a provider's fact; offsets in UTF-16 code units, end exclusive. */
export interface ProviderFact {
  readonly kind: ProviderFactKind;
  readonly start: number;
  readonly end: number;
}

/** Says what a text is, because the same signs mean different things there. */
export type FactPlace =
  /** Running text, a heading or a comment. */
  | { readonly kind: 'prose' }
  /** Code and shell lines: `$1` is an argument, and a limit that a request sets is the team's own. */
  | { readonly kind: 'code' }
  /** A table's cell or a value of data under its column or key. */
  | { readonly kind: 'labelled'; readonly label: string };

/**
 * Finds statements of price, limit, quota, uptime, discount, latency, context size or a list of models, left to right.
 *
 * A number alone is none, nor is a share of a budget ("80 %"); addresses are never read. Where two kinds cover the same
 * place the more exact one is given. It classifies, it never extracts a value: such numbers must not travel (documents.md 5).
 * One classifier serves the plan's own check, `spendproof lint` and the redaction of differences.
 *
 * @example
 * findProviderFacts('The limit is 60 RPM') // → [{ kind: 'rate-limit', start: 13, end: 19 }]
 */
export function findProviderFacts(
  text: string,
  place: FactPlace = { kind: 'prose' },
): readonly ProviderFact[] {
  const readable = blankAddresses(text);
  const isCode = place.kind === 'code';
  const shapes = findShapes(readable).filter(
    ({ kind, start, end }) =>
      !(kind === 'money' && isShellMark(text, { start, end }, isCode)) &&
      !(isCode && OWN_IN_CODE.has(kind)),
  );
  const labelled = place.kind === 'labelled' ? findLabelled(place.label, readable) : [];
  const found = apart(text.length, [
    ...shapes.filter(({ kind }) => kind !== 'money'),
    ...labelled,
    ...shapes,
  ]);
  return found.toSorted((left, right) => left.start - right.start);
}

/**
 * Finds what a claim or its wording must not hold: a provider's fact, any share in percent, and any limit with a number.
 */
export function findClaimFacts(text: string): readonly ProviderFact[] {
  const facts = findProviderFacts(text);
  const readable = blankAddresses(text);
  const more = STRICT.flatMap(({ kind, pattern }) =>
    [...readable.matchAll(pattern)].map((match) => ({
      kind,
      start: match.index,
      end: match.index + match[0].length,
    })),
  );
  return [...facts, ...more].toSorted((left, right) => left.start - right.start);
}

/** Says in words what a kind states. */
export const PROVIDER_FACT_WORDS = {
  'context-window': 'a context window or token limit',
  discount: 'a discount',
  latency: 'a latency',
  limit: 'a limit',
  'model-list': 'a list of models',
  money: 'an amount of money',
  percentage: 'a percentage',
  quota: 'a quota',
  'rate-limit': 'a rate limit',
  'unit-price': 'a unit price',
  uptime: 'an uptime',
} as const satisfies Record<ProviderFactKind, string>;

/** `max_tokens` in a request, and a list of models in a program, are what the team chose. */
const OWN_IN_CODE: ReadonlySet<ProviderFactKind> = new Set(['context-window', 'model-list']);

const STRICT: readonly { readonly kind: ProviderFactKind; readonly pattern: RegExp }[] = [
  { kind: 'percentage', pattern: /\d(?:[\d.,]{0,20}\d)?\s?(?:%|percent\b)/gi },
  { kind: 'money', pattern: /(?:US\$|[$€£¥₹])\s?\d[\d.,]{0,40}/g },
  {
    kind: 'limit',
    pattern:
      /\b(?:limit(?:ed|s)?|maximum|max|minimum|at most|at least|up to|no more than)\b[^.;\d]{0,20}\d[\d.,_]{0,20}(?:\s?[kKmM]\b)?/gi,
  },
];
