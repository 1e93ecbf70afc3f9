import { findElements, type HtmlElement } from './html-tree.ts';

/** Holds the addresses that a page names in its head. */
export interface HeadLinks {
  /** Where the page says that it really lives; null when it does not say. */
  readonly canonical: string | null;
  /** Its Markdown twins, as absolute addresses in the order of the page. */
  readonly twins: readonly string[];
}

export const NO_HEAD_LINKS: HeadLinks = { canonical: null, twins: [] };

/** Reads `<link rel="canonical">` and `<link rel="alternate" type="text/markdown">`. */
export function headLinks(page: HtmlElement, base: string): HeadLinks {
  const links = findElements(page, ({ name }) => name === 'link').flatMap(({ attributes }) => {
    const href = attributes['href'] ?? '';
    if (href === '' || !URL.canParse(href, base)) return [];
    const relations = (attributes['rel'] ?? '').toLowerCase().split(/\s+/);
    const type = (attributes['type'] ?? '').toLowerCase();
    return [{ url: new URL(href, base).href, relations, type }];
  });
  return {
    canonical: links.find(({ relations }) => relations.includes('canonical'))?.url ?? null,
    twins: links
      .filter(({ relations, type }) => relations.includes('alternate') && isMarkdown(type))
      .map(({ url }) => url),
  };
}

/** Reads the same from the header `Link` (RFC 8288); its own quoting rules keep commas and semicolons apart from ours. */
export function headerTwins(header: string, base: string): readonly string[] {
  return [...header.matchAll(/<([^<>]{1,2000})>((?:\s*;[^,"]{0,200}(?:"[^"]{0,200}")?){0,10})/g)]
    .filter(([, , parameters = '']) => /;\s*rel\s*=\s*"?[^";]*\balternate\b/i.test(parameters))
    .filter(([, , parameters = '']) =>
      isMarkdown(/;\s*type\s*=\s*"?([\w/+.-]+)/i.exec(parameters)?.[1]?.toLowerCase() ?? ''),
    )
    .flatMap(([, href = '']) => (URL.canParse(href, base) ? [new URL(href, base).href] : []));
}

const isMarkdown = (type: string): boolean =>
  type === 'text/markdown' || type === 'text/x-markdown';
