import { describe, expect, it } from 'vitest';
import { selectElements } from './element-selector.ts';
import { parseHtml } from './html-tree.ts';

const PAGE = parseHtml(`<body class="docs wide"><main id="top"><section class="a"><p>one</p>
  <div data-kind="note"><p class="deep x">two</p></div></section><aside role="log"><p>three</p></aside></main></body>`);

const textsOf = (selector: string): readonly string[] => {
  if (PAGE === undefined) throw new Error('The page parses');
  const words = (element: (typeof PAGE)['children'][number]): string =>
    typeof element === 'string' ? element : element.children.map(words).join(' ');
  return selectElements(PAGE, selector).map((element) =>
    words(element).replace(/\s+/g, ' ').trim(),
  );
};

describe('selectElements', () => {
  it.each([
    ['p', ['one', 'two', 'three']],
    ['.deep', ['two']],
    ['p.deep.x', ['two']],
    ['p.deep.y', []],
    ['#top .deep', ['two']],
    ['main > p', []],
    ['section > p', ['one']],
    ['section p', ['one', 'two']],
    ['body > main > aside', ['three']],
    ['body > aside', []],
    ['[data-kind]', ['two']],
    ['[data-kind=note] p', ['two']],
    ['[data-kind="other"]', []],
    ['aside[role="log"], .deep', ['two', 'three']],
    ['main *', ['one two', 'three']],
    ['.docs.wide', ['one two three']],
    // Outermost only: what is in a selected element is selected with it.
    ['section, .deep', ['one two']],
  ])('finds %s', (selector, texts) => {
    expect(textsOf(selector)).toEqual(texts);
  });
});
