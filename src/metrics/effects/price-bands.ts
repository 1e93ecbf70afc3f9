import { type Decimal, divideDecimal, fromAtto } from '../../core/index.ts';
import type { MeasureId } from '../../plan/index.ts';
import type { Aggregate } from '../../usage/index.ts';

/** Fewer days before have no band. */
const DAYS_BEFORE_MIN = 7;
/** One day now may be one broken row, which the unit-price guard finds. */
const DAYS_NOW_MIN = 2;
/** A change of the mix of input and output moves a price a little; a tenth beyond the band is another price. */
const SLACK_TENTHS = 1n;

/**
 * Names the things whose price of a token left the band of its days before: the median day now lies more than a tenth below
 * the lowest or above the highest of them.
 *
 * Tells a price that changed while the name stayed, which no list of models shows. It is a reason to look at the contract and
 * the provider's pages; a shift in the mix of tokens can be the cause too.
 *
 * @param before and `now` answers by day and one dimension more, with `tokens` and the cost.
 * @example
 * leftPriceBands(fourWeeks, thisWeek, { dimension: 'model', cost: 'chargedCost' }) // → ['model-a']
 */
export function leftPriceBands(
  before: Aggregate,
  now: Aggregate,
  of: { readonly dimension: 'model'; readonly cost: MeasureId },
): readonly string[] {
  const isMixed = [before, now].some(({ flags }) => flags.includes('currency-mixed'));
  if (isMixed || before.currencies.join() !== now.currencies.join()) return [];
  const known = pricesOf(before, of);
  return [...pricesOf(now, of)].flatMap(([id, prices]) => {
    const band = known.get(id) ?? [];
    const [low, high] = [band[0], band.at(-1)];
    // The lower of two middle days is one that was really there.
    const middle = prices[Math.floor((prices.length - 1) / 2)];
    if (low === undefined || high === undefined || middle === undefined) return [];
    if (band.length < DAYS_BEFORE_MIN || prices.length < DAYS_NOW_MIN) return [];
    const isOut =
      middle * 10n > high * (10n + SLACK_TENTHS) || middle * 10n < low * (10n - SLACK_TENTHS);
    return isOut ? [id] : [];
  });
}

type Of = Parameters<typeof leftPriceBands>[2];

/** Prices of a million tokens on each day of each thing, ascending; a day without cost or tokens has none. */
function pricesOf({ rows }: Aggregate, of: Of): ReadonlyMap<string, readonly Decimal[]> {
  const prices = new Map<string, Decimal[]>();
  for (const row of rows) {
    const id = row.group[of.dimension];
    const price = priceOf(row, of);
    if (typeof id === 'string' && price !== undefined) {
      prices.set(id, [...(prices.get(id) ?? []), price]);
    }
  }
  return new Map(
    [...prices].map(([id, all]) => [id, all.toSorted((left, right) => (left < right ? -1 : 1))]),
  );
}

function priceOf({ measures }: Aggregate['rows'][number], { cost }: Of): Decimal | undefined {
  const paid = measures[cost];
  const tokens = measures.tokens?.value ?? 0n;
  if (paid === undefined || paid.knownRows < paid.totalRows || tokens <= 0n) return undefined;
  const value = paid.value ?? 0n;
  return value <= 0n ? undefined : divideDecimal(fromAtto(value * 1_000_000n), fromAtto(tokens));
}
