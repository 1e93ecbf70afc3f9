import { isSeasonal, seasonFactors } from '../../src/metrics/forecast/season.ts';
import { mase, smape } from '../../src/metrics/forecast/scores.ts';
import { smoothSimply } from '../../src/metrics/forecast/simple-smoothing.ts';
import { theta } from '../../src/metrics/forecast/theta.ts';
import { readM4 } from './read.ts';

type Method = (values: Float64Array, horizon: number) => readonly number[];

const steps = (horizon: number, valueAt: (step: number) => number): readonly number[] =>
  Array.from({ length: horizon }, (_, step) => valueAt(step));

/** Gives a method of the M4 table for a season of so many steps. */
export const M4_METHODS: Readonly<
  Record<'Naive' | 'sNaive' | 'SES' | 'Theta', (period: number) => Method>
> = {
  Naive: () => (values, horizon) => steps(horizon, () => values.at(-1)!),
  sNaive: (period) => (values, horizon) =>
    steps(horizon, (step) => values[values.length - period + (step % period)]!),
  SES: (period) => (values, horizon) => {
    const factors = isSeasonal(values, period) ? seasonFactors(values, period) : [1];
    const adjusted = values.map((value, index) => value / factors[index % factors.length]!);
    const { last } = smoothSimply(adjusted);
    return steps(horizon, (step) => last * factors[(values.length + step) % factors.length]!);
  },
  Theta: (period) => (values, horizon) => {
    const ahead = theta(values, period).from(values.length);
    return steps(horizon, (step) => ahead(values.length + step));
  },
};

/** Scores a method on a set of the M4 competition as its organisers did: the mean over series. */
export function scoreM4(
  set: 'weekly' | 'hourly',
  name: keyof typeof M4_METHODS,
): { readonly smape: number; readonly mase: number } {
  const period = set === 'weekly' ? 1 : 24;
  const forecast = M4_METHODS[name](period);
  const series = readM4(set);
  const scores = series.map(({ values, test }) => {
    const found = forecast(values, test.length);
    return { smape: smape(test, found), mase: mase(test, found, { values, period }) };
  });
  const mean = (key: 'smape' | 'mase'): number =>
    scores.reduce((sum, score) => sum + score[key], 0) / scores.length;
  return { smape: mean('smape'), mase: mean('mase') };
}
