import { itemAt } from '../../core/index.ts';
import { scanData } from './scan-data.ts';
import type { Comment, ScannedFile, TextPiece } from './text-piece.ts';

interface Line {
  readonly text: string;
  readonly offset: number;
}

interface Scan {
  readonly pieces: TextPiece[];
  readonly comments: Comment[];
  /** Counts blocks; the one that is being read. */
  block: number;
  /** Waivers that stand alone wait for the next block. */
  waiting: { text: string; offset: number }[];
}

const FENCE =
  /^(?: {0,3}|(?:\s*>)+\s?|\s*(?:[-*+]|\d{1,9}[.)])\s+|\s{2,12})(`{3,}|~{3,})\s*([\w+-]*)/;
const DELIMITER_ROW = /^[\s>]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const COMMENT = /<!--([\s\S]*?)-->/g;
const ATX = /^ {0,3}#{1,6}(?:\s|$)/;
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;

/**
 * Cuts Markdown into prose, table cells and code, each with its place in the file.
 *
 * Link targets, autolinks and the attributes of HTML and MDX tags are blanked; front matter is read as data.
 */
export function scanMarkdown(text: string): ScannedFile {
  const scan: Scan = { pieces: [], comments: [], block: 0, waiting: [] };
  const withoutComments = takeComments(text);
  const lines = linesOf(withoutComments.text);
  let index = readFrontMatter(scan, lines);
  while (index < lines.length) index = readBlock(scan, lines, index, withoutComments.comments);
  for (const { text: comment, offset } of scan.waiting) {
    scan.comments.push({ text: comment, offset, blocks: [] });
  }
  return scan;
}

interface RawComment {
  readonly text: string;
  readonly offset: number;
  readonly end: number;
}

/** Blanks comments outside code, so that they part no paragraph; their text is read as prose of its own. */
function takeComments(text: string): { text: string; comments: readonly RawComment[] } {
  const comments: RawComment[] = [];
  const code = codeRanges(text);
  const blanked = text.replace(COMMENT, (all, inner: string, offset: number) => {
    if (code.some(([start, end]) => start <= offset && offset < end)) return all;
    comments.push({ text: inner, offset: offset + 4, end: offset + all.length });
    return all.replace(/[^\n]/g, ' ');
  });
  return { text: blanked, comments };
}

function codeRanges(text: string): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  const lines = linesOf(text);
  for (let index = 0; index < lines.length; index += 1) {
    const fence = FENCE.exec(textAt(lines, index));
    if (fence === null) continue;
    const end = fenceEnd(lines, index, itemAt(fence, 1));
    ranges.push([itemAt(lines, index).offset, itemAt(lines, end).offset]);
    index = end;
  }
  return ranges;
}

function linesOf(text: string): readonly Line[] {
  let offset = 0;
  return text.split('\n').map((line) => {
    const start = offset;
    offset += line.length + 1;
    return { text: line.replace(/\r$/, ' '), offset: start };
  });
}

/** @returns the index of the first line after it, 0 when there is none. */
function readFrontMatter(scan: Scan, lines: readonly Line[]): number {
  if (lines[0]?.text.trimEnd() !== '---') return 0;
  const end = lines.findIndex(({ text }, index) => index > 0 && text.trimEnd() === '---');
  if (end < 0) return 0;
  const body = lines.slice(1, end);
  const data = scanData(body.map(({ text }) => text).join('\n'));
  const offset = body[0]?.offset ?? 0;
  const last = Math.max(0, ...data.pieces.map(({ block }) => block));
  scan.pieces.push(...data.pieces.map((piece) => ({ ...piece, offset: piece.offset + offset })));
  scan.comments.push(...data.comments.map((one) => ({ ...one, offset: one.offset + offset })));
  scan.block = last + 1;
  return end + 1;
}

/** @returns the index of the line to read next. */
function readBlock(
  scan: Scan,
  lines: readonly Line[],
  index: number,
  comments: readonly RawComment[],
): number {
  const end = blockEnd(lines, index);
  scan.block += 1;
  const start = itemAt(lines, index).offset;
  const next = lines[end]?.offset ?? Number.POSITIVE_INFINITY;
  const inside = comments.filter(({ offset }) => offset >= start && offset < next);
  for (const { text, offset } of inside) {
    const place = { kind: 'prose' } as const;
    scan.pieces.push({ text, offset, place, where: 'prose', block: scan.block });
  }
  const body = lines.slice(index, end);
  if (body.every(({ text }) => text.trim() === '')) {
    scan.waiting.push(...inside);
    return end;
  }
  for (const { text, offset } of [...scan.waiting.splice(0), ...inside]) {
    scan.comments.push({ text, offset, blocks: [scan.block] });
  }
  if (FENCE.test(textAt(lines, index)) || isIndented(lines, index)) addCode(scan, body);
  else readBody(scan, body);
  return end;
}

function blockEnd(lines: readonly Line[], index: number): number {
  const first = textAt(lines, index);
  const fence = FENCE.exec(first);
  if (fence !== null) return Math.min(lines.length, fenceEnd(lines, index, itemAt(fence, 1)) + 1);
  if (isEmpty(first) || ATX.test(first)) return index + 1;
  const goesOn = isIndented(lines, index)
    ? (text: string): boolean => INDENTED.test(text) || isEmpty(text)
    : (text: string): boolean => !isEmpty(text) && !ATX.test(text) && !FENCE.test(text);
  let end = index + 1;
  while (end < lines.length && goesOn(textAt(lines, end))) end += 1;
  return end;
}

const INDENTED = /^(?: {4}|\t)/;
const isEmpty = (text: string): boolean => text.trim() === '';
const textAt = (lines: readonly Line[], index: number): string => itemAt(lines, index).text;

/** @returns the index of the closing line, or that of the last line. */
function fenceEnd(lines: readonly Line[], index: number, mark: string): number {
  for (let at = index + 1; at < lines.length; at += 1) {
    const line = textAt(lines, at)
      .replace(/^[\s>]+/, '')
      .trimEnd();
    if (line.startsWith(mark) && line.replaceAll(mark.charAt(0), '') === '') return at;
  }
  return lines.length - 1;
}

/** Four spaces begin code after an empty line, but not below a list item. */
function isIndented(lines: readonly Line[], index: number): boolean {
  if (!/^(?: {4}|\t)\S/.test(textAt(lines, index))) return false;
  if (index > 0 && !isEmpty(textAt(lines, index - 1))) return false;
  for (let at = index - 1; at >= 0; at -= 1) {
    const text = textAt(lines, at);
    if (ITEM.test(text)) return false;
    if (!isEmpty(text) && !/^\s/.test(text)) return true;
  }
  return true;
}

function readBody(scan: Scan, body: readonly Line[]): void {
  const table = body.findIndex(
    ({ text }, index) =>
      text.includes('|') &&
      DELIMITER_ROW.test(body[index + 1]?.text ?? '') &&
      (body[index + 1]?.text.includes('-') ?? false),
  );
  addProse(scan, table < 0 ? body : body.slice(0, table));
  if (table >= 0) addTable(scan, body.slice(table));
}

function addCode(scan: Scan, body: readonly Line[]): void {
  const { offset } = itemAt(body, 0);
  const text = body.map((line) => line.text).join('\n');
  scan.pieces.push({ text, offset, place: { kind: 'code' }, where: 'code', block: scan.block });
}

/** Lines of a paragraph or list are one text each: a statement may go over the end of a line. */
function addProse(scan: Scan, body: readonly Line[]): void {
  let part: Line[] = [];
  const close = (): void => {
    const [first] = part;
    if (first !== undefined) {
      addText(scan, part.map(({ text }) => text).join('\n'), first.offset, {});
    }
    part = [];
  };
  for (const line of body) {
    if (ITEM.test(line.text)) close();
    part.push(line);
  }
  close();
}

function addTable(scan: Scan, [header, , ...rows]: readonly Line[]): void {
  if (header === undefined) return;
  const labels = cellsOf(header);
  for (const { text, offset } of labels) addText(scan, text, offset, { where: 'table' });
  for (const row of rows) {
    for (const [index, { text, offset }] of cellsOf(row).entries()) {
      addText(scan, text, offset, { where: 'table', label: labels[index]?.text.trim() ?? '' });
    }
  }
}

function cellsOf({ text, offset }: Line): readonly Line[] {
  const cells: Line[] = [];
  let start = 0;
  for (const match of text.matchAll(/(?<!\\)\|/g)) {
    cells.push({ text: text.slice(start, match.index), offset: offset + start });
    start = match.index + 1;
  }
  cells.push({ text: text.slice(start), offset: offset + start });
  return /^[\s>]*\|/.test(text) ? cells.slice(1) : cells;
}

/** Adds running text, and what stands in backticks as code of its own. */
function addText(
  scan: Scan,
  text: string,
  offset: number,
  { where = 'prose', label }: { readonly where?: 'prose' | 'table'; readonly label?: string },
): void {
  const { block } = scan;
  const spans = [...text.matchAll(/(`{1,3})(?!`)([^`]{1,2000}?)\1(?!`)/g)];
  let prose = text;
  for (const { index, 0: whole } of spans) {
    const code = { kind: 'code' } as const;
    scan.pieces.push({ text: whole, offset: offset + index, place: code, where: 'code', block });
    // The words around a code span still speak of it: its marks go, and its arguments stay unread.
    const kept = whole.replaceAll('`', ' ').replace(/\$\d{1,2}(?![\d.,])/g, blank);
    prose = prose.slice(0, index) + kept + prose.slice(index + whole.length);
  }
  const place =
    label === undefined ? ({ kind: 'prose' } as const) : ({ kind: 'labelled', label } as const);
  scan.pieces.push({ text: readable(prose), offset, place, where, block });
}

const blank = (part: string): string => part.replace(/[^\n]/g, ' ');

/** Blanks what people do not read, and makes line ends spaces, at the same length. */
const readable = (text: string): string =>
  text
    .replace(
      /\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}(?:\s+["'][^"'\n]{0,300}["'])?\s*\)/g,
      blank,
    )
    .replace(/^\s{0,3}\[[^\]\n]{1,200}\]:\s*\S+/g, blank)
    .replace(/<\/?[A-Za-z][^<>]{0,2000}>/g, blank)
    .replace(/[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}/g, (mark) =>
      mark.includes('_') ? mark : blank(mark),
    )
    .replaceAll('\n', ' ');
