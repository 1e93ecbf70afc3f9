import { describe, expect, it } from 'vitest';
import type { Shape } from './adapters/adapter.ts';
import { shapeWords, unknownExport } from './unknown-export.ts';

const csv = (header: readonly string[]): Shape => ({ kind: 'csv', delimiter: ',', header });
const json = (keys: Readonly<Record<string, readonly string[]>>): Shape => ({
  kind: 'json',
  root: 'object',
  keys,
  tags: [],
  hasMore: false,
});

describe('what a file looks like from outside', () => {
  it.each([
    [csv(['a', 'b']), 'CSV with a, b'],
    [{ kind: 'parquet', header: ['a'] }, 'Parquet with a'],
    [{ kind: 'jsonl', header: ['a'], paths: ['a'] }, 'JSON Lines with a'],
    [{ kind: 'jsonl', header: [], paths: [] }, 'JSON Lines with no keys'],
    [json({ $: ['data'], '$.data[0]': ['id'] }), 'JSON with data'],
    [json({ '$[0]': ['id'] }), 'JSON with id'],
    [json({}), 'JSON with no keys'],
  ] as const)('is said in words: %j', (shape, words) => {
    expect(shapeWords(shape)).toBe(words);
  });

  it('is cut where names are many, or a whole sentence', () => {
    const many = Array.from({ length: 15 }, (_, index) => `c${index}`);
    expect(shapeWords(csv(many))).toBe(
      'CSV with c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 and 3 more columns',
    );
    expect(shapeWords(csv(['x'.repeat(40), 'y'.repeat(41)]))).toBe(
      `CSV with ${'x'.repeat(40)}, ${'y'.repeat(40)}…`,
    );
  });
});

describe('a file that no adapter knows', () => {
  it('leads to a mapping, of rows in JSON after they stand one a line', () => {
    expect(unknownExport('x.csv', csv(['a'])).content.hint).toContain('usage map FILE');
    expect(unknownExport('x.json', json({ $: ['a'] })).content.hint).toContain('jq -c ".data[]"');
  });

  it('is told the format that comes near, also where that asks for one name or another', () => {
    const shape = json({ $: ['data'], '$.data.data[0]': ['model', 'total_usage'] });
    expect(unknownExport('x.json', shape).content.details).toEqual([
      expect.stringMatching(/^openrouter-analytics expects .*a query grouped by day$/),
    ]);
  });

  it('has no nearest format by one name that it shares', () => {
    expect(unknownExport('x.csv', csv(['created_at', 'zzz'])).content.details).toEqual([]);
  });
});
