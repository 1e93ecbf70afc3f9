import {
  addDays,
  dateIn,
  datesOf,
  type DayCoverage,
  type Instant,
  instantMs,
  parsePlainDate,
  type PlainDate,
  startOfDate,
} from '../core/index.ts';
import type { AggregateRequest } from './aggregate.ts';
import type { SqlRow } from './engines/duckdb/connection.ts';
import { textAt } from './engines/duckdb/text-at.ts';
import type { ExportQuery } from './engines/duckdb/export-sql.ts';
import { instantOf } from './import-result.ts';
import type { Manifest } from './manifest.ts';
import type { TableExport } from './views.ts';

/** The dates of a period on which an export delivered something, if only an empty closed bucket. */
export interface ExportDays {
  readonly id: string;
  readonly present: ReadonlySet<PlainDate>;
  readonly completeThrough: Instant | null;
}

/** Finds the dates of each export, whatever the question filters by. */
export function exportDays(
  exports: readonly TableExport[],
  { period, asOf }: Pick<ExportQuery, 'period' | 'asOf'>,
  rows: ReadonlyMap<string, readonly SqlRow[]>,
): readonly ExportDays[] {
  return exports.map((of): ExportDays => {
    const present = new Set([
      ...rowDates(rows.get(of.id) ?? []),
      ...emptyDates(of.manifests, { period, asOf }),
    ]);
    const through = of.manifests
      .map(({ completeThrough }) => instantOf(completeThrough, period.zone))
      .filter((instant) => instant !== null)
      .toSorted();
    return { id: of.id, present, completeThrough: through.at(-1) ?? null };
  });
}

const rowDates = (rows: readonly SqlRow[]): readonly PlainDate[] =>
  [...new Set(rows.map((row) => textAt(row, 'row_date')))]
    .map(parsePlainDate)
    .filter((date) => date !== undefined);

const HOUR_MS = 3_600_000;

function emptyDates(
  manifests: readonly Manifest[],
  { period, asOf }: Pick<ExportQuery, 'period' | 'asOf'>,
): PlainDate[] {
  const inside = new Set(datesOf(period));
  return manifests
    .flatMap(({ empty, constants }) => empty.map((bucket) => ({ bucket, zone: constants.zone })))
    .map(({ bucket, zone }) => {
      if ('date' in bucket) return bucket.date;
      if (bucket.start >= asOf) return undefined;
      const isLong = instantMs(bucket.end) - instantMs(bucket.start) > HOUR_MS;
      const own = zone === 'unknown' ? 'UTC' : zone;
      return dateIn(bucket.start, isLong ? own : period.zone);
    })
    .filter((date) => date !== undefined)
    .filter((date) => inside.has(date));
}

/** Counts the dates that ended by the time of asking and that every contributing export has. */
export function coverageOf(
  { period }: AggregateRequest,
  asOf: Instant,
  days: readonly ExportDays[],
): DayCoverage {
  const expected = datesOf(period).filter(
    (date) => startOfDate(addDays(date, 1), period.zone) <= asOf,
  );
  const missing = expected.filter(
    (date) => days.length === 0 || days.some(({ present }) => !present.has(date)),
  );
  const through = days.map(({ completeThrough }) => completeThrough);
  const isKnown = through.length > 0 && through.every((instant) => instant !== null);
  return {
    expected: expected.length,
    present: expected.length - missing.length,
    missing,
    completeThrough: isKnown ? (through.toSorted()[0] ?? null) : null,
  };
}
