import { findProviderFacts } from '../../plan/index.ts';

const CURRENCY = String.raw`(?:US\$|[$€£¥₹]|\b(?:USD|EUR|GBP|JPY|CNY|INR)\b)`;
/** Bounded, because an unbounded run before a currency backtracks; a longer one becomes two placeholders. */
const NUMBER = String.raw`\d(?:[\d,.\u202f']{0,40}\d)?`;
const AMOUNT = new RegExp(
  String.raw`${CURRENCY} ?${NUMBER}(?: ?(?:[kKmMbB]|million|billion)\b)?|${NUMBER} ?(?:${CURRENCY}|¢|cents?\b|dollars?\b|euros?\b)`,
  'gu',
);

/**
 * Makes a page's text fit to be shown: every amount of money becomes `<amount>`, a list of models `<models>`, every other digit
 * run `<n>`.
 *
 * Prices, limits, shares and lists of models are never copied from a page, not even onto a screen; the page itself is the place to
 * read them. What the lint takes for a provider's fact is taken for one here: one classifier.
 */
export function redactValues(text: string): string {
  let shown = '';
  let at = 0;
  for (const { kind, start, end } of findProviderFacts(text)) {
    const whole = WHOLE[kind];
    if (whole === undefined) continue;
    shown += redactNumbers(text.slice(at, start)) + whole;
    at = end;
  }
  return shown + redactNumbers(text.slice(at));
}

/** Facts that are replaced whole; of the others the numbers go and the words that say what they are stay. */
const WHOLE: Readonly<Record<string, string | undefined>> = {
  'model-list': '<models>',
  money: '<amount>',
};

const redactNumbers = (text: string): string =>
  text.replace(AMOUNT, '<amount>').replace(new RegExp(NUMBER, 'gu'), '<n>');
