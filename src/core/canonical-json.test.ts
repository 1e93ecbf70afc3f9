import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.ts';

const VECTORS = '../shared/data/vectors/jcs-rfc8785';
const names = existsSync(VECTORS)
  ? readdirSync(`${VECTORS}/input`).map((file) => file.replace('.json', ''))
  : [];

/** Gives the bytes that the text must have. */
const hex = (text: string) => Buffer.from(text).toString('hex');
const parse = (text: string): Json => JSON.parse(text) as Json;
const json = fc.jsonValue({ noUnicodeString: false }).map((value) => parse(JSON.stringify(value)));

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => shuffled(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]: [string, Json]) => [key, shuffled(item)]),
  );
}

describe.skipIf(names.length === 0)('canonicalJson against the vectors of RFC 8785', () => {
  it('found the vectors', () => {
    expect(names.length).toBeGreaterThanOrEqual(6);
  });

  it.each(names)('writes %s byte for byte', (name) => {
    const written = canonicalJson(parse(readFileSync(`${VECTORS}/input/${name}.json`, 'utf8')));
    expect(written).toBe(readFileSync(`${VECTORS}/output/${name}.json`, 'utf8'));
    const expected = readFileSync(`${VECTORS}/outhex/${name}.txt`, 'utf8');
    expect(hex(written)).toBe(expected.replace(/\s/g, ''));
  });
});

describe('canonicalJson', () => {
  it('writes what JSON.parse reads back as the same value, and writes that the same way again', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(parse(text)).toEqual(parse(JSON.stringify(value)));
        expect(canonicalJson(parse(text))).toBe(text);
      }),
    );
  });

  it('does not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('sorts keys by UTF-16 code units, not by code points or a locale', () => {
    expect(
      canonicalJson({ '\u{1f600}': 1, '\ufb33': 2, b: 3, B: 4, é: 5, '': 6, '10': 7, '9': 8 }),
    ).toBe('{"":6,"10":7,"9":8,"B":4,"b":3,"é":5,"\u{1f600}":1,"\ufb33":2}');
  });

  it('keeps a key that objects treat specially', () => {
    expect(canonicalJson(parse('{"__proto__":{"a":1},"constructor":2}'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    );
  });

  it('writes negative zero as 0 and no white space', () => {
    expect(canonicalJson([-0, true, false, null, { a: [] }])).toBe('[0,true,false,null,{"a":[]}]');
  });

  it.each([NaN, Infinity, -Infinity])('refuses %s', (number) => {
    expect(() => canonicalJson({ a: [number] })).toThrow(RangeError);
  });

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800'])(
    'refuses a lone surrogate as value and as key',
    (text) => {
      expect(() => canonicalJson(text)).toThrow(RangeError);
      expect(() => canonicalJson({ [text]: 1 })).toThrow(RangeError);
    },
  );
});
