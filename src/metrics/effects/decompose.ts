import { addDecimals, type Decimal, fromAtto, subtractDecimal } from '../../core/index.ts';

/** Cost and units of one thing, such as a model, in two periods. */
export interface EffectItem {
  readonly id: string;
  readonly before: { readonly cost: Decimal; readonly units: Decimal };
  readonly after: { readonly cost: Decimal; readonly units: Decimal };
}

/** Says where a change of cost comes from; the three add up to it exactly. */
export interface Effect {
  readonly change: Decimal;
  /** More or fewer units altogether, at the cost that a unit had. */
  readonly volume: Decimal;
  /** The same unit of the same thing costs more or less. */
  readonly price: Decimal;
  /** Units moved between dearer and cheaper things; the remainder of all rounding is here. */
  readonly mix: Decimal;
}

/** A change of cost explained, in total and for each thing; rows add up to the total, column by column. */
export interface Effects extends Effect {
  readonly items: readonly (Effect & {
    readonly id: string;
    readonly before: Decimal;
    readonly after: Decimal;
  })[];
}

/**
 * Splits a change of cost into volume, price and mix, by midpoint weights: neither period is the base, so the two can change
 * places and every sign turns (design: budgets.md 5).
 *
 * With U all units, u and c the units and cost of a thing, 0 before and 1 after:
 * volume = (U1 − U0) · (c0/U0 + c1/U1) ÷ 2, price = (U0 + U1) ÷ 2 · (u0/U0 + u1/U1) ÷ 2 · (c1/u1 − c0/u0), mix = the rest.
 * A thing that only one period has changes no price: it is mix.
 *
 * @returns `undefined` where a period has no units or some are negative: nothing can be weighed.
 */
export function decompose(items: readonly EffectItem[]): Effects | undefined {
  if (items.some(({ before, after }) => before.units < 0n || after.units < 0n)) return undefined;
  const whole: Whole = {
    before: addDecimals(...items.map(({ before }) => before.units)),
    after: addDecimals(...items.map(({ after }) => after.units)),
  };
  if (whole.before === 0n || whole.after === 0n) return undefined;
  const rows = items.map((item) => effectOf(item, whole));
  const sum = (name: keyof Effect): Decimal => addDecimals(...rows.map((row) => row[name]));
  return {
    items: rows,
    change: sum('change'),
    volume: sum('volume'),
    price: sum('price'),
    mix: sum('mix'),
  };
}

interface Whole {
  readonly before: bigint;
  readonly after: bigint;
}

function effectOf({ id, before, after }: EffectItem, whole: Whole): Effects['items'][number] {
  const change = subtractDecimal(after.cost, before.cost);
  const volume = divided(
    (whole.after - whole.before) * (before.cost * whole.after + after.cost * whole.before),
    2n * whole.before * whole.after,
  );
  const price = priceOf(before, after, whole);
  const mix = fromAtto(change - volume - price);
  return { id, before: before.cost, after: after.cost, change, volume, price, mix };
}

function priceOf(before: EffectItem['before'], after: EffectItem['after'], whole: Whole): Decimal {
  if (before.units === 0n || after.units === 0n) return fromAtto(0n);
  const dearer = after.cost * before.units - before.cost * after.units;
  const shares = before.units * whole.after + after.units * whole.before;
  return divided(
    (whole.before + whole.after) * shares * dearer,
    4n * whole.before * whole.after * before.units * after.units,
  );
}

/** Half away from zero; the divisor is positive. */
function divided(top: bigint, bottom: bigint): Decimal {
  const size = top < 0n ? -top : top;
  const rounded = (2n * size + bottom) / (2n * bottom);
  return fromAtto(top < 0n ? -rounded : rounded);
}
