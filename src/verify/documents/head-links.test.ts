import { describe, expect, it } from 'vitest';
import { headerTwins, headLinks } from './head-links.ts';
import { parseHtml } from './html-tree.ts';

const BASE = 'https://docs.example/guide/page';
const read = (html: string) =>
  headLinks(parseHtml(html) ?? { name: '', attributes: {}, children: [] }, BASE);

describe('headLinks', () => {
  it('reads the canonical address and the Markdown twins, relative ones too', () => {
    expect(
      read(`<link rel="canonical" href="/guide/page"><link rel="alternate" type="text/markdown" href="page.md">
<link rel="alternate" type="application/rss+xml" href="/feed"><link rel="stylesheet" href="/a.css"><link rel="alternate" type="text/markdown" href="http://[">`),
    ).toEqual({
      canonical: 'https://docs.example/guide/page',
      twins: ['https://docs.example/guide/page.md'],
    });
  });

  it('finds nothing where nothing is named', () => {
    expect(read('<p>No head</p>')).toEqual({ canonical: null, twins: [] });
  });
});

describe('headerTwins', () => {
  it.each([
    ['</page.md>; rel="alternate"; type="text/markdown"', ['https://docs.example/page.md']],
    ['<page.md>; type=text/markdown; rel=alternate', ['https://docs.example/guide/page.md']],
    [
      '</a>; rel="preload"; as="style", </b.md>; rel="alternate"; type="text/markdown"',
      ['https://docs.example/b.md'],
    ],
    ['</feed>; rel="alternate"; type="application/rss+xml"', []],
    ['</a.md>; rel="next"; type="text/markdown"', []],
    ['<http://[>; rel="alternate"; type="text/markdown"', []],
    ['', []],
  ])('reads %s', (header, expected) => {
    expect(headerTwins(header, BASE)).toEqual(expected);
  });
});
