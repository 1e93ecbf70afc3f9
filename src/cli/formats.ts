import type { Json } from '../core/index.ts';
import { TABLE_WRITERS, type TableContent } from '../report/index.ts';
import type { Call, CommandResult } from './world.ts';

/**
 * Writes one table in every format that a table has: as wide as a terminal at most, in a pipe as wide as what it holds. Where
 * there is no row, people are told so in the sentence `none`; what programs read keeps its header.
 */
export function inTableFormats(
  call: Call,
  table: TableContent,
  none?: string,
): Pick<CommandResult, 'text' | 'formats'> {
  return {
    text: none !== undefined && table.rows.length === 0 ? none : terminalTable(call, table),
    formats: { md: TABLE_WRITERS.markdown(table), csv: TABLE_WRITERS.csv(table) },
  };
}

/** Writes a table for people, as far to the right as the reader's terminal goes, less an indent. */
export const terminalTable = (call: Call, table: TableContent, indent = 0): string => {
  const { width } = widthOf(call);
  return TABLE_WRITERS.terminal(table, width === undefined ? undefined : width - indent);
};

/** Gives the rows of a table as JSON, by the keys of its columns. */
export const tableJson = (table: TableContent): Json =>
  JSON.parse(TABLE_WRITERS.json(table)) as Json;

/** Tells a renderer how wide the reader's terminal is. */
export const widthOf = (call: Call): { readonly width?: number; readonly color: boolean } =>
  call.isTerminal ? { width: call.width, color: call.global.color } : { color: false };
