import { describe, expect, it } from 'vitest';
import { hostTemplates, withoutTemplates } from './host-template.ts';
import { type Block, NORMALISER, type NormalisedDocument } from './normalised.ts';

const BANNER = 'Join us at our developer conference this autumn.';

function page(name: string, ...extra: readonly (string | Block)[]): NormalisedDocument {
  const own = Array.from({ length: 4 }, (_, index) => `Sentence ${'abcd'[index]} about ${name}.`);
  return {
    normaliser: NORMALISER,
    representation: 'html',
    title: name,
    language: 'en',
    sections: [
      {
        level: 1,
        heading: name,
        blocks: [...own, ...extra].map((block) =>
          typeof block === 'string' ? { kind: 'paragraph', text: block } : block,
        ),
      },
    ],
    menu: [],
    links: [],
    masks: [],
  };
}
const pages = (...extra: readonly (string | Block)[]) =>
  ['one', 'two', 'three'].map((name) => page(name, ...extra));

describe('hostTemplates', () => {
  it('finds a short text that stands on three unlike pages', () => {
    const found = pages(BANNER);
    const templates = hostTemplates(found);
    expect([...templates]).toEqual([BANNER]);
    expect(withoutTemplates(found[0]!, templates)).toEqual(page('one'));
    expect(withoutTemplates(found[0]!, new Set())).toBe(found[0]);
  });

  it.each<readonly [string, readonly NormalisedDocument[]]>([
    ['two pages', pages(BANNER).slice(1)],
    ['three editions of one page', [page('one', BANNER), page('one', BANNER), page('one', BANNER)]],
    ['an amount', pages('Input costs $3.00 for a million tokens.')],
    ['a number', pages('Requests are limited to 40 a minute.')],
    ['a name', pages('Send it to `/v1/chat/completions`.')],
    ['an end', pages('This endpoint is deprecated.')],
    ['a table row', pages({ kind: 'row', text: 'Model: large | Note: best' })],
    ['code', pages({ kind: 'code', text: 'curl it' })],
    ['a long text', pages('Words and more words about it. '.repeat(10))],
  ])('takes none from %s', (_what, found) => {
    expect([...hostTemplates(found)]).toEqual([]);
  });
});
