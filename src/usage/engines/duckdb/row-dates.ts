import {
  addDays,
  dateIn,
  datesOf,
  type Instant,
  instantFromMs,
  instantMs,
  type Period,
  startOfDate,
} from '../../../core/index.ts';
import type { TablePart } from '../../views.ts';
import { sqlText, timestampSql } from './quote.ts';

/** What says on which date a row of an export counts. */
type Dated = Pick<TablePart, 'filled' | 'constants'>;

/** A bucket longer than an hour cannot be shifted: it counts on the date that its start names in its own zone. */
const isLong = 'coalesce(end_at - start_at > INTERVAL 1 HOUR, false)';

/** Day 0 of {@link dayNumberSql}. */
export const EPOCH = "DATE '1970-01-01'";

/** Writes the date of a row, in the period's zone where it can be told, as days since 1970. */
export function dayNumberSql({ filled, constants }: Dated, period: Period): string {
  if (filled.has('start_date')) return `start_date - ${EPOCH}`;
  const zoned = zonedDaySql(period);
  if (!filled.has('end_at')) return zoned;
  return `CASE WHEN ${isLong} THEN ${dateOfStart(constants.zone)} - ${EPOCH} ELSE ${zoned} END`;
}

/**
 * Tells whether a row is inside a period: a date, and a bucket longer than an hour, where its own date is; an instant where the
 * zone's dates begin and end.
 *
 * @param end where the period is cut short; a date counts once it has begun by then.
 */
export function insideSql(
  { filled, constants }: Dated,
  { start, zone, ...period }: Period,
  end: Instant = period.end,
): string {
  const [first, last] = [dateIn(start, zone), dateIn(instantFromMs(instantMs(end) - 1000), zone)];
  const between = (date: string) =>
    `${date} BETWEEN DATE ${sqlText(first)} AND DATE ${sqlText(last)}`;
  if (filled.has('start_date')) return between('start_date');
  const inside = `start_at >= ${timestampSql(start)} AND start_at < ${timestampSql(end)}`;
  if (!filled.has('end_at')) return inside;
  return `((NOT ${isLong} AND ${inside}) OR (${isLong} AND ${between(dateOfStart(constants.zone))}))`;
}

/** Writes the date that an instant begins in a zone; of an unknown one in UTC. */
export function dateOfStart(zone: string): string {
  if (zone === 'UTC' || zone === 'unknown') return 'CAST(start_at AS DATE)';
  return `CAST(timezone(${sqlText(zone)}, timezone('UTC', start_at)) AS DATE)`;
}

const DAY_MICROS = 86_400_000_000n;
/** Whole division cuts towards zero, so it is made above zero, which lies well before our era then. */
const DAYS_ABOVE = 1_000_000n;
const HALF_DAY_MS = 43_200_000;

/**
 * Writes the date of the period's zone: between two changes of clocks it is one addition of whole numbers (a zone function for
 * each row takes five times as long, an interval one and a half times).
 *
 * A change is made at the noon of its date: before it and after it both offsets give that date, however long it is. A change on
 * the last date shows on the date after it only, so that one is looked at too.
 */
function zonedDaySql(period: Period): string {
  const runs: { offsetMs: number; beginsMs: number; lastMs: number }[] = [];
  const dates = datesOf(period);
  const after = dates.slice(-1).map((last) => addDays(last, 1));
  for (const date of [...dates, ...after]) {
    const beginsMs = instantMs(startOfDate(date, period.zone));
    const offsetMs = Date.parse(`${date}T00:00:00Z`) - beginsMs;
    const run = runs.at(-1);
    if (run?.offsetMs === offsetMs) run.lastMs = beginsMs;
    else runs.push({ offsetMs, beginsMs, lastMs: beginsMs });
  }
  const micros = ({ offsetMs }: { readonly offsetMs: number }) =>
    String(DAYS_ABOVE * DAY_MICROS + BigInt(offsetMs) * 1000n);
  const cases = runs.slice(0, -1).flatMap((run, index) => {
    const next = runs[index + 1];
    if (next === undefined) return [];
    // A zone that skips a whole date has no such noon (Pacific/Apia, 2011).
    const isSkip = Math.abs(next.offsetMs - run.offsetMs) > HALF_DAY_MS;
    const changesMs = isSkip ? next.beginsMs : run.lastMs + HALF_DAY_MS;
    return `WHEN start_at < ${timestampSql(instantFromMs(changesMs))} THEN ${micros(run)}`;
  });
  const last = micros(runs.at(-1) ?? { offsetMs: 0 });
  const shift = cases.length === 0 ? last : `CASE ${cases.join(' ')} ELSE ${last} END`;
  return `((epoch_us(start_at) + ${shift}) // ${DAY_MICROS} - ${DAYS_ABOVE})`;
}
