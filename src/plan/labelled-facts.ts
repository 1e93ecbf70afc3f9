import type { FactKind, Shape } from './fact-patterns.ts';

/**
 * Finds what a number says by the column or key above it: `3.00` under "Price per token" is a unit price.
 *
 * @param label the header of the column or the name of the key, in any case style.
 */
export function findLabelled(label: string, value: string): readonly Shape[] {
  const words = wordsOf(label);
  for (const { kind, label: pattern, value: wanted } of LABELS) {
    if (!pattern.test(words)) continue;
    const match = wanted.exec(value);
    if (match !== null) {
      return [{ kind, start: match.index, end: match.index + match[0].length }];
    }
  }
  return [];
}

/** Writes `input_cost_per_token` and `maxTokens` as words. */
const wordsOf = (label: string): string =>
  label
    .slice(0, 200)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_\-.]+/g, ' ')
    .toLowerCase();

const NUMBER = /\d(?:[\d,._']{0,30}\d)?(?:e-?\d{1,3})?(?:\s?[kKmM]\b)?/;
const SHARE = /\d(?:[\d.,]{0,10}\d)?(?:\s?(?:%|percent\b))?/;

const LABELS: readonly {
  readonly kind: FactKind;
  readonly label: RegExp;
  readonly value: RegExp;
}[] = [
  {
    kind: 'unit-price',
    label:
      /\b(?:price|pricing|cost|costs|rate|charge|fee)s?\b.{0,40}(?:\bper\b|\/|[$€£¥])|[$€£¥]\s?(?:\/|per)|\b(?:input|output|cached|unit|list|token) (?:price|pricing|cost)\b|^(?:price|pricing)$/,
    value: NUMBER,
  },
  {
    kind: 'rate-limit',
    label:
      /\b(?:rpm|tpm|rps|tps|rpd|tpd|qps|qpm|rate limits?)\b|\b(?:requests|tokens|calls) ?(?:per|\/) ?(?:second|minute|hour|day|s|min)/,
    value: NUMBER,
  },
  { kind: 'uptime', label: /\b(?:uptime|availability|sla)\b/, value: SHARE },
  { kind: 'discount', label: /\bdiscounts?\b/, value: SHARE },
  {
    kind: 'context-window',
    label:
      /\bcontext (?:window|length|size|limit|tokens)\b|^context$|\bmax(?:imum)? (?:(?:input|output|completion) )?tokens\b/,
    value: NUMBER,
  },
  { kind: 'quota', label: /\bquotas?\b/, value: NUMBER },
  {
    kind: 'latency',
    label: /\b(?:latency|ttft|p50|p9[059]|time to first token|response time)\b/,
    value: /\d[\d.,]{0,12}\s?(?:ms|s|seconds?|milliseconds?)?\b/,
  },
];
