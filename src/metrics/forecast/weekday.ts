import type { SeriesModel } from './model.ts';
import { mean, median } from './order.ts';

/** Takes each weekday's median of the last 28 days: an outlier moves it little, a step in level after two weeks. */
export const weekdayMedian = (values: Float64Array): SeriesModel => ({
  id: 'weekday-median-28',
  from: (origin) => byWeekday(values, { origin, days: 28 }, median),
});

/** Takes each weekday's mean of the last 56 days. */
export const weekdayMean = (values: Float64Array): SeriesModel => ({
  id: 'weekday-mean-56',
  from: (origin) => byWeekday(values, { origin, days: 56 }, mean),
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
