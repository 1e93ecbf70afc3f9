/** Names what a statement is about. */
export type FactKind =
  | 'context-window'
  | 'discount'
  | 'latency'
  | 'limit'
  | 'model-list'
  | 'money'
  | 'percentage'
  | 'quota'
  | 'rate-limit'
  | 'unit-price'
  | 'uptime';

/** Holds where a shape stands; the end is exclusive. */
export interface Shape {
  readonly kind: FactKind;
  readonly start: number;
  readonly end: number;
}

/** Finds statements by their own shape, whatever stands around them; a later one never overlaps a more exact one. */
export function findShapes(text: string): readonly Shape[] {
  // Each shape has a digit, and a letter or a sign of money: to compile all of them takes longer than to read a plan.
  if (!/\d/.test(text) || !/[a-z$€£¥₹¢]/i.test(text)) return [];
  return apart(
    text.length,
    PATTERNS.flatMap(({ kind, pattern }) =>
      [...text.matchAll(pattern)].map((match) => ({
        kind,
        start: match.index,
        end: match.index + match[0].length,
      })),
    ),
  );
}

/** Keeps each statement that overlaps none before it in the list. */
export function apart(length: number, shapes: readonly Shape[]): readonly Shape[] {
  const taken = new Uint8Array(length);
  return shapes.filter(({ start, end }) => {
    if (taken.subarray(start, end).includes(1)) return false;
    taken.fill(1, start, end);
    return true;
  });
}

// Every repetition is bounded: an unbounded one before a unit backtracks on long runs of digits.
const NUMBER = String.raw`\d(?:[\d,._']{0,30}\d)?(?:\s?[kKmM](?![A-Za-z]))?`;
const CODES = '(?:USD|EUR|GBP|CNY|RMB|JPY|INR|CHF|CAD|AUD)';
const CURRENCY = String.raw`(?:US\$|[$€£¥₹]|\b${CODES}\b)`;
const AFTER = String.raw`(?:${CODES}|[€£¥₹]|¢|(?:US )?dollars?|cents?|euros?|pounds?|yuan)(?![A-Za-z])`;
const AMOUNT = String.raw`(?:${CURRENCY}\s?${NUMBER}|\b${NUMBER}\s?${AFTER})`;
const THING =
  '(?:tokens?|requests?|calls?|seats?|users?|images?|characters?|minutes?|seconds?|pages?|queries|MTok|KTok)';
const COUNT = String.raw`(?:(?:${NUMBER}|million|thousand|hundred)\s{0,3})?`;
const UNIT = String.raw`${COUNT}(?:(?:input|output|cached|prompt|completion|audio) )?${THING}\b`;
const COUNTED = '(?:requests?|reqs?|tokens?|calls?|queries|messages?|images?)';
const TIME = '(?:seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|months?)';
const PER = String.raw`\s{0,3}(?:\/|per|a|an|each|every|for every)\s{0,3}`;
const RATE = '(?:RPM|TPM|RPS|TPS|RPD|TPD|QPS|QPM|IPM)';
const SHARE = String.raw`\d{1,3}(?:\.\d{1,6})?\s?(?:%|percent\b)`;
const TOLD = String.raw`(?:\s{0,3}(?:[:=]|is|are|of|to|at|under|below|within|up to|at most|about|over|<|≤|~|limits?|by|max|maximum))`;
const MODEL = String.raw`(?<![\w.-])(?=[\w.-]{0,40}\d)[a-z][a-z]{1,20}(?:[-.][a-z0-9]{1,12}){1,6}(?![\w-])`;

/** Most exact first. */
const PATTERNS: readonly { readonly kind: FactKind; readonly pattern: RegExp }[] = [
  { kind: 'unit-price', pattern: new RegExp(`${AMOUNT}${PER}(?:${UNIT})`, 'gi') },
  {
    kind: 'unit-price',
    pattern: new RegExp(
      String.raw`\b\d[\d.]{0,10}\s?[kKmM]?\s?(?:input |output )?tokens?\s{0,3}(?:for|=|cost|costs|at)\s{0,3}${AMOUNT}`,
      'gi',
    ),
  },
  { kind: 'rate-limit', pattern: new RegExp(String.raw`\b${NUMBER}\s{0,3}${RATE}\b`, 'g') },
  {
    kind: 'rate-limit',
    pattern: new RegExp(String.raw`\b${RATE}(?:${TOLD}){1,3}\s{0,3}${NUMBER}`, 'g'),
  },
  {
    kind: 'rate-limit',
    pattern: new RegExp(String.raw`\b${NUMBER}\s{0,3}${COUNTED}${PER}${TIME}\b`, 'gi'),
  },
  {
    kind: 'rate-limit',
    pattern: new RegExp(
      String.raw`\b${NUMBER}\s{0,3}(?:concurrent|parallel|simultaneous) (?:requests?|calls?|connections?)\b`,
      'gi',
    ),
  },
  {
    kind: 'uptime',
    pattern: new RegExp(
      String.raw`\b${SHARE}\s{0,3}(?:of\s{1,3})?(?:monthly |annual )?(?:uptime|availability|SLA\b)|\b(?:uptime|availability|SLA)\b[^.;\d]{0,30}\b${SHARE}`,
      'gi',
    ),
  },
  {
    kind: 'discount',
    pattern: new RegExp(
      String.raw`\b${SHARE}\s{0,3}(?:off\b|discounts?|cheaper|less than|lower|below (?:official|list))|\bdiscounts?\b[^.;\d]{0,30}\b${SHARE}|\bsaves?\b[^.;\d]{0,12}${SHARE}`,
      'gi',
    ),
  },
  {
    kind: 'context-window',
    pattern: new RegExp(
      String.raw`\b${NUMBER}[-\s]{0,3}(?:tokens?[-\s]{0,3})?(?:of )?context\b|\b(?:context (?:window|length|size|limit)|max(?:imum)?[_ ](?:(?:input|output|completion)[_ ])?tokens)\b["'\`]?(?:${TOLD}|\s){0,4}\s{0,3}${NUMBER}`,
      'gi',
    ),
  },
  {
    kind: 'quota',
    pattern: new RegExp(
      String.raw`\bquotas?\s{1,3}(?:limit\s{1,3})?(?:is|of|=|:)\s{0,3}(?:up to |at most |about |over )?${NUMBER}|\b${NUMBER}\s{0,3}(?:requests?|tokens?)\s{1,3}quota\b`,
      'gi',
    ),
  },
  {
    kind: 'latency',
    pattern:
      /\b(?:latency|latencies|TTFT|p9[059]|p50|time to first token|response times?|responds?)\b[^.;\d]{0,30}\b\d[\d.,]{0,12}\s?(?:ms|milliseconds?|s|seconds?)\b/gi,
  },
  {
    kind: 'model-list',
    pattern: new RegExp(
      String.raw`\bmodels?\b[^.;]{0,60}?${MODEL}(?:\s{0,2}(?:,|\/|\||and|or|&)\s{0,2}(?:and |or )?${MODEL}){1,40}|${MODEL}(?:\s{0,2}(?:,|\/|\||and|or|&)\s{0,2}(?:and |or )?${MODEL}){1,40}\s[^.;]{0,20}\bmodels?\b`,
      'g',
    ),
  },
  { kind: 'money', pattern: new RegExp(AMOUNT, 'gi') },
];
