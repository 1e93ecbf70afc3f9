import {
  addDecimals,
  type Decimal,
  parseDecimal,
  parsePlainDate,
  type PlainDate,
} from '../../core/index.ts';

/** One line of a series. */
export interface SeriesRow {
  readonly date: PlainDate;
  readonly amount: Decimal;
  /** Tells parts of one date apart, such as teams; empty without one. */
  readonly label: string;
}

/** The rows of a file, or the first line that is not one. */
export type SeriesFile =
  | { readonly kind: 'ok'; readonly rows: readonly SeriesRow[] }
  | { readonly kind: 'bad'; readonly line: number; readonly expected: string };

const HEADERS = ['date,amount', 'date,amount,label'];

/**
 * Reads a series: CSV with the header `date,amount` or `date,amount,label`, one date and label once.
 *
 * Amounts are plain decimals, a label may stand in double quotes. A denominator is small and decides much, so one bad line
 * refuses the file; nothing is repaired.
 */
export function parseSeries(text: string): SeriesFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = lines[0] ?? '';
  if (!HEADERS.includes(header)) return bad(1, `the header ${HEADERS.join(' or ')}`);
  const columns = header.split(',').length;
  const rows: SeriesRow[] = [];
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || (line === '' && index === lines.length - 1)) continue;
    const row = rowOf(line, columns);
    if (typeof row === 'string') return bad(index + 1, row);
    const key = `${row.date} ${row.label}`;
    if (seen.has(key)) return bad(index + 1, 'each date and label once');
    seen.add(key);
    rows.push(row);
  }
  return { kind: 'ok', rows };
}

const bad = (line: number, expected: string): SeriesFile => ({ kind: 'bad', line, expected });

/** A label in quotes may hold a comma; two quotes stand for one. */
const LINE = /^([^,"]*),([^,"]*)(?:,(?:([^",]*)|"((?:[^"]|"")*)"))?$/;

function rowOf(line: string, columns: number): SeriesRow | string {
  const match = LINE.exec(line);
  const [, day = '', amountText = '', plain, quoted] = match ?? [];
  const hasLabel = plain !== undefined || quoted !== undefined;
  if (match === null || hasLabel !== (columns === 3)) return `${columns} columns`;
  const date = parsePlainDate(day);
  if (date === undefined) return 'a date that exists, such as 2026-11-23';
  const amount = parseDecimal(amountText);
  if (amount === undefined) return 'a plain decimal such as 42 or 41.5';
  return { date, amount, label: plain ?? quoted?.replaceAll('""', '"') ?? '' };
}

/**
 * Puts the files of a series together: of one date and label the later file counts; labels of a date add up.
 *
 * @param files in the order in which they supersede each other.
 */
export function seriesDays(
  files: readonly (readonly SeriesRow[])[],
): readonly { readonly date: PlainDate; readonly amount: Decimal }[] {
  const newest = new Map<string, SeriesRow>();
  for (const row of files.flat()) newest.set(`${row.date} ${row.label}`, row);
  const days = new Map<PlainDate, Decimal>();
  for (const { date, amount } of newest.values()) {
    const earlier = days.get(date);
    days.set(date, earlier === undefined ? amount : addDecimals(earlier, amount));
  }
  return [...days]
    .map(([date, amount]) => ({ date, amount }))
    .toSorted((left, right) => (left.date < right.date ? -1 : 1));
}
