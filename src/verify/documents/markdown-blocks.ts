import { itemAt } from '../../core/index.ts';
import type { BlockKind, Section } from './normalised.ts';
import { addTable, type SectionBuilder, startSections } from './section-builder.ts';

/** Holds what a Markdown page says; `targets` are its link targets as written. */
export interface MarkdownBlocks {
  readonly sections: readonly Section[];
  readonly masks: readonly string[];
  readonly targets: readonly string[];
  readonly title: string;
}

const ATX = /^ {0,3}(#{1,6})(?:[ \t](.*))?$/;
const UNDERLINE = /^ {0,3}(?:=+|-{2,})[ \t]*$/;
const FENCE = /^\s*(`{3,}|~{3,})[ \t]*([^`]*)$/;
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(.*)$/;
const DELIMITER_ROW = /^\s*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const LINK =
  /(!?)\[((?:[^[\]]|\[[^[\]]{0,200}\]){0,400})\]\(\s*<?([^\s()<>]{0,800}(?:\([^\s()]{0,200}\))?[^\s()<>]{0,200})>?(?:\s+["'][^"']{0,300}["'])?\s*\)/g;
const TITLE = /^title:\s*["']?(.*?)["']?\s*$/;

interface Reading {
  readonly builder: SectionBuilder;
  readonly lines: readonly string[];
  readonly targets: string[];
  readonly paragraph: string[];
  kind: BlockKind;
  title: string;
}

/**
 * Reads Markdown into the blocks that the same page has in HTML: headings, paragraphs, list items, code, tables, front matter.
 *
 * Inline HTML and components stay as text: what they hold is content. No list nesting, no reference links.
 */
export function markdownBlocks(text: string): MarkdownBlocks {
  const reading: Reading = {
    builder: startSections(),
    lines: text.split(/\r\n?|\n/),
    targets: [],
    paragraph: [],
    kind: 'paragraph',
    title: '',
  };
  let index = readFrontMatter(reading);
  while (index < reading.lines.length) index = readLine(reading, index);
  flush(reading);
  return { ...reading.builder.finish(), targets: reading.targets, title: reading.title };
}

/** @returns the index of the first line after it, 0 when there is none. */
function readFrontMatter(reading: Reading): number {
  if (reading.lines[0]?.trimEnd() !== '---') return 0;
  const end = reading.lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end < 0) return 0;
  for (const line of reading.lines.slice(1, end)) {
    reading.builder.block('meta', line);
    reading.title = TITLE.exec(line)?.[1] ?? reading.title;
  }
  return end + 1;
}

/** @returns the index of the line to read next. */
function readLine(reading: Reading, index: number): number {
  const line = itemAt(reading.lines, index);
  const fence = FENCE.exec(line);
  if (fence !== null) return readFence(reading, index, fence);
  if (startsTable(line, reading.lines[index + 1] ?? '')) return readTable(reading, index);
  const heading = ATX.exec(line);
  if (heading !== null) {
    addHeading(reading, itemAt(heading, 1).length, withoutClosing(heading[2] ?? ''));
  } else if (reading.paragraph.length > 0 && UNDERLINE.test(line)) {
    const text = reading.paragraph.splice(0).join(' ');
    addHeading(reading, line.includes('=') ? 1 : 2, text);
  } else readText(reading, line);
  return index + 1;
}

const startsTable = (line: string, next: string): boolean =>
  line.includes('|') && next.includes('-') && DELIMITER_ROW.test(next);

/** Takes the closing `##` of a heading away; by hand, because a pattern for it backtracks. */
function withoutClosing(text: string): string {
  const trimmed = text.trim();
  let end = trimmed.length;
  while (trimmed[end - 1] === '#') end -= 1;
  const closes = end === 0 || /\s/.test(trimmed.charAt(end - 1));
  return closes ? trimmed.slice(0, end) : trimmed;
}

function readText(reading: Reading, line: string): void {
  const item = ITEM.exec(line);
  if (line.trim() === '' || RULE.test(line)) flush(reading);
  else if (item === null) reading.paragraph.push(line.replace(/^\s*>+ ?/, ''));
  else {
    flush(reading);
    reading.kind = 'item';
    reading.paragraph.push(itemAt(item, 1));
  }
}

function readFence(reading: Reading, index: number, fence: RegExpExecArray): number {
  flush(reading);
  const [, mark = '```', info = ''] = fence;
  // The first word names a language; more of it is content, such as `yaml POST /v1/chat/completions` of API references.
  const content = info.trim().split(/\s+/).slice(1).join(' ');
  reading.builder.block('paragraph', content);
  const isEnd = (line: string): boolean =>
    line.trim().startsWith(mark) && line.trim().replaceAll(mark.charAt(0), '') === '';
  let end = index + 1;
  while (end < reading.lines.length && !isEnd(itemAt(reading.lines, end))) end += 1;
  reading.builder.block('code', reading.lines.slice(index + 1, end).join('\n'));
  return end + 1;
}

function readTable(reading: Reading, index: number): number {
  flush(reading);
  let end = index + 2;
  while ((reading.lines[end] ?? '').includes('|')) end += 1;
  const rows = [itemAt(reading.lines, index), ...reading.lines.slice(index + 2, end)];
  addTable(
    reading.builder,
    rows.map((row) => cellsOf(row).map((cell) => inline(reading, cell))),
    true,
  );
  return end;
}

function cellsOf(row: string): readonly string[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replaceAll('\\|', '|'));
}

function addHeading(reading: Reading, level: number, text: string): void {
  flush(reading);
  reading.builder.heading(level, inline(reading, text));
}

function flush(reading: Reading): void {
  if (reading.paragraph.length > 0) {
    reading.builder.block(reading.kind, inline(reading, reading.paragraph.splice(0).join(' ')));
  }
  reading.kind = 'paragraph';
}

/** Keeps the text of links and notes their targets; takes emphasis marks away. */
function inline(reading: Reading, text: string): string {
  const withoutLinks = text.replace(LINK, (_all, image: string, label: string, target: string) => {
    if (image === '') reading.targets.push(target);
    return label;
  });
  return withoutLinks
    .replace(/(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\w*])\*(?=[^\s*])([^*]{1,500}?)(?<=[^\s*])\*(?![\w*])/g, '$1');
}
