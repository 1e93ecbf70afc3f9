import { describe, expect, it } from 'vitest';
import { normalisePage } from './normalise.ts';
import type { NormalisedDocument } from './normalised.ts';
import { planDocument } from './testing.ts';
import { declaredTwins, isTwinOf } from './twins.ts';

const urls = (url: string, kind: 'markdown' | 'llms' | 'openapi', twin: string) =>
  declaredTwins(planDocument({ url, alternates: [{ kind, url: twin }] })).map((one) => one.url);

function read(body: string, contentType: string): NormalisedDocument {
  const result = normalisePage({
    body: Buffer.from(body),
    contentType,
    url: 'https://d.example/a',
  });
  if (result.kind !== 'normalised') throw new Error(result.problem);
  return result.document;
}

describe('declaredTwins', () => {
  it.each([
    ['https://d.example/', 'https://d.example/llms.txt', 1],
    ['https://d.example/docs', 'https://d.example/docs/llms.txt', 1],
    ['https://d.example/docs/index.html', 'https://d.example/docs/llms.txt', 1],
    ['https://d.example/docs/pricing', 'https://d.example/docs/llms.txt', 0],
    ['https://d.example/', 'https://other.example/llms.txt', 0],
    ['nonsense', 'https://d.example/llms.txt', 0],
  ])('lets llms.txt stand for the index page beside it: %s', (url, twin, count) => {
    expect(urls(url, 'llms', twin)).toHaveLength(count);
  });

  it('keeps the order of the plan, and says in which form each counts', () => {
    const twins = declaredTwins(
      planDocument({
        url: 'https://d.example/a',
        alternates: [
          { kind: 'openapi', url: 'https://d.example/openapi.json' },
          { kind: 'markdown', url: 'https://d.example/a.md' },
        ],
      }),
    );
    expect(twins.map(({ form }) => form)).toEqual(['json', 'markdown']);
  });
});

describe('isTwinOf', () => {
  const html = read(
    '<title>T</title><main><h1>About</h1><p>Words.</p><h2>Rates</h2><p>More.</p></main>',
    'text/html',
  );

  it('knows a page by its headings, and a catch-all answer too', () => {
    expect(isTwinOf(read('# About\n\nWords.\n\n## Rates\n\nMore.', 'text/markdown'), html)).toBe(
      true,
    );
    expect(isTwinOf(read('# Welcome\n\nWords.\n\n## Start\n\nMore.', 'text/markdown'), html)).toBe(
      false,
    );
    expect(isTwinOf(read('Words without a heading.', 'text/markdown'), html)).toBe(false);
  });
});
