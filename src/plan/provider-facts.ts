/** Names a kind of statement that only a provider's own document may make. */
export type ProviderFactKind =
  | 'context-window'
  | 'discount'
  | 'latency'
  | 'money'
  | 'quota'
  | 'rate-limit'
  | 'unit-price'
  | 'uptime';

/** Says where a text states a provider's fact; offsets in UTF-16 code units, end exclusive. */
export interface ProviderFact {
  readonly kind: ProviderFactKind;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds statements of price, limit, quota, uptime, discount, latency or context size in one text, left to right.
 *
 * A number alone is none, nor is a share of a budget ("80 %"); a URL is never read. Where two kinds cover the same place
 * the more exact one is given. It classifies, it never extracts a value: such numbers must not travel (documents.md 5).
 *
 * @example
 * findProviderFacts('The limit is 60 RPM') // → [{ kind: 'rate-limit', start: 13, end: 19 }]
 */
export function findProviderFacts(text: string): readonly ProviderFact[] {
  const readable = text.replace(/\bhttps?:\/\/\S+/gi, (url) => ' '.repeat(url.length));
  const found: ProviderFact[] = [];
  for (const { kind, pattern } of PATTERNS) {
    for (const match of readable.matchAll(pattern)) {
      const fact = { kind, start: match.index, end: match.index + match[0].length };
      if (!found.some((other) => other.start < fact.end && fact.start < other.end))
        found.push(fact);
    }
  }
  return found.toSorted((left, right) => left.start - right.start);
}

/** Says in words what a kind states. */
export const PROVIDER_FACT_WORDS = {
  'context-window': 'a context window or token limit',
  discount: 'a discount',
  latency: 'a latency',
  money: 'an amount of money',
  quota: 'a quota',
  'rate-limit': 'a rate limit',
  'unit-price': 'a unit price',
  uptime: 'an uptime',
} as const satisfies Record<ProviderFactKind, string>;

const NUMBER = String.raw`\d[\d,._]*(?:\s?[kKmM])?`;
const CURRENCY = String.raw`(?:USD|EUR|GBP|CNY|JPY|US\$|[$€£¥])`;
// `$1` in a shell line is an argument: the sign needs a decimal, a second digit or a unit to be money.
const AMOUNT = String.raw`(?:${CURRENCY}\s?${NUMBER}|\b${NUMBER}\s?(?:USD|EUR|GBP|CNY|JPY|[€£¥]|dollars?|cents?|euros?)(?![A-Za-z]))`;
const MONEY = String.raw`(?:${CURRENCY}\s?(?:\d[\d,_]*\.\d+|\d[\d,_]+)|\b${NUMBER}\s?(?:USD|EUR|GBP|CNY|JPY|[€£¥]|dollars?|cents?|euros?)(?![A-Za-z]))`;
const UNIT = String.raw`(?:(?:${NUMBER}|million|thousand|MTok)\s*)?(?:input |output |cached )?(?:tokens?|requests?|calls?|seats?|users?|images?|characters?|MTok)\b`;
const TIME = String.raw`(?:second|sec|minute|min|hour|day|month)\b`;
const MARKED = String.raw`(?:up to |at most |about |over )?`;

// Most exact first: a later pattern never overlaps an earlier hit.
const PATTERNS: readonly { readonly kind: ProviderFactKind; readonly pattern: RegExp }[] = [
  {
    kind: 'unit-price',
    pattern: new RegExp(String.raw`${AMOUNT}\s*(?:\/|per|a|an|each|for every)\s*${UNIT}`, 'gi'),
  },
  {
    kind: 'rate-limit',
    pattern: new RegExp(String.raw`\b${NUMBER}\s*(?:RPM|TPM|RPS|TPS|RPD|TPD|QPS|QPM)\b`, 'g'),
  },
  {
    kind: 'rate-limit',
    pattern: new RegExp(
      String.raw`\b${NUMBER}\s*(?:requests?|tokens?|calls?|queries)\s*(?:\/|per|a|an|each|every)\s*${TIME}`,
      'gi',
    ),
  },
  {
    kind: 'uptime',
    pattern:
      /\b\d{2,3}(?:\.\d+)?\s?(?:%|percent)\s*(?:of\s+)?(?:uptime|availability|SLA\b)|\b(?:uptime|availability|SLA)\b[^.;]{0,30}?\b\d{2,3}(?:\.\d+)?\s?(?:%|percent)/gi,
  },
  {
    kind: 'discount',
    pattern:
      /\b\d+(?:\.\d+)?\s?(?:%|percent)\s*(?:off\b|discount|cheaper|less than|lower)|\bdiscounts?\b[^.;]{0,30}?\b\d+(?:\.\d+)?\s?(?:%|percent)/gi,
  },
  {
    kind: 'context-window',
    pattern: new RegExp(
      String.raw`\b${NUMBER}[-\s]*(?:tokens?[-\s]*)?context\b|\b(?:context (?:window|length|size)|max(?:imum)?[_ ](?:output )?tokens)\b[^.;]{0,20}?\b${NUMBER}`,
      'gi',
    ),
  },
  {
    kind: 'quota',
    pattern: new RegExp(
      String.raw`\bquotas?\s+(?:limit\s+)?(?:is|of|=|:)\s*${MARKED}${NUMBER}|\b${NUMBER}\s*(?:requests?|tokens?)\s+quota\b`,
      'gi',
    ),
  },
  {
    kind: 'latency',
    pattern:
      /\b(?:latency|TTFT|p9[059]|time to first token)\b[^.;]{0,30}?\b\d+(?:\.\d+)?\s?(?:ms|milliseconds?|s|seconds?)\b/gi,
  },
  { kind: 'money', pattern: new RegExp(MONEY, 'gi') },
];
