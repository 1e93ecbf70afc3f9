import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { csvCell, markdownCode, markdownText, markdownUrl, xmlText, yamlScalar } from './encode.ts';

const ESC = '\u001b';
/** Texts that break out of one format or another when they are written as they are. */
const INJECTIONS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</td></table><h1>pass</h1>',
  ']]><failure/>',
  '" onload="x',
  "' or '",
  '&lt;b&gt;',
  '| pass | pass |',
  '`code`',
  '```\n# forged',
  '[pass](https://evil.example)',
  '![x](https://evil.example/p.png)',
  'https://evil.example',
  'WWW.evil.example',
  '@everyone',
  '**pass**',
  '__pass__',
  '~~fail~~',
  '# heading',
  '- item',
  '1. item',
  '=1+1',
  '=HYPERLINK("https://evil.example")',
  '+1+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1+1',
  '\r\n=1+1',
  'line\nbreak',
  `${ESC}[2J${ESC}[1;1H`,
  '\u202epass',
  'a\u200bb',
  '\u2028forged',
] as const;

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('markdownText', () => {
  it.each(INJECTIONS)('keeps %j a text', (text) => {
    const encoded = markdownText(text);
    expect(encoded).not.toMatch(CONTROLS);
    expect(encoded).not.toMatch(/[<>]/);
    expect(encoded).not.toMatch(/(?<!\\)[`*_|~[\]]/);
    expect(encoded).not.toMatch(/:\/\/|www\.|@/i);
    expect(encoded).not.toMatch(/^\s*(#|[+=-]\s|\d+[.)]\s)/);
  });

  it('leaves plain words, signs and numbers readable', () => {
    for (const text of ['Support bot, production', '+4.7 %', '-1.1 %', '100.3 %', 'a-b c.d (x)']) {
      expect(markdownText(text)).toBe(text);
    }
  });

  it('never lets any text end a table cell or a line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(markdownText(text)).not.toMatch(/(?<!\\)(\\\\)*\||[\n\r<>]/);
      }),
    );
  });
});

describe('markdownCode', () => {
  it.each(INJECTIONS)('keeps %j inside its marks', (text) => {
    const encoded = markdownCode(text);
    expect(encoded.slice(1, -1)).not.toMatch(/`|(?<!\\)\||[\n\r]/);
  });
});

describe('markdownUrl', () => {
  it('links an address as it is', () => {
    const url = 'https://docs.example.com/a_b?x=1&y=%20#part';
    expect(markdownUrl(url)).toBe(`<${url}>`);
  });

  it('cannot be ended early', () => {
    expect(markdownUrl('https://a.example/> <img src=x>|[b](c)\n`')).toBe(
      '<https://a.example/%3E%20%3Cimg%20src=x%3E%7C%5Bb%5D%28c%29%5Cu%7Ba%7D%60>',
    );
  });

  it('links http(s) only', () => {
    expect(markdownUrl('https://a.example/a\u3000b\u00a0c')).toBe(
      '<https://a.example/a%E3%80%80b%C2%A0c>',
    );
    expect(markdownUrl('javascript:alert(1)')).toBe('javascript:alert(1)');
    expect(markdownUrl('data:text/html,<b>')).toBe('data:text/html,&lt;b&gt;');
  });
});

describe('xmlText', () => {
  it.each(INJECTIONS)('keeps %j a text', (text) => {
    const encoded = xmlText(text);
    expect(encoded).not.toMatch(CONTROLS);
    expect(encoded).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|apos);)/);
  });

  it('holds nothing that XML 1.0 forbids', () => {
    expect(xmlText('a\ud800b\udc00c\ufffed\uffff😀')).toBe('a\\u{d800}b\\u{dc00}c?d?😀');
    expect(xmlText('\u0000\u000b')).toBe('\\u{0}\\u{b}');
  });
});

describe('csvCell', () => {
  it.each(INJECTIONS)('keeps %j one cell that no spreadsheet runs', (text) => {
    const encoded = csvCell(text);
    expect(encoded).not.toMatch(CONTROLS);
    expect(encoded).not.toMatch(/^"?\s*[=+\-@]/);
    if (encoded.startsWith('"')) expect(encoded.slice(1, -1)).not.toMatch(/(?<!")"(?!")/);
    else expect(encoded).not.toMatch(/[",]/);
  });

  it('keeps a negative number a number', () => {
    expect(csvCell('-12.50')).toBe('-12.50');
    expect(csvCell('-12.50-1')).toBe("'-12.50-1");
  });

  it('quotes what holds a comma or a quote', () => {
    expect(csvCell('a,"b"')).toBe('"a,""b"""');
  });
});

describe('yamlScalar', () => {
  it.each(INJECTIONS)('keeps %j one scalar on one line', (text) => {
    const encoded = yamlScalar(text);
    expect(encoded).not.toMatch(CONTROLS);
    const isPlain = /^[A-Za-z0-9][A-Za-z0-9._:/?=&%#+-]*$/.test(encoded);
    expect(isPlain || typeof JSON.parse(encoded) === 'string').toBe(true);
  });

  it('leaves codes, dates and addresses plain', () => {
    for (const text of ['not-run', '2026-11-23', 'https://a.example/b?c=d', 'export:quota']) {
      expect(yamlScalar(text)).toBe(text);
    }
    expect(yamlScalar('a:')).toBe('"a:"');
    expect(yamlScalar('')).toBe('""');
  });
});
