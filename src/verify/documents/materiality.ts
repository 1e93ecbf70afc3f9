import { DEPRECATION } from './claims.ts';
import type { Block } from './normalised.ts';

/** Ranks a change, least first: how it looks, how it is said, a name or path, a number, the shape of the page. */
export const MATERIALITIES = [
  'cosmetic',
  'editorial',
  'identifier',
  'value',
  'structural',
] as const;
export type Materiality = (typeof MATERIALITIES)[number];

/** Counts blocks by how much their change means. */
export type MaterialityCounts = Readonly<Record<Materiality, number>>;

const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
/** Dates are told apart from other numbers; a word may follow without a space, as markup without one leaves it. */
const DATES = new RegExp(
  String.raw`\b\d{4}-\d{2}-\d{2}(?:T[\d:.]{5,12}Z?)?\b|\b${MONTH}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}(?!\d)|\b\d{1,2}(?:st|nd|rd|th)?\.? ${MONTH}\.?,? \d{4}(?!\d)`,
  'giu',
);
/** Inline code, URLs and paths, header and snake_case names, and words that mix letters with digits: names, not numbers. */
const IDENTIFIERS =
  /`[^`]{1,300}`|https?:\/\/[^\s)>\]]{1,500}|(?<![\w.])\/[\w{}-][\w./{}:-]{0,300}|\b[a-z]{1,60}(?:_[a-z0-9]{1,60}){1,20}\b|\b[A-Z][A-Za-z]{0,40}(?:-[A-Z][A-Za-z]{0,40}){1,8}\b|\b(?=[\w.-]{0,80}\d)(?=\d{0,80}[A-Za-z_-])(?!\d{1,20}(?:\.\d{1,20})?(?:%|[kKmMbB]\b|[a-z]{1,3}\b))[A-Za-z0-9][\w-]{0,80}(?:\.\d+)?\b|(?<=\s)--?[a-z][a-z-]{0,40}\b/gu;
const NUMBERS = /\d[\d,.\u202f']*\d|\d/g;

/** Ranks the change of one block into another of the same kind. */
export function compareTexts(before: Block, after: Block): Materiality {
  if (before.kind === 'columns' || after.kind === 'columns') return 'structural';
  if (before.kind === 'code' || after.kind === 'code') return compareCode(before.text, after.text);
  const [left, right] = [factsOf(before.text), factsOf(after.text)];
  if (left.numbers !== right.numbers) return 'value';
  if (left.identifiers !== right.identifiers) return 'identifier';
  if (DEPRECATION.test(after.text) && !DEPRECATION.test(before.text)) return 'identifier';
  return left.words === right.words ? 'cosmetic' : 'editorial';
}

/** Ranks a block that came or went. */
export function rankBlock(block: Block): Materiality {
  if (block.kind === 'columns') return 'structural';
  if (block.kind === 'code') return 'identifier';
  const facts = factsOf(block.text);
  if (facts.numbers !== '') return 'value';
  if (facts.identifiers !== '' || DEPRECATION.test(block.text)) return 'identifier';
  // A date and nothing else, or a stamp of when the page was updated.
  return facts.words === '' ? 'cosmetic' : 'editorial';
}

/** Takes the dates out of a text, so that two texts can be compared but for them. */
export const withoutDates = (text: string): string =>
  text.replace(DATES, ' ').replaceAll('<relative-time>', ' ');

/** What a page says beside its date and nothing else: "Updated", "Last modified on". */
const STAMP =
  /^\s*(?:(?:last )?(?:updated|modified|edited|published|reviewed|changed)(?: on)?)?\s*$/;

/** Picks the weightiest; `undefined` for none. */
export const worstMateriality = (found: readonly Materiality[]): Materiality | undefined =>
  MATERIALITIES.toReversed().find((materiality) => found.includes(materiality));

/** In code every sign counts; a change of digits alone is a change of value. */
function compareCode(before: string, after: string): Materiality {
  const bare = (text: string): string => text.replace(/\s+/g, ' ').trim();
  if (bare(before) === bare(after)) return 'cosmetic';
  const wordless = (text: string): string => bare(text).replace(NUMBERS, '0');
  return wordless(before) === wordless(after) ? 'value' : 'identifier';
}

function factsOf(text: string) {
  const undated = withoutDates(text);
  const identifiers = undated.match(IDENTIFIERS) ?? [];
  const rest = undated.replace(IDENTIFIERS, ' ');
  // A currency belongs to the value: the same digits in another currency are another amount.
  const numbers =
    rest.match(/\d[\d,.\u202f']*\d|\d|[$€£¥₹%]|\b(?:USD|EUR|GBP|JPY|CNY|INR)\b/g) ?? [];
  const words = rest
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    numbers: numbers.join(' '),
    identifiers: identifiers.map((name) => name.replaceAll('`', '')).join(' '),
    words: undated !== text && STAMP.test(words) ? '' : words,
  };
}
