import { type Decimal, fromAtto, type Instant, instantMs, type Period } from '../core/index.ts';
import type { Aggregate } from '../usage/index.ts';

/**
 * Extends the spend so far to the whole period: spend ÷ the share of its time that has passed. A run rate, labelled so.
 *
 * @returns null before three days of data, when a day is missing, or once the period is over.
 */
export function runRate(
  spend: Decimal | null,
  period: Period,
  asOf: Instant,
  coverage: Aggregate['coverage'],
): Decimal | null {
  const unbroken = coverage.missing.length === 0 && coverage.present >= coverage.expected;
  if (spend === null || !unbroken || coverage.present < RUN_RATE_DAYS_MIN) return null;
  if (asOf <= period.start || asOf >= period.end) return null;
  const elapsed = BigInt(instantMs(asOf) - instantMs(period.start));
  const length = BigInt(instantMs(period.end) - instantMs(period.start));
  return multiplyRatio(spend, length, elapsed);
}

/** Oracle documents the same formula with the same minimum (design: budgets.md 1.2). */
const RUN_RATE_DAYS_MIN = 3;

/** Multiplies by a ratio of whole numbers, rounding half away from zero once. */
function multiplyRatio(value: Decimal, top: bigint, bottom: bigint): Decimal {
  const product = value * top;
  const size = product < 0n ? -product : product;
  const rounded = (2n * size + bottom) / (2n * bottom);
  return fromAtto(product < 0n ? -rounded : rounded);
}
