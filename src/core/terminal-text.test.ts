import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalJson, terminalText } from './terminal-text.ts';

const HARMFUL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10_ff_ff }))
  .map((points) => points.map((point) => String.fromCodePoint(point)).join(''));
const harmful = fc
  .constantFrom(
    0,
    7,
    8,
    10,
    13,
    27,
    127,
    0x85,
    0x9b,
    0xad,
    0x34f,
    0x61c,
    0x180e,
    0x200b,
    0x200d,
    0x200f,
  )
  .chain((first) =>
    fc.constantFrom(first, 0x2028, 0x202e, 0x2060, 0x2066, 0x2069, 0x3164, 0xfe0f, 0xfeff),
  )
  .chain((first) => fc.constantFrom(first, 0xfff9, 0xe0041, 0xe0100, 0xd800, 0xdfff, 0x13430))
  .map((point) => String.fromCodePoint(point));

describe('terminalText', () => {
  it('lets no control, bidirectional or invisible mark through', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, harmful)), (parts) => {
        expect(terminalText(parts.join(''))).not.toMatch(HARMFUL);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows every harmful mark by its number', () => {
    fc.assert(
      fc.property(harmful, (mark) => {
        expect(terminalText(`a${mark}b`)).toBe(`a\\u{${mark.codePointAt(0)?.toString(16)}}b`);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves printable text as it is', () => {
    const text = 'Zürich 預算 ½ € "quoted" <b> \\n é مرحبا 🙂 ~';
    expect(terminalText(text)).toBe(text);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (ascii) => {
        expect(terminalText(ascii)).toBe(ascii);
      }),
    );
  });

  it('changes nothing when it is applied again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(terminalText(terminalText(text))).toBe(terminalText(text));
      }),
    );
  });

  it('stops a title change and a cleared screen', () => {
    expect(terminalText('key\u001b[2J\u001b]0;x\u0007')).toBe('key\\u{1b}[2J\\u{1b}]0;x\\u{7}');
  });
});

describe('terminalJson', () => {
  const UNESCAPED = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

  it('says the same and moves no cursor', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, harmful)), (texts) => {
        const json = terminalJson(JSON.stringify({ texts }, undefined, 1));
        expect(json).not.toMatch(UNESCAPED);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ texts })));
      }),
    );
  });

  it('escapes both halves of a mark beyond the first plane', () => {
    expect(terminalJson(JSON.stringify('\u{e0001}\u009b'))).toBe(String.raw`"\udb40\udc01\u009b"`);
  });
});
