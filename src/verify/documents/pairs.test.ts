import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { normalisePage } from './normalise.ts';
import { digestDocument } from './normalised.ts';

// Two versions of public documentation pages, labelled by what the difference is; see ../shared/data/README.md.
const DATA = join(process.cwd(), '../shared/data/documents');
const Pair = z.object({
  label: z.enum(['whitespace', 'text', 'number', 'money', 'added']),
  files: z.array(z.string()),
});
const pairs = existsSync(join(DATA, 'pairs.json'))
  ? z.array(Pair).parse(JSON.parse(readFileSync(join(DATA, 'pairs.json'), 'utf8')))
  : [];
const markdown = pairs.filter(
  ({ files }) => files.length === 2 && files.every((file) => /\.mdx?$/.test(file)),
);

function contentOf(file: string): string {
  const result = normalisePage({
    body: readFileSync(join(DATA, 'pairs', file)),
    contentType: 'text/markdown; charset=utf-8',
    url: 'https://docs.example/page.md',
  });
  if (result.kind === 'degraded') return `${file}: ${result.problem}`;
  return digestDocument(result.document).content;
}

describe.skipIf(pairs.length === 0)('version pairs (skipped without ../shared/data)', () => {
  it('has pairs of every label', () => {
    expect(new Set(markdown.map(({ label }) => label)).size).toBeGreaterThan(3);
    expect(markdown.length).toBeGreaterThan(40);
  });

  it.each(markdown.map(({ label, files }) => [label, files] as const))(
    'sees %s in %j as it is',
    (label, [left = '', right = '']) => {
      const isSame = contentOf(left) === contentOf(right);
      expect(isSame).toBe(label === 'whitespace');
    },
  );
});
