import type { HtmlElement } from './html-tree.ts';

/** One element of a selector, and how the one before it stands above: anywhere, or directly. */
interface Step {
  readonly tag: string | undefined;
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly attributes: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly above: 'anywhere' | 'directly';
}

const PART = /#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:=(?:"([^"\]]*)"|([\w-]+)))?\]|([a-z*][\w-]*|\*)/giy;

/**
 * Lists the outermost elements that a selector names, in the order of the page.
 *
 * Names, `#id`, `.class`, `[attribute]`, `[attribute=value]`, descendants, children (`>`) and lists: what the plan's schema lets
 * through, and what tells the parts of a page apart.
 */
export function selectElements(root: HtmlElement, selector: string): readonly HtmlElement[] {
  const chains = selector.split(',').map(readChain);
  const found: HtmlElement[] = [];
  const visit = (element: HtmlElement, above: readonly HtmlElement[]): void => {
    if (chains.some((chain) => matchesChain(element, above, chain))) {
      found.push(element);
      return;
    }
    const below = [...above, element];
    for (const child of element.children) if (typeof child !== 'string') visit(child, below);
  };
  visit(root, []);
  return found;
}

/** Leaves elements out of a page. */
export function withoutElements(
  root: HtmlElement,
  unwanted: ReadonlySet<HtmlElement>,
): HtmlElement {
  const children = root.children.flatMap((child): HtmlElement['children'] => {
    if (typeof child === 'string') return [child];
    return unwanted.has(child) ? [] : [withoutElements(child, unwanted)];
  });
  return { ...root, children };
}

function readChain(text: string): readonly Step[] {
  const words = text.replaceAll('>', ' > ').trim().split(/\s+/);
  return words.flatMap((word, index) =>
    word === '>' ? [] : [readStep(word, words[index - 1] === '>' ? 'directly' : 'anywhere')],
  );
}

function readStep(word: string, above: Step['above']): Step {
  const parts = [...word.matchAll(new RegExp(PART.source, 'giy'))];
  const each = (group: number): readonly string[] => parts.flatMap((part) => part[group] ?? []);
  const [tag] = each(6).filter((name) => name !== '*');
  return {
    tag: tag?.toLowerCase(),
    ids: each(1),
    classes: each(2),
    attributes: parts.flatMap(([, , , name, quoted, bare]) =>
      name === undefined ? [] : [{ name: name.toLowerCase(), value: quoted ?? bare }],
    ),
    above,
  };
}

function matchesChain(
  element: HtmlElement,
  above: readonly HtmlElement[],
  chain: readonly Step[],
): boolean {
  const last = chain.at(-1);
  if (last === undefined || !matchesStep(element, last)) return false;
  const rest = chain.slice(0, -1);
  if (rest.length === 0) return true;
  for (let at = above.length - 1; at >= 0; at -= 1) {
    const parent = above[at];
    if (parent !== undefined && matchesChain(parent, above.slice(0, at), rest)) return true;
    if (last.above === 'directly') return false;
  }
  return false;
}

function matchesStep({ name, attributes }: HtmlElement, step: Step): boolean {
  const classes = (attributes['class'] ?? '').split(/\s+/);
  return (
    (step.tag === undefined ? name !== '' : name === step.tag) &&
    step.ids.every((id) => attributes['id'] === id) &&
    step.classes.every((one) => classes.includes(one)) &&
    step.attributes.every(({ name: attribute, value }) =>
      value === undefined ? attribute in attributes : attributes[attribute] === value,
    )
  );
}
