import Table from 'cli-table3';
import { terminalText } from '../core/index.ts';
import { csvCell, markdownText } from './encode.ts';
import { fitColumns, GAP, stackRows } from './fit.ts';

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

/** Lists the writers of tables; a terminal's may know how many columns there are, and then keeps to them. */
export const TABLE_WRITERS: Readonly<
  Record<TableFormat, (table: TableContent, width?: number) => string>
> = {
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
  middle: GAP,
} as const;

function writeTerminal({ columns, rows }: TableContent, width?: number): string {
  const titles = columns.map(({ title }) => title);
  const texts = rows.map((row) => row.map(({ text }) => terminalText(text)));
  const aligns = columns.map(({ align }) => align);
  if (width === undefined) return sideBySide([titles, ...texts], aligns);
  const fitted = fitColumns([titles, ...texts], aligns, width);
  return fitted === undefined ? stackRows(titles, texts, width) : sideBySide(fitted, aligns);
}

/** cli-table3 counts the columns that a wide character takes. */
function sideBySide(
  [head = [], ...rows]: readonly (readonly string[])[],
  aligns: readonly Column['align'][],
): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: [...head],
    colAligns: [...aligns],
  });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString().replace(/ +$/gm, '')}\n`;
}
