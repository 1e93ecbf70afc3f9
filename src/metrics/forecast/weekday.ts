import { itemAt } from '../../core/index.ts';
import type { SeriesModel } from './model.ts';
import { mean, median } from './order.ts';
import { valueAt } from './value-at.ts';

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
  const end = endOf(values, seen);
  const start = Math.max(0, end - seen.days);
  for (let index = start, phase = start % WEEK; index < end; index += 1) {
    const value = valueAt(values, index);
    if (value === value) {
      itemAt(groups, phase).push(value);
      all.push(value);
    }
    phase = phase + 1 === WEEK ? 0 : phase + 1;
  }
  // A weekday that was never seen counts as any day.
  const profile = Float64Array.from(groups, (group) =>
    group.length === 0 ? middle(all) : middle(group),
  );
  return (index) => valueAt(profile, index % WEEK);
}

/** Where a window ends: at its origin, or, behind a gap that would fill it, with the last day that is known. */
function endOf(values: Float64Array, { origin, days }: { origin: number; days: number }): number {
  let end = origin;
  while (end > 0 && Number.isNaN(values[end - 1])) end -= 1;
  return end <= origin - days ? end : origin;
}
