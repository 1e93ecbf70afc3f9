import { decimal, parseDecimal } from '../../core/index.ts';
import type { Plan } from '../../plan/index.ts';

/** Tells whether an amount of money, as a text writes it, is one of the plan's own. */
export type IsOwnAmount = (text: string) => boolean;

/** Collects the amounts that a plan sets itself: budgets and the least amounts of their rules and of metrics. */
export function ownAmounts(plan: Plan | undefined): IsOwnAmount {
  if (plan === undefined) return () => false;
  const written = [
    ...plan.budgets.flatMap(({ amount, amounts = [], rules }) => [
      ...[amount, ...amounts.map((one) => one.amount)].map((one) =>
        typeof one === 'string' ? one : one.target,
      ),
      ...rules.flatMap((rule) => ('minAmount' in rule ? [rule.minAmount] : [])),
    ]),
    ...plan.metrics.flatMap(({ compare }) => (compare === undefined ? [] : [compare.minChange])),
  ];
  const own = new Set(written.flatMap((text) => (text === undefined ? [] : [decimal(text)])));
  return (text) => {
    const found = readAmount(text);
    return found !== undefined && found.currencies.includes(plan.currency) && own.has(found.amount);
  };
}

const SIGNS: Readonly<Record<string, readonly string[]>> = {
  US$: ['USD'],
  $: ['USD', 'CAD', 'AUD'],
  '€': ['EUR'],
  '£': ['GBP'],
  '¥': ['JPY', 'CNY'],
  '₹': ['INR'],
  dollar: ['USD', 'CAD', 'AUD'],
  euro: ['EUR'],
  pound: ['GBP'],
};

function readAmount(text: string) {
  const number = /\d[\d,._']*/.exec(text)?.[0] ?? '';
  const sign = text.replace(number, '').trim().replace(/s$/i, '');
  const currencies = /^[A-Za-z]{3}$/.test(sign)
    ? [sign.toUpperCase()]
    : (SIGNS[sign.toLowerCase()] ?? SIGNS[sign] ?? []);
  const isGrouped = /^\d{1,3}(?:[,_']\d{3})*(?:\.\d+)?$|^\d+(?:\.\d+)?$/.test(number);
  const amount = isGrouped ? parseDecimal(number.replace(/[,_']/g, '')) : undefined;
  return amount === undefined ? undefined : { amount, currencies };
}
