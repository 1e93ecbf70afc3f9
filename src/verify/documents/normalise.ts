import { itemAt } from '../../core/index.ts';
import { decodeText } from './charset.ts';
import type { ElementSelection } from './compared-part.ts';
import { selectElements, withoutElements } from './element-selector.ts';
import { cleanText } from './clean-text.ts';
import { type HeadLinks, headLinks, NO_HEAD_LINKS } from './head-links.ts';
import { htmlBlocks } from './html-blocks.ts';
import { asksForPassword, mainContent } from './html-scope.ts';
import { findElements, type HtmlElement, parseHtml, rawText } from './html-tree.ts';
import { dataBlocks } from './data-blocks.ts';
import { linkTargets } from './link-targets.ts';
import { markdownBlocks } from './markdown-blocks.ts';
import { NORMALISER, type NormalisedDocument, type Representation } from './normalised.ts';
import { startSections } from './section-builder.ts';

/** Holds the bytes of a page and what is known about them. */
export interface PageBytes {
  readonly body: Uint8Array;
  /** The header `Content-Type`; empty when there is none. */
  readonly contentType: string;
  /** Where the page came from, after redirects. */
  readonly url: string;
  /** Reads these elements of an HTML page only; any other form has none. */
  readonly elements?: ElementSelection | undefined;
}

/** Holds a normalised page, or says why there is none: never an empty page in silence. */
export type NormaliseResult =
  | {
      readonly kind: 'normalised';
      readonly document: NormalisedDocument;
      /** Whether the page asks for a password. */
      readonly asksForPassword: boolean;
      /** What the page names in its head: its own address, and its Markdown twins. */
      readonly head: HeadLinks;
    }
  | { readonly kind: 'degraded'; readonly problem: 'media-type' | 'charset' | 'syntax' | 'empty' };

/** A page may hold this share of undecodable characters before it counts as broken; one may come from the author. */
const BROKEN_SHARE_MAX = 0.001;

/**
 * Turns the bytes of a page into text blocks under headings: the pure, versioned `nd1`.
 *
 * The same words give the same result whatever the attributes, their order, the white space and the chrome around them are.
 */
export function normalisePage(page: PageBytes): NormaliseResult {
  const representation = representationOf(page);
  if (representation !== 'html' && page.elements !== undefined) {
    return { kind: 'degraded', problem: 'syntax' };
  }
  if (representation === undefined) return { kind: 'degraded', problem: 'media-type' };
  const { text, broken } = decodeText(page.body, page.contentType);
  if (broken > Math.max(1, text.length * BROKEN_SHARE_MAX)) {
    return { kind: 'degraded', problem: 'charset' };
  }
  const read = readers[representation](text, page);
  if (read === undefined) return { kind: 'degraded', problem: 'syntax' };
  const { asksForPassword: asks = false, head = NO_HEAD_LINKS, ...found } = read;
  const document: NormalisedDocument = {
    normaliser: NORMALISER,
    representation,
    title: '',
    language: '',
    menu: [],
    links: [],
    masks: [],
    ...found,
  };
  if (document.sections.length === 0) return { kind: 'degraded', problem: 'empty' };
  return { kind: 'normalised', document, asksForPassword: asks, head };
}

/** A server serves no rendered page; a browser makes one of it. */
type ServedForm = Exclude<Representation, 'rendered'>;

type Read = Pick<NormalisedDocument, 'sections'> &
  Partial<NormalisedDocument> & { readonly asksForPassword?: boolean; readonly head?: HeadLinks };

const readers: Readonly<Record<ServedForm, (text: string, page: PageBytes) => Read | undefined>> = {
  html: (text, page) => readHtml(text, page),
  markdown: (text, { url }) => {
    const { targets, ...blocks } = markdownBlocks(text);
    return { ...blocks, links: linkTargets(targets, url) };
  },
  json: (text, page) => {
    const sections = dataBlocks(text, isYaml(page) ? 'yaml' : 'json');
    return sections === undefined ? undefined : { sections };
  },
  text: (text) => {
    const builder = startSections();
    for (const paragraph of text.split(/\n\s*\n/)) builder.block('paragraph', paragraph);
    return builder.finish();
  },
};

function readHtml(text: string, { url, elements }: PageBytes): Read | undefined {
  const page = parseHtml(text);
  const selected = page === undefined ? undefined : selectedPart(page, elements);
  if (page === undefined || selected === undefined) return undefined;
  const root = mainContent(selected);
  const targets = findElements(root, isLink).map((link) => link.attributes['href'] ?? '');
  const html = findElements(page, ({ name }) => name === 'html')[0];
  const title = findElements(page, ({ name }) => name === 'title')[0];
  return {
    ...htmlBlocks(root),
    title: title === undefined ? '' : cleanText(rawText(title)),
    language: (html?.attributes['lang'] ?? '').toLowerCase().replace(/-.*/s, ''),
    links: linkTargets(targets, url),
    anchors: anchorsOf(root),
    asksForPassword: asksForPassword(page),
    head: headLinks(page, url),
  };
}

/** @returns `undefined` when the selected elements are not on the page. */
function selectedPart(
  page: HtmlElement,
  elements: ElementSelection | undefined,
): HtmlElement | undefined {
  if (elements === undefined) return page;
  const { css, without } = elements;
  const unwanted = new Set(without.flatMap((selector) => selectElements(page, selector)));
  const rest = unwanted.size === 0 ? page : withoutElements(page, unwanted);
  if (css === undefined) return rest;
  const children = [...selectElements(rest, css)];
  return children.length === 0 ? undefined : { ...rest, children };
}

/** A page has no use for more places to point to, and none for longer names. */
const ANCHORS_MAX = 5000;
const ANCHOR_MAX_LENGTH = 200;

function anchorsOf(root: HtmlElement): readonly string[] {
  const names = findElements(root, () => true).flatMap(({ name, attributes }) => [
    attributes['id'] ?? '',
    name === 'a' ? (attributes['name'] ?? '') : '',
  ]);
  const wanted = names.filter((name) => name !== '' && name.length <= ANCHOR_MAX_LENGTH);
  return [...new Set(wanted)].toSorted().slice(0, ANCHORS_MAX);
}

const isLink = (element: HtmlElement): boolean => element.name === 'a';

const REPRESENTATIONS: Readonly<Record<string, ServedForm>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'application/json': 'json',
};
const YAML_TYPES: readonly string[] = [
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
];

/** An OpenAPI document is often served as YAML, by its type or as plain text by its name. */
const isYaml = ({ contentType, url }: PageBytes): boolean => {
  const type = typeOf(contentType);
  if (YAML_TYPES.includes(type) || type.endsWith('+yaml')) return true;
  const isPlain = ['', 'text/plain', 'application/octet-stream'].includes(type);
  return isPlain && /\.ya?ml$/i.test(new URL(url).pathname);
};

const typeOf = (contentType: string): string =>
  itemAt(contentType.split(';'), 0).trim().toLowerCase();

function representationOf(page: PageBytes): ServedForm | undefined {
  const { contentType, url, body } = page;
  const type = typeOf(contentType);
  const known = REPRESENTATIONS[type];
  if (known !== undefined) return known;
  if (type.endsWith('+json') || isYaml(page)) return 'json';
  if (type === 'text/plain' && /\.mdx?$/i.test(new URL(url).pathname)) return 'markdown';
  if (type.startsWith('text/')) return 'text';
  const start = Buffer.from(body.subarray(0, 200)).toString('latin1');
  return type === '' && /^\s*<(?:!doctype html|html)\b/i.test(start) ? 'html' : undefined;
}
