import { findElements, type HtmlElement } from './html-tree.ts';
import { inkLength } from './ink.ts';

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
  const plain = withoutChrome(body, body.ink * CHROME_SHARE_MAX);
  const mains = findElements(
    plain,
    (element) => element.name === 'main' || element.attributes['role'] === 'main',
  );
  const candidates =
    mains.length > 0 ? mains : findElements(plain, (element) => element.name === 'article');
  const [root] = candidates.toSorted((left, right) => right.ink - left.ink);
  if (root === undefined) return plain;
  return root.ink < ROOT_SHARE_MIN * plain.ink ? plain : root;
}

/** Tells whether the page asks for a password. */
export const asksForPassword = (page: HtmlElement): boolean =>
  findElements(
    page,
    (element) =>
      element.name === 'input' && element.attributes['type']?.toLowerCase() === 'password',
  ).length > 0;

/** Holds an element that knows how much text is below it: asked again and again, measured once. */
interface MeasuredElement extends HtmlElement {
  readonly children: (MeasuredElement | string)[];
  readonly ink: number;
}

function withoutUnseen({ name, attributes, children }: HtmlElement): MeasuredElement {
  const seen: MeasuredElement['children'] = [];
  let ink = 0;
  for (const child of children) {
    if (typeof child === 'string') {
      seen.push(child);
      ink += inkLength(child);
    } else if (!UNSEEN.has(child.name)) {
      const kept = withoutUnseen(child);
      seen.push(kept);
      ink += kept.ink;
    }
  }
  return { name, attributes, children: seen, ink };
}

function withoutChrome(element: MeasuredElement, inkMax: number): MeasuredElement {
  const { name, attributes, children } = element;
  const plain: MeasuredElement['children'] = [];
  let { ink } = element;
  for (const child of children) {
    if (typeof child === 'string') plain.push(child);
    else {
      const kept = isChrome(child) && child.ink < inkMax ? undefined : withoutChrome(child, inkMax);
      if (kept !== undefined) plain.push(kept);
      ink -= child.ink - (kept?.ink ?? 0);
    }
  }
  return { name, attributes, children: plain, ink };
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
