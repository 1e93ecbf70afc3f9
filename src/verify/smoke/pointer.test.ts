import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { differencesOf, valueAt, withValueAt } from './pointer.ts';

const document = { a: { 'b/c': 1, 'd~e': [true, null] }, list: [{ x: 'y' }] };

describe('valueAt', () => {
  it.each([
    ['/a/b~1c', 1],
    ['/a/d~0e/0', true],
    ['/a/d~0e/1', null],
    ['/list/0/x', 'y'],
    ['/list/00/x', undefined],
    ['/list/-', undefined],
    ['/list/1', undefined],
    ['/list/length', undefined],
    ['/a/constructor', undefined],
    ['/__proto__', undefined],
    ['/a/b~1c/deeper', undefined],
    ['/none/deeper', undefined],
  ])('reads %s', (pointer, value) => {
    expect(valueAt(document, pointer)).toEqual(value);
  });
});

describe('withValueAt', () => {
  it('replaces one value, adds a key to an object, and leaves the original', () => {
    const before = structuredClone(document);
    expect(withValueAt(document, '/list/0/x', 'z')).toEqual({ ...document, list: [{ x: 'z' }] });
    expect(withValueAt(document, '/new', 1)).toEqual({ ...document, new: 1 });
    expect(document).toEqual(before);
  });

  it.each(['/none/deeper', '/list/7', '/a/b~1c/deeper'])('finds no place for %s', (pointer) => {
    expect(withValueAt(document, pointer, 'z')).toBeUndefined();
  });

  it('says when the value is there already', () => {
    expect(withValueAt(document, '/list/0/x', 'y')).toBeUndefined();
  });
});

describe('differencesOf', () => {
  it('names each place that differs', () => {
    expect(differencesOf({ a: 1, b: [1, { c: 2 }], 'x/y': 0 }, { a: 2, b: [1, { c: 3 }] })).toEqual(
      ['/a', '/b/1/c', '/x~1y'],
    );
    expect(differencesOf({ b: [1] }, { b: [1, 2] })).toEqual(['/b']);
    expect(differencesOf([], {})).toEqual(['']);
  });

  it('finds none between a document and its copy, and exactly the one that was made', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, key) => {
        const json = JSON.parse(JSON.stringify(object));
        expect(differencesOf(json, structuredClone(json))).toEqual([]);
        const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const changed = withValueAt(json, pointer, 'another value');
        expect(differencesOf(json, changed)).toEqual([pointer]);
      }),
    );
  });
});
