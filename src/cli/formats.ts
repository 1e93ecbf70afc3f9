import type { TableFormat } from '../report/index.ts';
import type { Call, CommandResult } from './world.ts';

/** Writes one table in every format that a table has: aligned on a terminal, tab-separated values in a pipe. */
export function inTableFormats(
  render: (format: TableFormat) => string,
): Pick<CommandResult, 'text' | 'formats'> {
  return { text: render('terminal'), formats: { md: render('markdown'), csv: render('csv') } };
}

/** Tells a renderer how wide the reader's terminal is. */
export const widthOf = (call: Call): { readonly width?: number; readonly color: boolean } =>
  call.isTerminal ? { width: call.width, color: call.global.color } : { color: false };
