import { describe, expect, it } from 'vitest';
import { promptNeedles, responseNeedles } from './needles.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('promptNeedles', () => {
  it('lists each line of ten characters and more, at any depth, once', () => {
    const fixture = { a: 'one\nsecond line\r\nsecond line', b: [{ c: 'third line  ' }], d: 7 };
    expect(promptNeedles(bytes(fixture), [])).toEqual(['second line', 'third line']);
  });

  it('leaves public words out, and has none without a fixture', () => {
    expect(promptNeedles(bytes({ model: 'example-mini' }), ['example-mini'])).toEqual([]);
    expect(promptNeedles(null, [])).toEqual([]);
  });

  it('takes text that is no JSON line by line', () => {
    expect(promptNeedles(new TextEncoder().encode('short\nlong enough\n'), [])).toEqual([
      'long enough',
    ]);
  });
});

describe('responseNeedles', () => {
  it('lists lines of sixteen characters and more, but no code of the protocol', () => {
    const body = {
      object: 'chat.completion.chunk',
      type: 'invalid_request_error',
      content: 'an answer of the model',
      fingerprint: 'fp_0123456789abcdef',
      role: 'assistant',
    };
    expect(responseNeedles(bytes(body), [])).toEqual([
      'an answer of the model',
      'fp_0123456789abcdef',
    ]);
  });

  it('bounds what an answer can make the gate look for', () => {
    const lines = Array.from({ length: 600 }, (_, index) => `a line of an answer ${index}`);
    expect(responseNeedles(bytes(lines), [])).toHaveLength(512);
    expect(responseNeedles(bytes('x'.repeat(9000)), [])[0]).toHaveLength(4096);
  });
});
