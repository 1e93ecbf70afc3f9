import { expect, it } from 'vitest';
import { itemAt } from './item-at.ts';

it('refuses a place where nothing stands, and takes a zero for something', () => {
  expect(itemAt([7, 0], 1)).toBe(0);
  expect(() => itemAt([7, 0], 2)).toThrow(RangeError);
  expect(() => itemAt(/(a)|(b)/.exec('b') ?? [], 1)).toThrow('Expected an item at 1');
});
