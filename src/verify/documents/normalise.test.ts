import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { cleanText, maskText } from './clean-text.ts';
import { normalisePage } from './normalise.ts';
import {
  digestDocument,
  documentJson,
  headingPaths,
  limitToHeadings,
  type NormalisedDocument,
  readDocument,
  textLength,
} from './normalised.ts';

const URL_OF_PAGE = 'https://docs.example/a/page';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string | Uint8Array, contentType = 'text/html; charset=utf-8') {
  const body = typeof text === 'string' ? encode(text) : text;
  return normalisePage({ body, contentType, url: URL_OF_PAGE });
}

function documentOf(text: string | Uint8Array, contentType?: string): NormalisedDocument {
  const result = read(text, contentType);
  if (result.kind === 'degraded') throw new Error(result.problem);
  return result.document;
}

const textsOf = (document: NormalisedDocument): readonly string[] =>
  document.sections.flatMap(({ level, heading, blocks }) => [
    ...(level > 0 ? [`${'#'.repeat(level)} ${heading}`] : []),
    ...blocks.map(({ kind, text }) => `${kind}: ${text}`),
  ]);

const body = (inner: string): string => `<html><body>${inner}</body></html>`;

describe('normalisePage of HTML', () => {
  it('gives blocks under headings', () => {
    const page = documentOf(
      body(`<h1>One <a href="#one">#</a></h1><p>Text with <code>a_b</code>,<br>and <b>more</b>.</p>
      <ul><li>first<ul><li>inner</li></ul></li><li><p>second</p></li></ul>
      <dl><dt>Term</dt><dd>Meaning</dd></dl><h3><a href="#two">Two</a></h3><pre>x = 1  \n  y</pre>loose<div>boxed</div>`),
    );
    expect(textsOf(page)).toEqual([
      '# One',
      'paragraph: Text with `a_b`, and more.',
      'item: first',
      'item: inner',
      'item: second',
      'term: Term',
      'paragraph: Meaning',
      '### Two',
      'code: x = 1\n  y',
      'paragraph: loose',
      'paragraph: boxed',
    ]);
    expect(headingPaths(page)).toEqual([['One'], ['One', 'Two']]);
  });

  it('reads what is inline inside of what is inline, and boxes inside of a heading', () => {
    const page = documentOf(
      body(`<h2><div>Two <b>words</b></div><a href="#x">¶</a></h2>
      <p>Text <em>with <a href="/a">a <b>bold</b> link</a></em>.</p>
      <span>a card <div>with a box</div></span>
      <pre>x<br>y</pre>`),
    );
    expect(textsOf(page)).toEqual([
      '## Two words',
      'paragraph: Text with a bold link.',
      'paragraph: a card',
      'paragraph: with a box',
      'code: x\ny',
    ]);
  });

  it('gives table rows the labels of their columns', () => {
    const page = documentOf(
      body(`<table><caption>Rates</caption><tr><th>Model</th><th></th></tr><tr><td><code>a</code></td>
      <td><p>x</p><p>y</p></td></tr><tr><td></td></tr></table>
      <table><tr><td>no</td><td>header<br>here</td></tr></table>`),
    );
    expect(textsOf(page)).toEqual([
      'paragraph: Rates',
      'columns: Model |',
      'row: Model: `a` | x y',
      'row: no | header here',
    ]);
  });

  it('reads a table that serves the layout as ordinary blocks', () => {
    const page = documentOf(body('<table><tr><td><h2>Head</h2><p>Text</p></td></tr></table>'));
    expect(textsOf(page)).toEqual(['## Head', 'paragraph: Text']);
  });

  const words = 'words of the page that count '.repeat(10);
  it.each([
    ['nav', '<nav>menu</nav>'],
    ['footer', '<footer>foot</footer>'],
    ['an ARIA role', '<div role="navigation">menu</div>'],
    ['a hidden element', '<p hidden>secret</p>'],
    ['an aria-hidden element', '<p aria-hidden="true">icon</p>'],
    ['display: none', '<p style="display: none">icon</p>'],
    ['a consent class', '<div class="cookie-banner x">accept</div>'],
    ['script, style, svg', '<script>a</script><style>b</style><svg><title>c</title></svg>'],
    ['a link-only block', '<p><a href="/next">Next page</a></p>'],
  ])('leaves out %s', (_what, chrome) => {
    const page = documentOf(body(`<p>${words}</p>${chrome}`));
    expect(textsOf(page)).toEqual([`paragraph: ${words.trim()}`]);
  });

  it.each(['<div aria-hidden="true">', '<form>', '<div class="related">'])(
    'keeps %s when it holds the page',
    (open) => {
      const page = documentOf(body(`${open}<h1>All</h1><p>${words}</p>`));
      expect(textsOf(page)).toHaveLength(2);
    },
  );

  it('takes the largest main, else article, unless it lost the page', () => {
    const inMain = body(`<p>around</p><main>small</main><div role="main"><p>${words}</p></div>`);
    expect(textsOf(documentOf(inMain))).toHaveLength(1);
    const inArticle = body(`<p>around</p><article><p>${words}</p></article>`);
    expect(textsOf(documentOf(inArticle))).toHaveLength(1);
    const lost = body(`<h1>Title</h1><p>${words}</p><main>stub</main>`);
    expect(textsOf(documentOf(lost))).toHaveLength(3);
  });

  it('keeps the links of an index page, and notes others for the outline', () => {
    const index = documentOf(
      body('<h1>Index</h1><p><a href="/a">A</a></p><p><a href="/b">B</a></p>'),
    );
    expect(textsOf(index)).toEqual(['# Index', 'paragraph: A', 'paragraph: B']);
    const page = documentOf(body(`<p>${words}</p><p><a href="/next">Next page</a></p>`));
    expect(page.menu).toEqual(['Next page']);
  });

  it('digests links as host and path, apart from the content', () => {
    const link = (href: string) =>
      digestDocument(documentOf(body(`<p>${words}<a href="${href}">more</a></p>`)));
    expect(link('/help?visit=1#top')).toEqual(link('https://docs.example/help?visit=2'));
    expect(link('/help').content).toBe(link('/other').content);
    expect(link('/help').links).not.toBe(link('/other').links);
    const page = documentOf(
      body(`<p>${words}<a href="#x">a</a><a href="mailto:a@b.c">b</a><a>c</a></p>`),
    );
    expect(page.links).toEqual([]);
  });

  it('reads the title, the language and a body inside an unclosed head', () => {
    const page = documentOf(`<html lang="EN-gb"><head><title> A  B </title><body><p>${words}</p>`);
    expect(page).toMatchObject({ title: 'A B', language: 'en' });
    expect(textsOf(page)).toHaveLength(1);
  });

  it('survives a page nested ten thousand deep, and refuses to go deeper', () => {
    const deep = documentOf(`${'<div>'.repeat(10_000)}bottom`);
    expect(textsOf(deep)).toEqual(['paragraph: bottom']);
    const deeper = `${'<div>'.repeat(300_000)}bottom`;
    expect(read(deeper)).toEqual({ kind: 'degraded', problem: 'syntax' });
  });

  it('refuses a page of very many elements', () => {
    expect(read('<i></i>'.repeat(300_001))).toEqual({ kind: 'degraded', problem: 'syntax' });
  });

  it('never gives an empty page in silence', () => {
    expect(read(body(' '))).toEqual({ kind: 'degraded', problem: 'empty' });
    expect(read('')).toEqual({ kind: 'degraded', problem: 'empty' });
  });
});

