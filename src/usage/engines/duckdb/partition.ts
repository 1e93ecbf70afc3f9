import type { Reading } from '../../adapters/adapter.ts';
import { dateOfStart } from './row-dates.ts';

/** What an export that replaces tells whole at once, over the views `staged` and `current` of the merge. */
export interface Partition {
  /** The day of a row. */
  readonly day: string;
  /** The day, and the billing period that the row is of where a source has one: never null. */
  readonly scope: string;
  /** A test of a row of `current`: the staged rows tell its part of the table again. */
  readonly isToldAnew: string;
}

/**
 * Says what a newer export replaces: its days, and of a source with billing periods only what is of the same period.
 *
 * A correction of an invoiced month stands in a later period's file under the day that it corrects, and adds to that day
 * (FOCUS, ChargeClass). A row whose period nobody says is told anew with its day.
 *
 * @param zone the export's: a file of one of its days holds hours of two days elsewhere, and would take from the other one.
 */
export function partitionOf({ partition }: Reading, zone: string): Partition {
  const day = `coalesce(start_date, ${dateOfStart(zone)})`;
  const byDay = `${day} IN (SELECT ${day} FROM staged)`;
  if (partition === undefined) return { day, scope: day, isToldAnew: byDay };
  // Two files may write one instant in two forms.
  const period = `coalesce(CAST(TRY_CAST(${partition} AS TIMESTAMP) AS VARCHAR), ${partition}, '')`;
  const scope = `CAST(${day} AS VARCHAR) || ' ' || ${period}`;
  return {
    day,
    scope,
    isToldAnew: `CASE WHEN ${partition} IS NULL THEN ${byDay}
      ELSE (${scope}) IN (SELECT DISTINCT ${scope} FROM staged) OR ${day} IN (SELECT ${day} FROM staged WHERE ${partition} IS NULL) END`,
  };
}
