import Table from 'cli-table3';
import { terminalText } from '../core/index.ts';
import { csvCell, markdownText } from './encode.ts';

/** Names one column; `key` is its name for scripts. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Holds what a person reads and what a script reads: exact, null when unknown. */
export interface Cell {
  readonly text: string;
  readonly raw: string | number | null;
  /** Already Markdown, such as a link; absent where `text` is to be encoded. */
  readonly markdown?: string;
}

/** Holds a table before it has a format. */
export interface TableContent {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export type TableFormat = 'csv' | 'json' | 'markdown' | 'terminal';

/** Makes a cell of a text that reads the same for everyone; a dash stands for what is not known. */
export const cell = (value: string | number | null): Cell => ({
  text: value === null ? '–' : String(value),
  raw: value,
});

/** Makes a cell of an exact value and the text that a person reads. */
export const shown = (raw: string | number | null, text: string): Cell => ({ text, raw });

/** Lists the writers of tables. */
export const TABLE_WRITERS: Readonly<Record<TableFormat, (table: TableContent) => string>> = {
  csv: writeCsv,
  json: writeJson,
  markdown: writeMarkdown,
  terminal: writeTerminal,
};

function writeCsv({ columns, rows }: TableContent): string {
  const lines = [columns.map(({ key }) => key), ...rows.map((row) => row.map(rawText))];
  return lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');
}

const rawText = ({ raw }: Cell): string => (raw === null ? '' : String(raw));

function writeJson({ columns, rows }: TableContent): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map(({ key }, index) => [key, row[index]?.raw ?? null])),
  );
  return `${JSON.stringify(objects, null, 2)}\n`;
}

function writeMarkdown({ columns, rows }: TableContent): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
  const body = rows.map((row) =>
    line(row.map(({ text, markdown }) => markdown ?? markdownText(text))),
  );
  return [line(columns.map(({ title }) => title)), line(rule), ...body].join('');
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** cli-table3 counts the columns that a wide character takes. */
function writeTerminal({ columns, rows }: TableContent): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align),
  });
  table.push(...rows.map((row) => row.map(({ text }) => terminalText(text))));
  return `${table.toString().replace(/ +$/gm, '')}\n`;
}