describe('charsets', () => {
  const latin = Buffer.from(body('<p>caf\u00e9</p>'), 'latin1');
  it.each<readonly [string, Uint8Array, string]>([
    ['the header', latin, 'text/html; charset=iso-8859-1'],
    [
      'a meta element',
      Buffer.concat([Buffer.from('<meta charset="windows-1252">'), latin]),
      'text/html',
    ],
    ['UTF-8 behind a wrong header', encode(body('<p>café</p>')), 'text/html; charset=iso-8859-1'],
    ['a byte order mark', encode(`\ufeff${body('<p>café</p>')}`), 'text/html; charset=latin1'],
    ['UTF-16', Buffer.from(`\ufeff${body('<p>café</p>')}`, 'utf16le'), 'text/html'],
    ['an unknown name', encode(body('<p>café</p>')), 'text/html; charset=klingon'],
    ['no charset', encode(body('<p>cafe\u0301</p>')), 'text/html'],
  ])('follows %s', (_what, bytes, contentType) => {
    expect(textsOf(documentOf(bytes, contentType))).toEqual(['paragraph: café']);
  });

  it('reads UTF-16 of the other byte order, and calls broken bytes broken', () => {
    const swapped = Buffer.from(`\ufeff${body('<p>café</p>')}`, 'utf16le').swap16();
    expect(textsOf(documentOf(swapped))).toEqual(['paragraph: café']);
    const broken = { kind: 'degraded', problem: 'charset' };
    expect(read(Buffer.alloc(50, 0xff))).toEqual(broken);
    expect(read(Buffer.alloc(50, 0xff), 'text/html; charset=klingon')).toEqual(broken);
  });
});

