import { decodeText } from './charset.ts';
import { cleanText } from './clean-text.ts';
import { htmlBlocks } from './html-blocks.ts';
import { asksForPassword, mainContent } from './html-scope.ts';
import { findElements, type HtmlElement, parseHtml, rawText } from './html-tree.ts';
import { jsonBlocks } from './json-blocks.ts';
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
}

/** Holds a normalised page, or says why there is none: never an empty page in silence. */
export type NormaliseResult =
  | {
      readonly kind: 'normalised';
      readonly document: NormalisedDocument;
      /** Whether the page asks for a password. */
      readonly asksForPassword: boolean;
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
  if (representation === undefined) return { kind: 'degraded', problem: 'media-type' };
  const { text, broken } = decodeText(page.body, page.contentType);
  if (broken > Math.max(1, text.length * BROKEN_SHARE_MAX)) {
    return { kind: 'degraded', problem: 'charset' };
  }
  const read = readers[representation](text, page.url);
  if (read === undefined) return { kind: 'degraded', problem: 'syntax' };
  const { asksForPassword: asks = false, ...found } = read;
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
  return { kind: 'normalised', document, asksForPassword: asks };
}

type Read = Pick<NormalisedDocument, 'sections'> &
  Partial<NormalisedDocument> & { readonly asksForPassword?: boolean };

const readers: Readonly<Record<Representation, (text: string, url: string) => Read | undefined>> = {
  html: readHtml,
  markdown: (text, url) => {
    const { targets, ...blocks } = markdownBlocks(text);
    return { ...blocks, links: linkTargets(targets, url) };
  },
  json: (text) => {
    const sections = jsonBlocks(text);
    return sections === undefined ? undefined : { sections };
  },
  text: (text) => {
    const builder = startSections();
    for (const paragraph of text.split(/\n\s*\n/)) builder.block('paragraph', paragraph);
    return builder.finish();
  },
};

function readHtml(text: string, url: string): Read | undefined {
  const page = parseHtml(text);
  if (page === undefined) return undefined;
  const root = mainContent(page);
  const targets = findElements(root, isLink).map((link) => link.attributes['href'] ?? '');
  const html = findElements(page, ({ name }) => name === 'html')[0];
  const title = findElements(page, ({ name }) => name === 'title')[0];
  return {
    ...htmlBlocks(root),
    title: title === undefined ? '' : cleanText(rawText(title)),
    language: (html?.attributes['lang'] ?? '').toLowerCase().split('-')[0] ?? '',
    links: linkTargets(targets, url),
    asksForPassword: asksForPassword(page),
  };
}

const isLink = (element: HtmlElement): boolean => element.name === 'a';

const REPRESENTATIONS: Readonly<Record<string, Representation>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'application/json': 'json',
  'application/yaml': 'text',
};

function representationOf({ contentType, url, body }: PageBytes): Representation | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const known = REPRESENTATIONS[type];
  if (known !== undefined) return known;
  if (type.endsWith('+json')) return 'json';
  if (type === 'text/plain' && /\.mdx?$/i.test(new URL(url).pathname)) return 'markdown';
  if (type.startsWith('text/')) return 'text';
  const start = Buffer.from(body.subarray(0, 200)).toString('latin1');
  return type === '' && /^\s*<(?:!doctype html|html)\b/i.test(start) ? 'html' : undefined;
}
