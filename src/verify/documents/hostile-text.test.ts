import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/cpu-ms.ts';
import { judgeClaim } from './claims.ts';
import { diffDocuments } from './document-diff.ts';
import { normalisePage } from './normalise.ts';
import type { NormalisedDocument } from './normalised.ts';

// Runs of one piece are what makes a careless pattern slow; a page of them must cost what any page of its size costs.
const PIECES = [
  '1',
  '1,',
  '#',
  '# ',
  '*',
  '**a ',
  '[',
  '[a](',
  '|',
  '`',
  '.',
  '/',
  'a_',
  'A-',
  '1a',
  '$',
  '--a ',
  '<p>a',
  '\n# a\n',
];
const SIZE = 60_000;
const url = new URL('https://docs.example/page.md');

function documentOf(text: string, contentType: string): NormalisedDocument | undefined {
  const body = new TextEncoder().encode(text);
  const result = normalisePage({ body, contentType, url: url.href });
  return result.kind === 'normalised' ? result.document : undefined;
}

describe('a page made to be slow', () => {
  it.each(['text/html', 'text/markdown'])('is read, judged and compared at once: %s', (type) => {
    let compared = 0;
    const ms = cpuMs(() => {
      for (const piece of PIECES) {
        const text = piece.repeat(SIZE / piece.length);
        const before = documentOf(`${text} x!`, type);
        const after = documentOf(`${text}${piece} yy`, type);
        if (before === undefined || after === undefined) continue;
        const claim = { id: 'a', kind: 'endpoint', method: 'POST', path: '/v1/chat' } as const;
        const subject = { document: after, url, planned: url, attested: [] };
        expect(judgeClaim(claim, subject).result).toBe('broken');
        expect(diffDocuments(before, after).sections.length).toBeGreaterThan(0);
        compared += 1;
      }
    });
    expect(compared).toBeGreaterThan(10);
    // Quadratic patterns took half a minute for one piece; the bound only tells those apart.
    expect(ms).toBeLessThan(20_000);
  });

  it('pairs thousands of renamed sections without comparing each with each', () => {
    const page = (name: string): string =>
      Array.from({ length: 4000 }, (_, at) => `# ${name} ${at}\n\nsame words ${at}\n`).join('\n');
    const before = documentOf(page('old'), 'text/markdown');
    const after = documentOf(page('new'), 'text/markdown');
    if (before === undefined || after === undefined) throw new Error('Expected two pages');
    const ms = cpuMs(() => {
      expect(diffDocuments(before, after).sections).toHaveLength(4000);
    });
    expect(ms).toBeLessThan(20_000);
  });
});
