import { decimal, formatDecimal, relativeChange } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { ForecastCheck } from '../report/index.ts';

type Verdict = RecordOf<'budget-verdict'>;

/**
 * Holds every forecast of a period that has ended since an instant against its final verdict, oldest first; one for each
 * time that was judged.
 */
export function forecastChecks(
  records: readonly StoredRecord[],
  since: string,
): readonly ForecastCheck[] {
  const verdicts = records.flatMap(({ body }) => (body.kind === 'budget-verdict' ? [body] : []));
  const finals = new Map(
    verdicts
      .filter(({ final, period, spend }) => final && spend.value !== null && period.end >= since)
      .map((body) => [keyOf(body), body]),
  );
  const checks = new Map<string, ForecastCheck>();
  for (const body of verdicts) {
    const actual = finals.get(keyOf(body))?.spend.value ?? null;
    if (body.forecast === null || body.asOf >= body.period.end || actual === null) continue;
    checks.set(`${keyOf(body)} ${body.asOf}`, checkOf(body, body.forecast, actual));
  }
  return [...checks.values()];
}

const keyOf = ({ budget, period }: Verdict): string => `${budget} ${period.start}`;

function checkOf(
  body: Verdict,
  forecast: NonNullable<Verdict['forecast']>,
  actual: string,
): ForecastCheck {
  const value = decimal(actual);
  const error = relativeChange(decimal(forecast.total), value);
  const { low, high } = forecast;
  const hasBand = low !== undefined && high !== undefined;
  return {
    budget: body.budget,
    asOf: body.asOf,
    periodEnd: body.period.end,
    method: forecast.method,
    currency: body.currency,
    forecast: forecast.total,
    actual,
    error: error === undefined ? null : formatDecimal(error),
    inBand: hasBand ? decimal(low) <= value && value <= decimal(high) : null,
  };
}
