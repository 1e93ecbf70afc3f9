import { findElements, type HtmlElement } from './html-tree.ts';

/** What is never rendered as text: dropped whatever it holds. Not `head`: where its end tag is left out, the body is inside. */
const UNSEEN: ReadonlySet<string> = new Set(
  (
    'script style template title base svg iframe object embed canvas video audio map select textarea input link meta ' +
    'datalist'
  ).split(' '),
);
const CHROME_NAMES: ReadonlySet<string> = new Set(
  'nav footer aside form button dialog noscript'.split(' '),
);
const CHROME_ROLES: ReadonlySet<string> = new Set(
  'navigation contentinfo complementary search banner dialog alertdialog'.split(' '),
);
const CHROME_CLASS =
  /(?:^|[\s_-])(?:cookies?|consent|gdpr|related|feedback|breadcrumbs?|pagination|newsletter|skip-link|table-of-contents)(?:$|[\s_-])/i;

/** Chrome that holds this share of the page's text is no chrome: a consent dialog hides the whole application root. */
const CHROME_SHARE_MAX = 0.3;
/** A root that holds less of the page than this lost it, as site redesigns do. */
const ROOT_SHARE_MIN = 0.5;

/**
 * Cuts a page down to its main content: unseen elements and small chrome go, then the largest `main`, else `article`, else all.
 *
 * (design: documents.md 3.3, steps 3 and 4)
 */
export function mainContent(page: HtmlElement): HtmlElement {
  const seen = withoutUnseen(page);
  const body = findElements(seen, (element) => element.name === 'body')[0] ?? seen;
  const total = inkLength(body);
  const plain = withoutChrome(body, total * CHROME_SHARE_MAX);
  const mains = findElements(
    plain,
    (element) => element.name === 'main' || element.attributes['role'] === 'main',
  );
  const candidates =
    mains.length > 0 ? mains : findElements(plain, (element) => element.name === 'article');
  const [root] = candidates.toSorted((left, right) => inkLength(right) - inkLength(left));
  if (root === undefined) return plain;
  return inkLength(root) < ROOT_SHARE_MIN * inkLength(plain) ? plain : root;
}

/** Tells whether the page asks for a password. */
export const asksForPassword = (page: HtmlElement): boolean =>
  findElements(
    page,
    (element) =>
      element.name === 'input' && element.attributes['type']?.toLowerCase() === 'password',
  ).length > 0;

function withoutUnseen(element: HtmlElement): HtmlElement {
  const children = element.children.flatMap((child): HtmlElement['children'] => {
    if (typeof child === 'string') return [child];
    return UNSEEN.has(child.name) ? [] : [withoutUnseen(child)];
  });
  return { ...element, children };
}

function withoutChrome(element: HtmlElement, inkMax: number): HtmlElement {
  const children = element.children.flatMap((child): HtmlElement['children'] => {
    if (typeof child === 'string') return [child];
    return isChrome(child) && inkLength(child) < inkMax ? [] : [withoutChrome(child, inkMax)];
  });
  return { ...element, children };
}

function isChrome(element: HtmlElement): boolean {
  const { name, attributes } = element;
  const role = attributes['role']?.toLowerCase() ?? '';
  if (CHROME_NAMES.has(name) || CHROME_ROLES.has(role) || isHidden(element)) return true;
  return name !== 'main' && CHROME_CLASS.test(attributes['class'] ?? '');
}

const isHidden = ({ attributes }: HtmlElement): boolean =>
  'hidden' in attributes ||
  attributes['aria-hidden']?.toLowerCase() === 'true' ||
  /display\s*:\s*none/i.test(attributes['style'] ?? '');

function inkLength(element: HtmlElement): number {
  let length = 0;
  for (const child of element.children) {
    length += typeof child === 'string' ? child.replace(/\s+/g, '').length : inkLength(child);
  }
  return length;
}
