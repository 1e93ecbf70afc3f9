import { itemAt } from '../../core/index.ts';
import { fitPool } from './pool.ts';
import type { SeriesModel } from './model.ts';
import { type OriginError, rollingErrors } from './rolling-origin.ts';
import { weekdayMean, weekdayMedian } from './weekday.ts';
import type { SmoothingModel } from './exponential-smoothing.ts';

/** The model that a series has history enough for, and how it did on the same horizon before. */
export interface Ladder {
  readonly model: SeriesModel;
  /** Null where residuals are drawn from the days themselves. */
  readonly smoothing: SmoothingModel | null;
  readonly confidence: 'normal' | 'low';
  readonly errors: readonly OriginError[];
  readonly known: number;
}

/** Fewer known days say nothing. */
export const DAYS_MIN = 14;
/** From eight weeks on, all models are tried. */
const DAYS_FOR_POOL = 56;
/** Above this share of days without spend, a median is zero and a smooth model is wrong. */
const ZERO_SHARE_MAX = 0.4;
/** The band and the choice look back on 84 origins over at most 36 weeks. */
const ROLLING = { countMax: 84, stride: 3 } as const;
const ORIGINS_TO_CHOOSE = 8;
/** A single model must beat the pool by this much on this very series; with 5 % its lead is chance (docs/forecast.md). */
const LEAD_MIN = 0.25;

/**
 * Climbs as high as the history allows (design: budgets.md 8): nothing before 14 known days, robust weekday medians before
 * 56, then the pool or the one model that beat it; weekday means where most days are zero.
 */
export function ladderOf(values: Float64Array, horizon: number): Ladder | undefined {
  const days = values.filter((value) => !Number.isNaN(value));
  const known = days.length;
  if (known < DAYS_MIN) return undefined;
  const zeros = days.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  if (zeros > ZERO_SHARE_MAX * known) {
    const confidence = known < DAYS_FOR_POOL ? 'low' : 'normal';
    return simple(values, weekdayMean(values), { horizon, known, confidence });
  }
  if (known < DAYS_FOR_POOL) {
    return simple(values, weekdayMedian(values), { horizon, known, confidence: 'low' });
  }
  const { members, middle, smoothing } = fitPool(values);
  const models = [middle, ...members];
  const rolled = rollingErrors(values, models, { ...ROLLING, horizon, first: FIRST_ORIGIN });
  const ranked = models.map((model, at) => ({ model, errors: itemAt(rolled, at) }));
  const pool = itemAt(ranked, 0);
  const best = ranked.reduce((left, right) => (size(right) < size(left) ? right : left));
  const isProven = pool.errors.length >= ORIGINS_TO_CHOOSE;
  const winner = isProven && size(best) < (1 - LEAD_MIN) * size(pool) ? best : pool;
  return { ...winner, smoothing, confidence: 'normal', known };
}

/** Models look back eight weeks; earlier origins would be judged on less than they have now. */
const FIRST_ORIGIN = 56;

function simple(
  values: Float64Array,
  model: SeriesModel,
  how: { readonly horizon: number; readonly known: number; readonly confidence: 'normal' | 'low' },
): Ladder {
  const options = { ...ROLLING, horizon: how.horizon, first: DAYS_MIN };
  const errors = itemAt(rollingErrors(values, [model], options), 0);
  return { model, smoothing: null, confidence: how.confidence, errors, known: how.known };
}

const size = ({ errors }: { readonly errors: readonly OriginError[] }): number =>
  errors.reduce((sum, { actual, forecast }) => sum + Math.abs(actual - forecast), 0);
