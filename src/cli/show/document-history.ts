import type { Json } from '../../core/index.ts';
import { cell, type Column, shown, TABLE_WRITERS, type TableFormat } from '../../report/index.ts';
import type { HistoryEvent } from '../../review/index.ts';
import { inTableFormats } from '../formats.ts';
import type { CommandResult } from '../world.ts';

const COLUMNS: readonly Column[] = ['at', 'event', 'what', 'text', 'by', 'record'].map((key) => ({
  key,
  title: `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`,
  align: 'left',
}));

/** Shows everything that the ledger holds of one document, oldest first; scripts get whole digests. */
export function showHistory(id: string, events: readonly HistoryEvent[]): CommandResult {
  const write = (format: TableFormat): string =>
    TABLE_WRITERS[format]({
      columns: COLUMNS,
      rows: events.map(({ at, event, what, content, by, record }) => [
        cell(at),
        cell(event),
        cell(what),
        content === null ? cell(null) : shown(content, content.slice(7, 19)),
        cell(by),
        shown(record, record.slice(7, 19)),
      ]),
    });
  return {
    ...inTableFormats(write),
    exit: 0,
    data: { document: id, events: JSON.parse(write('json')) as Json },
    notes: events.length === 0 ? [`Next: spendproof docs check ${id}`] : [],
  };
}
