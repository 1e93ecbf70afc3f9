import {
  addDays,
  addDuration,
  datesOf,
  type Instant,
  instantMs,
  parseInstant,
  type Period,
  type PlainDate,
  startOfDate,
  wholeDecimal,
} from '../../src/core/index.ts';
import { seededRandom } from '../../src/metrics/forecast/seeded-random.ts';
import type { Aggregate } from '../../src/usage/index.ts';

/** The first day of the simulated year; a Thursday. */
export const FIRST = '2026-01-01' as PlainDate;
export const START = parseInstant('2026-01-01T00:00:00Z') ?? bad();
function bad(): never {
  throw new RangeError('no instant');
}

/** A correction: this day's spend turns out higher, long after its month was judged for good. */
export interface Correction {
  readonly day: number;
  readonly by: number;
}

/** The days of a year with their spend, the same in every process that makes them from one seed. */
export function spendOf(seed: number, days: number): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: days }, () => Math.round(random() * 60));
}

/** Gives each day's spend as it is known after some of the corrections. */
export const spendKnown = (
  spend: readonly number[],
  corrections: readonly Correction[],
): readonly number[] =>
  spend.map(
    (value, day) =>
      value + corrections.reduce((sum, one) => sum + (one.day === day ? one.by : 0), 0),
  );

export const dayIndex = (date: PlainDate): number =>
  Math.round((instantMs(startOfDate(date, 'UTC')) - instantMs(START)) / 86_400_000);

/** Answers what an engine would of these days: sums, days with their sums, and what is missing. */
export function aggregateOf(
  period: Period,
  spend: readonly number[],
  seen: { readonly now: Instant; readonly delivered: number },
): Aggregate {
  const ended = datesOf(period).filter(
    (date) => date >= FIRST && startOfDate(addDays(date, 1), period.zone) <= seen.now,
  );
  const known = ended.filter((date) => dayIndex(date) < seen.delivered);
  const at = (date: PlainDate): number => spend[dayIndex(date)] ?? 0;
  const measured = (value: number, rows: number) => ({
    chargedCost: {
      value: rows === 0 ? null : wholeDecimal(value),
      knownRows: rows,
      totalRows: rows,
    },
  });
  return {
    period,
    rows: [],
    total: {
      group: {},
      measures: measured(
        known.reduce((sum, date) => sum + at(date), 0),
        known.length,
      ),
    },
    days: known.map((date) => ({ date, measures: measured(at(date), 1) })),
    coverage: {
      expected: ended.length,
      present: known.length,
      missing: ended.filter((date) => !known.includes(date)),
      completeThrough: addDuration(START, `${seen.delivered}d`),
    },
    currencies: ['USD'],
    exports: ['quota'],
    flags: [],
    requestsAre: 'operations',
  };
}
