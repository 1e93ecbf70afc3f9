import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../core/index.ts';
import { parseSeries, seriesDays } from './parse-series.ts';

const rowsOf = (text: string) => {
  const file = parseSeries(text);
  if (file.kind === 'bad') throw new Error(`line ${file.line}: ${file.expected}`);
  return file.rows;
};
const shown = (...texts: readonly string[]) =>
  seriesDays(texts.map(rowsOf)).map(({ date, amount }) => `${date} ${formatDecimal(amount)}`);

describe('a series', () => {
  it('reads dates and amounts, with a BOM, CRLF and an end without a line break', () => {
    expect(shown('\uFEFFdate,amount\r\n2026-11-02,41.5\r\n2026-11-01,40')).toEqual([
      '2026-11-01 40',
      '2026-11-02 41.5',
    ]);
  });

  it('adds the labels of a date, and lets a later file restate one of them', () => {
    const first = 'date,amount,label\n2026-11-01,10,web\n2026-11-01,5,"ops, night ""b"""\n';
    expect(rowsOf(first)[1]?.label).toBe('ops, night "b"');
    expect(shown(first)).toEqual(['2026-11-01 15']);
    expect(shown(first, 'date,amount,label\n2026-11-01,12,web\n')).toEqual(['2026-11-01 17']);
  });

  it('has no rows when it has only a header', () => {
    expect(shown('date,amount\n')).toEqual([]);
  });

  it.each([
    ['day,amount\n', 1, 'the header date,amount or date,amount,label'],
    ['', 1, 'the header date,amount or date,amount,label'],
    ['date,amount\n2026-11-01,1,web', 2, '2 columns'],
    ['date,amount,label\n2026-11-01,1', 2, '3 columns'],
    ['date,amount\n2026-02-30,1', 2, 'a date that exists, such as 2026-11-23'],
    ['date,amount\n2026-11-01,1e3', 2, 'a plain decimal such as 42 or 41.5'],
    ['date,amount\n2026-11-01,', 2, 'a plain decimal such as 42 or 41.5'],
    ['date,amount\n\n2026-11-01,1', 2, '2 columns'],
    ['date,amount\n2026-11-01,1\n2026-11-01,1', 3, 'each date and label once'],
    ['date,amount,label\n2026-11-01,1,"open', 2, '3 columns'],
  ])('names the first line that it cannot read in %j', (text, line, expected) => {
    expect(parseSeries(text)).toEqual({ kind: 'bad', line, expected });
  });
});
