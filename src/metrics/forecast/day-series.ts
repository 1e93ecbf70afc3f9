import { type Decimal, type PlainDate } from '../../core/index.ts';

/** What is known of one day; a null value is unknown, never zero. */
export interface KnownDay {
  readonly date: PlainDate;
  readonly value: Decimal | null;
}

/** Days without a break from the first that is known; `NaN` where nothing is. */
export interface DaySeries {
  /** Undefined for an empty series. */
  readonly first: PlainDate | undefined;
  readonly values: Float64Array;
}

/**
 * Lays days out on the calendar, from the first known one to the day before `until`. The order of the input does not matter.
 *
 * Forecasts are estimates: from here on amounts are floating-point numbers; what is recorded of them is rounded (decision 0040).
 */
export function daySeries(days: readonly KnownDay[], until: PlainDate): DaySeries {
  const known = days
    .flatMap(({ date, value }) => (value === null || date >= until ? [] : [{ date, value }]))
    .toSorted((left, right) => (left.date < right.date ? -1 : 1));
  const first = known[0]?.date;
  if (first === undefined) return { first, values: new Float64Array() };
  const values = new Float64Array(daysBetween(first, until)).fill(Number.NaN);
  for (const { date, value } of known) values[daysBetween(first, date)] = roughly(value);
  return { first, values };
}

/** Gives an exact amount to estimates, within the last bit of a floating-point number. */
export const roughly = (amount: Decimal): number => Number(amount) / 1e18;

const DAY_MS = 86_400_000;

/** Counts calendar days from one date to another; both are dates alone, so no clock change bends it. */
export const daysBetween = (from: PlainDate, until: PlainDate): number =>
  Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS);

/** Lists the dates of `[from, until)`, by the calendar alone. */
export const datesBetween = (from: PlainDate, until: PlainDate): readonly PlainDate[] =>
  Array.from(
    { length: Math.max(0, daysBetween(from, until)) },
    // A day added to a date's midnight in UTC is the next date: no clock changes there.
    (_, index) =>
      new Date(Date.parse(from) + index * DAY_MS).toISOString().slice(0, 10) as PlainDate,
  );
