import type { SeriesModel } from './model.ts';
import { mean, median } from './order.ts';

/** Takes each weekday's median of the last `days` days: an outlier moves it little, a step in level within half of them. */
export const weekdayMedian = (values: Float64Array, days: number): SeriesModel => ({
  id: `weekday-median-${days}`,
  from: (origin) => byWeekday(values, { origin, days }, median),
});

/** Takes each weekday's mean of the last `days` days. */
export const weekdayMean = (values: Float64Array, days: number): SeriesModel => ({
  id: `weekday-mean-${days}`,
  from: (origin) => byWeekday(values, { origin, days }, mean),
});

const WEEK = 7;

function byWeekday(
  values: Float64Array,
  seen: { readonly origin: number; readonly days: number },
  middle: (values: readonly number[]) => number,
): (index: number) => number {
  const groups: number[][] = Array.from({ length: WEEK }, () => []);
  const all: number[] = [];
  for (let index = Math.max(0, seen.origin - seen.days); index < seen.origin; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    groups[index % WEEK]?.push(value);
    all.push(value);
  }
  // A weekday that was never seen counts as any day.
  const profile = groups.map((group) => (group.length === 0 ? middle(all) : middle(group)));
  return (index) => profile[index % WEEK] ?? Number.NaN;
}
