import { Parser } from 'htmlparser2';

/** Holds an element; text is a plain string among its children. */
export interface HtmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (HtmlElement | string)[];
}

/** What is deeper is kept flat at this depth, so that no page can exhaust the stack. */
const DEPTH_MAX = 200;
/** The parser's time grows with the square of the depth; no page is deeper than this by intent. */
const EXCESS_MAX = 10_000;
/** A page with more elements is no documentation page. */
const NODES_MAX = 300_000;

/**
 * Parses HTML into a plain tree, forgiving what browsers forgive.
 *
 * @returns `undefined` beyond 300,000 nodes or some 10,000 levels.
 */
export function parseHtml(html: string): HtmlElement | undefined {
  const root: HtmlElement = { name: '', attributes: {}, children: [] };
  const open: HtmlElement[] = [root];
  let excess = 0;
  let nodes = 0;
  const isTooMuch = (): boolean => nodes > NODES_MAX || excess > EXCESS_MAX;
  const parser = new Parser({
    onopentag(name, attributes) {
      nodes += 1;
      if (isTooMuch()) parser.pause();
      const element: HtmlElement = { name, attributes, children: [] };
      open.at(-1)?.children.push(element);
      if (open.length < DEPTH_MAX) open.push(element);
      else excess += 1;
    },
    onclosetag() {
      if (excess > 0) excess -= 1;
      else open.pop();
    },
    ontext(text) {
      const siblings = open.at(-1)?.children ?? [];
      const last = siblings.at(-1);
      if (typeof last === 'string') siblings[siblings.length - 1] = last + text;
      else siblings.push(text);
    },
  });
  parser.write(html);
  if (isTooMuch()) return undefined;
  parser.end();
  return root;
}

interface Tree<Element> {
  readonly children: readonly (Element | string)[];
}

/** Lists an element and all below it that satisfy a test, in the order of the page. */
export function findElements<Element extends HtmlElement & Tree<Element>>(
  element: Element,
  test: (candidate: HtmlElement) => boolean,
): readonly Element[] {
  const found: Element[] = [];
  const visit = (candidate: Element): void => {
    if (test(candidate)) found.push(candidate);
    const { children }: Tree<Element> = candidate;
    for (const child of children) if (typeof child !== 'string') visit(child);
  };
  visit(element);
  return found;
}

/** Joins all text below an element as it stands in the source. */
export function rawText(element: HtmlElement): string {
  return element.children
    .map((child) => {
      if (typeof child === 'string') return child;
      return child.name === 'br' ? '\n' : rawText(child);
    })
    .join('');
}
