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
  const groups: number[][] = [[], [], [], [], [], [], []];
  const all: number[] = [];
  const start = Math.max(0, seen.origin - seen.days);
  for (let index = start, phase = start % WEEK; index < seen.origin; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value === value) {
      groups[phase]?.push(value);
      all.push(value);
    }
    phase = phase + 1 === WEEK ? 0 : phase + 1;
  }
  // A weekday that was never seen counts as any day.
  const profile = groups.map((group) => (group.length === 0 ? middle(all) : middle(group)));
  return (index) => profile[index % WEEK] ?? Number.NaN;
}
