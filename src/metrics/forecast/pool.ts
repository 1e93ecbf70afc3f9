import { smoothExponentially, type SmoothingModel } from './exponential-smoothing.ts';
import type { SeriesModel } from './model.ts';
import { theta } from './theta.ts';
import { weekdayMean, weekdayMedian } from './weekday.ts';

/** Four models that err in different ways, and their median of each day. */
export interface Pool {
  readonly members: readonly SeriesModel[];
  readonly middle: SeriesModel;
  readonly smoothing: SmoothingModel;
}

const WEEK = 7;

/**
 * Fits the pool: weekday median of 28 days, weekday mean of 56, theta, and exponential smoothing.
 *
 * On the months of NN5 the median of the four errs less than any of them (docs/forecast.md).
 */
export function fitPool(values: Float64Array): Pool {
  const smoothing = smoothExponentially(values, WEEK);
  const members = [
    remembering(weekdayMedian(values)),
    remembering(weekdayMean(values)),
    theta(values, WEEK),
    smoothing,
  ] as const;
  return { members, middle: { id: 'pool', from: middleOf(members) }, smoothing };
}

/** Asked by itself and as a member of the pool, a model looks ahead from each origin once. */
function remembering(model: SeriesModel): SeriesModel {
  let last: { readonly origin: number; readonly ahead: (index: number) => number } | undefined;
  return {
    ...model,
    from: (origin) => {
      if (last?.origin !== origin) last = { origin, ahead: model.from(origin) };
      return last.ahead;
    },
  };
}

type Four = readonly [SeriesModel, SeriesModel, SeriesModel, SeriesModel];

function middleOf([first, second, third, fourth]: Four): SeriesModel['from'] {
  return (origin) => {
    const [a, b, c, d] = [
      first.from(origin),
      second.from(origin),
      third.from(origin),
      fourth.from(origin),
    ];
    return (index) => middleOfFour(a(index), b(index), c(index), d(index));
  };
}

/** The median of four is what is left without the largest and the smallest, halved. */
const middleOfFour = (p: number, q: number, r: number, s: number): number =>
  (p + q + r + s - Math.max(p, q, r, s) - Math.min(p, q, r, s)) / 2;
