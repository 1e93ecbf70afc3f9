import { addDecimals, type Decimal, formatDecimal, type PlainDate } from '../core/index.ts';
import {
  type BackTest,
  chanceOfReaching,
  estimate,
  type ForecastMethod,
  type PeriodForecast,
  roughly,
} from '../metrics/index.ts';

/** A forecast as the budget-verdict record holds it; a run rate has a total alone. */
export interface ForecastText {
  readonly method: ForecastMethod | 'run-rate';
  readonly total: string;
  readonly low?: string;
  readonly high?: string;
  readonly chance?: string;
  readonly expectedOn?: PlainDate | null;
  readonly likelyOn?: PlainDate | null;
  readonly confidence?: 'normal' | 'low';
  readonly days?: number;
  readonly events?: string;
  readonly test?: {
    readonly origins: number;
    readonly wape: string | null;
    readonly mase: string | null;
    readonly bias: string | null;
    readonly coverage: string | null;
  };
}

/**
 * Writes a forecast of a period's total for a record, with its own back-test: what is known exactly plus an estimate of the
 * rest, rounded. Without an amount there is no chance of reaching it.
 */
export function forecastText(
  forecast: PeriodForecast,
  spend: Decimal,
  amount: Decimal | null,
): ForecastText {
  const total = (more: number): string => formatDecimal(addDecimals(spend, estimate(more)));
  return {
    method: forecast.method,
    total: total(forecast.rest),
    low: total(forecast.band[0]),
    high: total(forecast.band[2]),
    ...(amount === null ? {} : chancesOf(forecast, roughly(amount) - roughly(spend))),
    confidence: forecast.confidence,
    days: forecast.days,
    events: formatDecimal(estimate(forecast.events)),
    test: testText(forecast.backTest),
  };
}

const chancesOf = (forecast: PeriodForecast, rest: number): Partial<ForecastText> => ({
  chance: ratio(chanceOfReaching(forecast, rest)),
  ...forecast.exhaustion(rest),
});

const testText = (test: BackTest): NonNullable<ForecastText['test']> => ({
  origins: test.origins,
  wape: maybeRatio(test.wape),
  mase: maybeRatio(test.mase),
  bias: maybeRatio(test.bias),
  coverage: maybeRatio(test.coverage),
});

const maybeRatio = (value: number | null): string | null => (value === null ? null : ratio(value));

/** Four places: a share in hundredths of a percent. */
const ratio = (value: number): string => formatDecimal(estimate(Math.round(value * 1e4) / 1e4));
