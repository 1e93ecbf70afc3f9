import { shortDigest } from '../../core/index.ts';
import { cell, type Column, shown, type TableContent } from '../../report/index.ts';
import type { HistoryEvent } from '../../review/index.ts';
import { inTableFormats, tableJson } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';

const COLUMNS: readonly Column[] = ['at', 'event', 'what', 'text', 'by', 'record'].map((key) => ({
  key,
  title: `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`,
  align: 'left',
}));

/** Shows everything that the ledger holds of one document, oldest first; scripts get whole digests. */
export function showHistory(
  call: Call,
  id: string,
  events: readonly HistoryEvent[],
): CommandResult {
  const table: TableContent = {
    columns: COLUMNS,
    rows: events.map(({ at, event, what, content, by, record }) => [
      cell(at),
      cell(event),
      cell(what),
      content === null ? cell(null) : shown(content, shortDigest(content)),
      cell(by),
      shown(record, shortDigest(record)),
    ]),
  };
  return {
    ...inTableFormats(call, table),
    exit: 0,
    data: { document: id, events: tableJson(table) },
    notes: events.length === 0 ? [`Next: spendproof docs check ${id}`] : [],
  };
}
