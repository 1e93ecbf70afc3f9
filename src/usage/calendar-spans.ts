import { addMeasured, isoWeek, type Measured, type PlainDate, startOfDate } from '../core/index.ts';
import type { MeasureId } from '../plan/index.ts';
import type { AggregateRow } from './aggregate.ts';

/** Spans of the calendar into which whole days add up. */
export const CALENDAR_SPANS = ['week', 'month', 'quarter', 'year'] as const;
export type CalendarSpan = (typeof CALENDAR_SPANS)[number];

/** One group of an answer by a span; `2026-W47`, `2026-11`, `2026-Q4` or `2026`. */
export interface SpanRow {
  readonly group: Readonly<Record<string, string | null>>;
  readonly measures: AggregateRow['measures'];
}

/**
 * Adds rows that are grouped by `day` up into spans, in the place of the day and in the order of the rows. Exact; what some
 * day does not know stays unknown in part. Distinct users (`seats`) do not add: ask for them without a span.
 */
export function rowsBySpan(rows: readonly AggregateRow[], span: CalendarSpan): readonly SpanRow[] {
  const spans = new Map<string, SpanRow>();
  for (const { group, measures } of rows) {
    const entries = Object.entries(group).map(([name, value]): [string, string | null] =>
      name === 'day' ? [span, spanOf(value, span)] : [name, value],
    );
    const key = JSON.stringify(entries);
    const before = spans.get(key)?.measures ?? {};
    spans.set(key, { group: Object.fromEntries(entries), measures: added(before, measures) });
  }
  return [...spans.values()];
}

function added(before: SpanRow['measures'], measures: SpanRow['measures']): SpanRow['measures'] {
  const sums = Object.entries(measures) as [MeasureId, Measured][];
  return Object.fromEntries(sums.map(([id, measured]) => [id, addMeasured(before[id], measured)]));
}

function spanOf(date: string | null, span: CalendarSpan): string | null {
  if (date === null) return null;
  switch (span) {
    case 'week':
      return isoWeek(startOfDate(date as PlainDate, 'UTC'), 'UTC');
    case 'month':
      return date.slice(0, 7);
    case 'quarter':
      return `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
    case 'year':
      return date.slice(0, 4);
    default:
      span satisfies never;
      return null;
  }
}
