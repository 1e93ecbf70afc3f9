import {
  AppError,
  type Instant,
  parsePlainDate,
  type Period,
  type PlainDate,
  periodOfDates,
} from '../core/index.ts';
import { coveredPeriod, type Workspace } from '../review/index.ts';

/** Two dates as they were typed; the second is not included. */
export interface PeriodOptions {
  readonly from?: string;
  readonly until?: string;
}

/**
 * Reads `--from` and `--until` in the plan's zone; without both, the period that a review would cover.
 *
 * @throws {AppError} `usage` when they are no two dates in order.
 */
export function periodOption({ plan }: Workspace, options: PeriodOptions, asOf: Instant): Period {
  return namedPeriod(options, plan.timezone) ?? coveredPeriod(plan, asOf);
}

/** Reads `--from` and `--until`; `undefined` without both. @throws {AppError} `usage` as {@link periodOption} does. */
export function namedPeriod({ from, until }: PeriodOptions, zone: string): Period | undefined {
  if (from === undefined && until === undefined) return undefined;
  const [first, last] = [parsePlainDate(from ?? ''), parsePlainDate(until ?? '')];
  if (first === undefined || last === undefined || last <= first) {
    throw new AppError('usage', {
      message: `Expected --from and --until, two dates in order, got ${from ?? 'no --from'} and ${until ?? 'no --until'}`,
      hint: 'Write --from 2026-11-01 --until 2026-12-01; the last is not included.',
    });
  }
  return periodOfDates(first, last, zone);
}

/** Reads one date. @throws {AppError} `usage` for a text that is no date of the calendar. */
export function dateOption(option: string, text: string): PlainDate {
  const date = parsePlainDate(text);
  if (date !== undefined) return date;
  throw new AppError('usage', {
    message: `Expected ${option} to be a date, got ${JSON.stringify(text)}`,
    hint: 'Write it as 2026-11-23.',
  });
}