describe('normalisePage of other forms', () => {
  it('begins no section at a mark without words', () => {
    expect(textsOf(documentOf('##\n\nText\n\n# # #\n\nMore', 'text/markdown'))).toEqual([
      'paragraph: Text',
      '# #',
      'paragraph: More',
    ]);
  });

  it('reads Markdown into the same blocks as HTML', () => {
    const page = documentOf(
      `---\ntitle: "Front"\n---\n# One #\n\nText with [a link](/help?x=1 "t") and **bold *both***.\n  more\n\n* * *\n- first\n1. second\n` +
        'Two\n---\n```yaml POST /v1/x\na: 1\n```\n\n| A | B |\n|---|:-:|\n| `x` | y\\|z |\n\n> quoted\n\n![img](/i.png)\n\nThree\n===\n####### no\n~~~\nopen\n',
      'text/markdown',
    );
    expect(page).toMatchObject({ title: 'Front', links: ['docs.example/help'] });
    expect(textsOf(page)).toEqual([
      'meta: title: "Front"',
      '# One',
      'paragraph: Text with a link and bold both. more',
      'item: first',
      '## second Two',
      'paragraph: POST /v1/x',
      'code: a: 1',
      'columns: A | B',
      'row: A: `x` | B: y|z',
      'paragraph: quoted',
      'paragraph: img',
      '# Three',
      'paragraph: ####### no',
      'code: open',
    ]);
  });

  it('reads front matter only when it is closed', () => {
    expect(textsOf(documentOf('---\ntitle: x', 'text/markdown'))).toEqual(['paragraph: title: x']);
  });

  it('reads JSON by member, in any order, and operations of OpenAPI as headings', () => {
    const left = documentOf(
      '{"b": [1, null], "paths": {"/v1/x": {"post": {"id": "p"}}}}',
      'application/json',
    );
    const right = documentOf(
      '{"paths":{"/v1/x":{"post":{"id":"p"}}},"b":[1,null]}',
      'application/vnd.x+json',
    );
    expect(digestDocument(left)).toEqual(digestDocument(right));
    expect(textsOf(left)).toEqual([
      '# b',
      'code: b/0: 1',
      'code: b/1: null',
      '# paths',
      '## POST /v1/x',
      'code: paths//v1/x/post/id: "p"',
    ]);
    expect(read('{', 'application/json')).toMatchObject({ problem: 'syntax' });
    expect(read(`${'['.repeat(70)}1${']'.repeat(70)}`, 'application/json')).toMatchObject({
      problem: 'syntax',
    });
  });

  it('tells forms apart by type, then by name', () => {
    expect(documentOf('a\n\nb', 'text/plain').sections[0]?.blocks).toHaveLength(2);
    expect(documentOf('a: 1', 'application/yaml').representation).toBe('json');
    expect(documentOf(body('x'), '').representation).toBe('html');
    expect(read('x', '')).toEqual({ kind: 'degraded', problem: 'media-type' });
    expect(read('x', 'application/pdf')).toEqual({ kind: 'degraded', problem: 'media-type' });
    const url = 'https://docs.example/page.md';
    const page = normalisePage({ body: encode('# A'), contentType: 'text/plain', url });
    expect(page).toMatchObject({ kind: 'normalised', document: { representation: 'markdown' } });
  });
});

describe('masks', () => {
  it.each([
    ['Updated: 7 days ago', 'Updated: <relative-time>'],
    ['Last updated an hour ago by', 'Last updated <relative-time> by'],
    ['3 weeks ago', '<relative-time>'],
    ['© 2026 Example', '© <year> Example'],
    ['Copyright 2020-2026', 'Copyright <year>'],
    ['Updatedlast week', 'Updated<relative-time>'],
    ['Reviewed yesterday', 'Reviewed <relative-time>'],
    ['Modified just now', 'Modified <relative-time>'],
    ['Terms (opens in a new tab)', 'Terms'],
    ['Build-ID 20261126', 'Build-ID <id>'],
    ['Request ID: 8f3a-77b2-91', 'Request ID: <id>'],
  ])('replaces what differs by itself: %s', (text, masked) => {
    expect(maskText(text).text).toBe(masked);
    expect(maskText(masked).text).toBe(masked);
    expect(maskText(text).masks).toHaveLength(1);
  });

  it.each(['data of 30 days ago counts', 'version 2026', 'the request id: required', '$3.00'])(
    'leaves %s alone',
    (text) => {
      expect(maskText(text)).toEqual({ text, masks: [] });
    },
  );

  it('names the masks of a page', () => {
    const page = documentOf(body('<p>Updated 2 days ago</p><pre>Updated 2 days ago</pre>'));
    expect(page.masks).toEqual(['relative-time']);
    expect(textsOf(page)).toEqual([
      'paragraph: Updated <relative-time>',
      'code: Updated 2 days ago',
    ]);
  });
});

