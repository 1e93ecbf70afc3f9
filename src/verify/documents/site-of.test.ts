import { describe, expect, it } from 'vitest';
import { isSameSite } from './site-of.ts';

describe('isSameSite', () => {
  it.each([
    ['docs.example.com', 'example.com'],
    ['docs.example.com', 'developers.example.com'],
    ['DOCS.example.com.', 'docs.example.com'],
    ['a.example.co.uk', 'b.example.co.uk'],
    ['a.one.github.io', 'one.github.io'],
  ])('takes %s and %s for one owner', (left, right) => {
    expect(isSameSite(left, right)).toBe(true);
  });

  it.each([
    ['example.com', 'example.org'],
    ['one.co.uk', 'two.co.uk'],
    ['one.github.io', 'two.github.io'],
    ['one.vercel.app', 'vercel.app'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['co.uk', 'co.uk'],
  ])('cannot say that of %s and %s', (left, right) => {
    expect(isSameSite(left, right)).toBe(false);
  });
});
