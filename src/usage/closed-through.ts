import {
  addDays,
  addDuration,
  dateIn,
  durationMs,
  type Instant,
  instantFromMs,
  instantMs,
  parseInstant,
  parsePlainDate,
  type PlainDate,
  startOfDate,
} from '../core/index.ts';
import type { Bucket } from './engines/duckdb/buckets.ts';
import type { ImportSums } from './engines/duckdb/import-sums.ts';
import type { Edge } from './manifest.ts';

/** What is known about the end of an export. */
export interface ClosingInput {
  readonly sums: ImportSums;
  /** Of every file; empty when the format lists none. */
  readonly buckets: readonly Bucket[];
  readonly completeness: 'event' | 'bucket';
  readonly now: Instant;
  /** How late the source posts, as the plan writes it. */
  readonly lag: string;
  /** Dates of an unknown zone are taken to end here. */
  readonly zone: string;
}

/** Start, end and completeness of an import. */
export interface Closing {
  readonly start: Edge | null;
  readonly end: Edge | null;
  readonly completeThrough: Edge | null;
  readonly empty: readonly (
    | { readonly start: Instant; readonly end: Instant }
    | { readonly date: PlainDate }
  )[];
}

/** Says from when to when an import reaches and up to where it is complete: an open bucket is not. */
export function closingOf(input: ClosingInput): Closing {
  const settled = instantFromMs(instantMs(input.now) - durationMs(input.lag));
  const isDated = input.buckets.some(({ date }) => date !== null) || input.sums.firstDate !== null;
  return isDated ? datedClosing(input, settled) : timedClosing(input, settled);
}

function datedClosing({ sums, buckets, zone }: ClosingInput, settled: Instant): Closing {
  const dates = [sums.firstDate, sums.lastDate, ...buckets.map(({ date }) => date)]
    .map((text) => parsePlainDate(text ?? ''))
    .filter((date) => date !== undefined)
    .toSorted();
  const isClosed = (date: PlainDate) => startOfDate(addDays(date, 1), zone) <= settled;
  const [first] = dates;
  const last = dates.at(-1);
  // Of rows only the first and the last date are known; whoever tells an open day has told those before it.
  const before = addDays(dateIn(settled, zone), -1);
  const isInside = dates.some((date) => date < before) && dates.some((date) => date > before);
  const told = buckets.length === 0 && isInside ? [before] : [];
  const lastClosed = [...dates, ...told].filter(isClosed).toSorted().at(-1);
  const through = lastClosed === undefined ? first : addDays(lastClosed, 1);
  return {
    start: first === undefined ? null : { date: first },
    end: last === undefined ? null : { date: addDays(last, 1) },
    completeThrough: through === undefined ? null : { date: through },
    empty: buckets
      .filter(({ isEmpty }) => isEmpty)
      .map(({ date }) => parsePlainDate(date ?? ''))
      .filter((date) => date !== undefined)
      .filter(isClosed)
      .map((date) => ({ date })),
  };
}

function timedClosing({ sums, buckets, completeness }: ClosingInput, settled: Instant): Closing {
  const starts = [sums.firstAt, ...buckets.map(({ start }) => start)];
  const ends = [sums.lastAt, ...buckets.map(({ end }) => end)];
  const start = instants(starts)[0];
  const end = instants(ends).at(-1);
  // Of rows only the last start and end are known; whoever tells an open bucket has told what lies before it.
  const isTold = completeness === 'event' || (buckets.length === 0 && (end ?? settled) > settled);
  const delivered = isTold
    ? instants([sums.lastStartAt]).at(-1)
    : instants(ends)
        .filter((one) => one <= settled)
        .at(-1);
  const through = delivered === undefined || delivered <= settled ? delivered : settled;
  return {
    start: start === undefined ? null : { at: start },
    end: end === undefined ? null : { at: completeness === 'event' ? addDuration(end, '1s') : end },
    completeThrough: through === undefined ? null : { at: through },
    empty: buckets
      .filter(({ isEmpty, end }) => isEmpty && end <= settled)
      .map(({ start, end }) => ({ start, end })),
  };
}

const instants = (texts: readonly (string | null)[]): Instant[] =>
  texts
    .map((text) => parseInstant(text ?? ''))
    .filter((instant) => instant !== undefined)
    .toSorted();
