import type { ColumnId } from '../../columns.ts';
import type { SqlRow } from './connection.ts';

/** Asks whether a row spans more than a day, however long the clocks make one: it counts whole where it begins. */
export const spansDaysSql = (columns: readonly ColumnId[]): string =>
  columns.includes('start_at') && columns.includes('end_at')
    ? 'CAST(coalesce(max(end_at - start_at) > INTERVAL 25 HOUR, false) AS VARCHAR) AS spans_days'
    : "'false' AS spans_days";

/** Reads what {@link spansDaysSql} asked for. */
export const spansDays = (row: SqlRow | undefined): boolean => row?.['spans_days'] === 'true';
