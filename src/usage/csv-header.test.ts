import { expect, it } from 'vitest';
import { readCsvHeader } from './csv-header.ts';

it('reads names behind a byte order mark and before CRLF', () => {
  expect(readCsvHeader('\uFEFFa,b\r\n1,2\r\n')).toEqual({ header: ['a', 'b'], delimiter: ',' });
});

it('reads quoted names with delimiters and doubled quotes inside', () => {
  expect(readCsvHeader('"a,1","b ""x""",c\n')?.header).toEqual(['a,1', 'b "x"', 'c']);
});

it('takes the delimiter that gives the most names unless one is declared', () => {
  expect(readCsvHeader('a;b;c\n')).toEqual({ header: ['a', 'b', 'c'], delimiter: ';' });
  expect(readCsvHeader('a;b,c\n', ',')?.header).toEqual(['a;b', 'c']);
  expect(readCsvHeader('a\tb\n')?.delimiter).toBe('\t');
});

it.each([
  ['an empty text', ''],
  ['an empty first line', '\na,b\n'],
  ['a name twice, whatever its case', 'a,A\n'],
  ['a column without a name', 'a,,b\n'],
  ['a quote that does not close', '"a,b\n'],
  ['text behind a closing quote', '"a"x,b\n'],
])('refuses %s', (_, text) => {
  expect(readCsvHeader(text)).toBeUndefined();
});
