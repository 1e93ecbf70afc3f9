import { itemAt } from '../../core/index.ts';
import { cleanText } from './clean-text.ts';
import { findElements, type HtmlElement, rawText } from './html-tree.ts';
import type { BlockKind, Section } from './normalised.ts';
import { addTable, type SectionBuilder, startSections } from './section-builder.ts';

/** Holds what the main content of an HTML page says. */
export interface HtmlBlocks {
  readonly sections: readonly Section[];
  readonly menu: readonly string[];
  readonly masks: readonly string[];
}

const INLINE: ReadonlySet<string> = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp slot small span ' +
    'strike strong sub sup time tt u var wbr img br'
  ).split(' '),
);
const CODE_NAMES: readonly string[] = ['code', 'tt'];
const HEADING = /^h([1-6])$/;

/** A block that is nothing but links and not longer than this is navigation. */
const MENU_MAX_LENGTH = 60;
const MENU_LINK_SHARE = 0.8;
/** So many links one after the other and next to nothing else are a menu, however long, such as a site's footer. */
const MENU_LINKS_MIN = 5;
const MENU_RUN_SHARE = 0.95;
/** A page whose text is mostly links is an index page: there the links are the content. */
const INDEX_SHARE = 0.5;

interface Walk {
  readonly builder: SectionBuilder;
  readonly menu: string[];
  readonly keepMenu: boolean;
  buffer: string;
  linked: number;
  links: number;
  kind: BlockKind;
}

/** Turns the main content of a page into blocks under headings (design: documents.md 3.3, steps 5 to 9). */
export function htmlBlocks(root: HtmlElement): HtmlBlocks {
  const blocks = walkPage(root, false);
  const menuLength = blocks.menu.join('').length;
  const kept = blocks.sections.flatMap((section) => section.blocks.map((block) => block.text));
  const isIndex = menuLength > INDEX_SHARE * (menuLength + kept.join('').length);
  return isIndex ? walkPage(root, true) : blocks;
}

function walkPage(root: HtmlElement, keepMenu: boolean): HtmlBlocks {
  const walk: Walk = {
    builder: startSections(),
    menu: [],
    keepMenu,
    buffer: '',
    linked: 0,
    links: 0,
    kind: 'paragraph',
  };
  walkChildren(root, walk);
  flush(walk);
  return { ...walk.builder.finish(), menu: walk.menu };
}

function walkChildren(element: HtmlElement, walk: Walk): void {
  for (const child of element.children) {
    if (typeof child === 'string') walk.buffer += child;
    else if (isInline(child)) walkInline(child, walk);
    else walkBlock(child, walk);
  }
}

/** An inline element around blocks, such as a link around a card, is a block. */
function isInline(element: HtmlElement): boolean {
  return (
    INLINE.has(element.name) &&
    element.children.every((child) => typeof child === 'string' || isInline(child))
  );
}

function walkInline(element: HtmlElement, walk: Walk): void {
  const text = inlineText(element);
  walk.buffer += text;
  walk.linked += linkedInk(element);
  walk.links += findElements(element, ({ name }) => name === 'a').length;
}

function inlineText(element: HtmlElement): string {
  if (element.name === 'br') return ' ';
  const text = element.children
    .map((child) => (typeof child === 'string' ? child : inlineText(child)))
    .join('');
  const isCode = CODE_NAMES.includes(element.name) && cleanText(text) !== '';
  return isCode ? `\`${cleanText(text).replaceAll('`', '')}\`` : text;
}

function linkedInk(element: HtmlElement): number {
  if (element.name === 'a') return cleanText(inlineText(element)).length;
  return element.children.reduce(
    (sum, child) => sum + (typeof child === 'string' ? 0 : linkedInk(child)),
    0,
  );
}

function walkBlock(element: HtmlElement, walk: Walk): void {
  flush(walk);
  const level = HEADING.exec(element.name)?.[1];
  if (level !== undefined) walk.builder.heading(Number(level), headingText(element));
  else if (element.name === 'pre') walk.builder.block('code', rawText(element));
  else if (element.name === 'table' && isDataTable(element)) walkTable(element, walk);
  else walkContainer(element, walk);
}

const KINDS: Readonly<Record<string, BlockKind>> = { li: 'item', dt: 'term' };

function walkContainer(element: HtmlElement, walk: Walk): void {
  const outer = walk.kind;
  walk.kind = KINDS[element.name] ?? (element.name === 'dd' ? 'paragraph' : outer);
  walkChildren(element, walk);
  flush(walk);
  walk.kind = outer;
}

function flush(walk: Walk): void {
  // Most elements hold nothing but elements.
  const text = walk.buffer === '' ? '' : cleanText(walk.buffer);
  if (!walk.keepMenu && text !== '' && isMenu(text, walk)) walk.menu.push(text);
  else walk.builder.block(walk.kind, text);
  walk.buffer = '';
  walk.linked = 0;
  walk.links = 0;
}

const isMenu = (text: string, { linked, links }: Walk): boolean =>
  text.length <= MENU_MAX_LENGTH
    ? linked >= MENU_LINK_SHARE * text.length
    : links >= MENU_LINKS_MIN && linked >= MENU_RUN_SHARE * text.length;

/** Leaves out the mark that links a heading to itself, `#` or `¶`. */
function headingText(element: HtmlElement): string {
  return element.children
    .map((child) => {
      if (typeof child === 'string') return child;
      const text = INLINE.has(child.name) ? inlineText(child) : headingText(child);
      const isMark = child.name === 'a' && /^(?:[#¶§🔗]|\P{L}?)$/u.test(cleanText(text));
      return isMark ? '' : text;
    })
    .join('');
}

/** A table with headings or tables inside serves the layout. */
function isDataTable(table: HtmlElement): boolean {
  return (
    findElements(table, ({ name }) => name === 'table' || HEADING.test(name)).length === 1 &&
    findElements(table, ({ name }) => name === 'tr').length > 0
  );
}

function walkTable(table: HtmlElement, walk: Walk): void {
  const rows = findElements(table, ({ name }) => name === 'tr').map((row) =>
    row.children.filter((cell) => typeof cell !== 'string'),
  );
  const cells = rows.map((row) => row.map(cellText));
  const first = itemAt(rows, 0);
  const hasHeader = rows.length > 1 && first.length > 0 && first.every(isHeaderCell);
  const caption = findElements(table, ({ name }) => name === 'caption')[0];
  if (caption !== undefined) walk.builder.block('paragraph', cellText(caption));
  addTable(walk.builder, cells, hasHeader);
}

const isHeaderCell = ({ name }: HtmlElement): boolean => name === 'th';

function cellText(cell: HtmlElement): string {
  const code = CODE_NAMES.includes(cell.name);
  if (code) return inlineText(cell);
  return cell.children
    .map((child) => {
      if (typeof child === 'string') return child;
      return INLINE.has(child.name) ? cellText(child) : ` ${cellText(child)} `;
    })
    .join('')
    .concat(cell.name === 'br' ? ' ' : '');
}
