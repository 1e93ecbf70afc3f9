import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

const read = (text: string) => parseStrictJson(Buffer.from(text));

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads, value for value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(parseStrictJson(Buffer.from(text))).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['a key given twice', '{"a":1,"a":1}'],
    ['a key given twice in two spellings', '{"a":1,"\\u0061":2}'],
    ['a key given twice further in', '[{"x":{"b":1,"c":[{}],"b":2}}]'],
    ['NaN', '{"a":NaN}'],
    ['Infinity', '[Infinity]'],
    ['a number beyond the finite ones', '[1e999]'],
    ['a negative number beyond the finite ones', '[-1e999]'],
    ['a number of more than 400 characters', `[1.${'0'.repeat(400)}]`],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['a hundred thousand levels', '['.repeat(100_000)],
    ['a comment', '{/**/}'],
    ['a comma too many', '[1,]'],
    ['a text without an end', '["a\\"]'],
    ['two documents', '{}{}'],
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
  ])('refuses %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseStrictJson(Uint8Array.of(0x22, 0xc3, 0x28, 0x22))).toBeUndefined();
  });

  it('lets one key stand in two objects, and text look like structure', () => {
    const text = '[{"a":1},{"a":[{"a":"}{\\"a\\":1,[["}]}]';
    expect(read(text)).toEqual({ value: JSON.parse(text) });
  });

  it('reads 32 levels', () => {
    expect(read(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeDefined();
  });

  it('reads one text of ten million characters', () => {
    expect(read(JSON.stringify('x\n'.repeat(5_000_000)))).toBeDefined();
  });
});
