/** Every method that a forecast can name. */
export type ForecastMethod =
  | 'pool'
  | 'weekday-median-28'
  | 'weekday-mean-56'
  | 'theta'
  | 'ets-ann'
  | 'ets-aan'
  | 'ets-aadn'
  | 'ets-ana'
  | 'ets-aaa'
  | 'ets-aada';

/**
 * A way to look ahead on a series, fitted once and then asked from any origin.
 *
 * A series is an array with one value a step and `NaN` where nothing is known: a gap is no zero.
 */
export interface SeriesModel {
  readonly id: ForecastMethod;
  /** Looks ahead from an origin: knows the values before index `origin`, gives that of any index from there on. */
  readonly from: (origin: number) => (index: number) => number;
}
