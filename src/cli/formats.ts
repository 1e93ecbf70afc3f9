import type { TableFormat } from '../report/index.ts';
import type { Call, CommandResult } from './world.ts';

/**
 * Writes one table in every format that a table has: aligned on a terminal, tab-separated values in a pipe. Where there is no
 * row, people are told so in the sentence of `none`; what programs read keeps its header.
 */
export function inTableFormats(
  render: (format: TableFormat) => string,
  none?: { readonly rows: readonly unknown[]; readonly sentence: string },
): Pick<CommandResult, 'text' | 'formats'> {
  const isEmpty = none !== undefined && none.rows.length === 0;
  return {
    text: isEmpty ? none.sentence : render('terminal'),
    formats: { md: render('markdown'), csv: render('csv') },
  };
}

/** Tells a renderer how wide the reader's terminal is. */
export const widthOf = (call: Call): { readonly width?: number; readonly color: boolean } =>
  call.isTerminal ? { width: call.width, color: call.global.color } : { color: false };
