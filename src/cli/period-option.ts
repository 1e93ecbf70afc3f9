import {
  AppError,
  type Instant,
  parsePlainDate,
  type Period,
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
  const { from, until } = options;
  if (from === undefined && until === undefined) return coveredPeriod(plan, asOf);
  const [first, last] = [parsePlainDate(from ?? ''), parsePlainDate(until ?? '')];
  if (first === undefined || last === undefined || last <= first) {
    throw new AppError('usage', {
      message: 'Expected --from and --until, two dates in order',
      hint: 'Write --from 2026-11-01 --until 2026-12-01; the last is not included.',
    });
  }
  return periodOfDates(first, last, plan.timezone);
}
