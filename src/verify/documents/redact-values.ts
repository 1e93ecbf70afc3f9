const CURRENCY = String.raw`(?:US\$|[$€£¥₹]|\b(?:USD|EUR|GBP|JPY|CNY|INR)\b)`;
/** Bounded, because an unbounded run before a currency backtracks; a longer one becomes two placeholders. */
const NUMBER = String.raw`\d(?:[\d,.\u202f']{0,40}\d)?`;
const AMOUNT = new RegExp(
  String.raw`${CURRENCY} ?${NUMBER}(?: ?(?:[kKmMbB]|million|billion)\b)?|${NUMBER} ?(?:${CURRENCY}|¢|cents?\b|dollars?\b|euros?\b)`,
  'gu',
);

/**
 * Makes a page's text fit to be shown: every amount of money becomes `<amount>`, every other digit run `<n>`.
 *
 * Prices, limits and shares are never copied from a page, not even onto a screen; the page itself is the place to read them.
 */
export const redactValues = (text: string): string =>
  text.replace(AMOUNT, '<amount>').replace(new RegExp(NUMBER, 'gu'), '<n>');
