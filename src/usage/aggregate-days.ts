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
  queries: ReadonlyMap<string, ExportQuery>,
  rows: ReadonlyMap<string, readonly SqlRow[]>,
): readonly ExportDays[] {
  return exports.flatMap((of): readonly ExportDays[] => {
    const query = queries.get(of.id);
    if (query === undefined) return [];
    const present = new Set([
      ...rowDates(rows.get(of.id) ?? []),
      ...emptyDates(of.manifests, query),
    ]);
    const through = of.manifests
      .map(({ completeThrough }) => instantOf(completeThrough, query.period.zone))
      .filter((instant) => instant !== null)
      .toSorted();
    return [{ id: of.id, present, completeThrough: through.at(-1) ?? null }];
  });
}

const rowDates = (rows: readonly SqlRow[]): readonly PlainDate[] =>
  [...new Set(rows.map((row) => textAt(row, 'row_date')))]
    .map(parsePlainDate)
    .filter((date) => date !== undefined);

const HOUR_MS = 3_600_000;

function emptyDates(
  manifests: readonly Manifest[],
  { period, of, asOf }: ExportQuery,
): PlainDate[] {
  const inside = new Set(datesOf(period));
  return manifests
    .flatMap(({ empty }) => empty)
    .map((bucket) => {
      if ('date' in bucket) return bucket.date;
      if (bucket.start >= asOf) return undefined;
      const isLong = instantMs(bucket.end) - instantMs(bucket.start) > HOUR_MS;
      const own = of.constants.zone === 'unknown' ? 'UTC' : of.constants.zone;
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