const word = fc.stringMatching(/^[a-zA-Z0-9$.]{1,12}$/);
const line = fc.array(word, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(' '));
const section = fc.record({
  heading: line,
  blocks: fc.array(line, { minLength: 1, maxLength: 4 }),
});
const sections = fc.array(section, { minLength: 1, maxLength: 5 });
type Sections = readonly { readonly heading: string; readonly blocks: readonly string[] }[];

const render = (found: Sections, space = '', attributes = ''): string =>
  body(
    found
      .map(
        ({ heading, blocks }) =>
          `${space}<h2 ${attributes}>${space}${heading}</h2>${blocks.map((block) => `<p ${attributes}>${space}${block.replaceAll(' ', ` ${space}`)}</p>${space}`).join('')}`,
      )
      .join(''),
  );
const digests = (found: Sections, space?: string, attributes?: string) =>
  digestDocument(documentOf(render(found, space, attributes)));

describe('laws', () => {
  it('cleaning twice is cleaning once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
    );
  });

  it('a normalised page normalises to itself', () => {
    fc.assert(
      fc.property(sections, (found) => {
        const page = documentOf(render(found));
        const again = page.sections.map(({ heading, blocks }) => ({
          heading,
          blocks: blocks.map(({ text }) => text),
        }));
        expect(documentOf(render(again)).sections).toEqual(page.sections);
      }),
    );
  });

  it('white space between and inside blocks changes nothing', () => {
    fc.assert(
      fc.property(
        sections,
        fc.constantFrom(' ', '\n', '\t\r\n', '\u00a0', '\u200b '),
        (found, space) => {
          expect(digests(found, space)).toEqual(digests(found));
        },
      ),
    );
  });

  it('attributes and their order change nothing', () => {
    fc.assert(
      fc.property(
        sections,
        fc.shuffledSubarray(['id="a"', 'class="b"', 'data-x="1"', "title='t'"]),
        (found, attributes) => {
          expect(digests(found, '', attributes.join(' '))).toEqual(digests(found));
        },
      ),
    );
  });

  it('an edit of a block changes the digest of its section and of no other', () => {
    fc.assert(
      fc.property(sections, fc.nat(), fc.nat(), word, (found, sectionAt, blockAt, added) => {
        const at = sectionAt % found.length;
        const edited = found.map((one, index) =>
          index === at
            ? {
                ...one,
                blocks: one.blocks.map((text, block) =>
                  block === blockAt % one.blocks.length ? `${text} ${added}x` : text,
                ),
              }
            : one,
        );
        const [before, after] = [digests(found), digests(edited)];
        expect(after.content).not.toBe(before.content);
        expect(after.outline).toBe(before.outline);
        const changed = after.sections.map((digest, index) => digest !== before.sections[index]);
        expect(changed).toEqual(found.map((_, index) => index === at));
      }),
    );
  });
});

describe('the stored form', () => {
  const page = documentOf(body('<h1>A</h1><p>b</p><h2>C</h2><p>d</p>'));
  const { content } = digestDocument(page);

  it('comes back whole, or not at all', () => {
    const json = documentJson(page);
    expect(readDocument(json, content)).toEqual(page);
    expect(readDocument(json.replace('"d"', '"e"'), content)).toBeUndefined();
    expect(readDocument('{', content)).toBeUndefined();
    expect(readDocument('{}', content)).toBeUndefined();
  });

  it('can be limited to headings, letter case aside', () => {
    expect(textLength(page)).toBe(4);
    expect(limitToHeadings(page, ['c'])?.sections).toHaveLength(1);
    expect(limitToHeadings(page, ['A'])?.sections).toHaveLength(2);
    expect(limitToHeadings(page, ['A', 'X'])).toBeUndefined();
  });
});
