import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { cell, TABLE_WRITERS, type TableContent } from './table.ts';
import { textWidth, wrapWords } from './wrap.ts';

const TABLE: TableContent = {
  columns: [
    { key: 'id', title: 'Budget', align: 'left' },
    { key: 'spend', title: 'Spend', align: 'right' },
    { key: 'verdict', title: 'Verdict', align: 'left' },
  ],
  rows: [
    [cell('monthly'), cell('at least USD 9,840.12'), cell('breached: the amount is used up')],
    [cell('検索'), cell('USD 12.00'), cell('ok')],
  ],
};

describe('a table on a terminal', () => {
  it('is as wide as what it holds where nobody says how wide the terminal is', () => {
    const [, row = ''] = TABLE_WRITERS.terminal(TABLE).split('\n');
    expect(row).toBe('monthly  at least USD 9,840.12  breached: the amount is used up');
    expect(TABLE_WRITERS.terminal(TABLE, 200)).toBe(TABLE_WRITERS.terminal(TABLE));
  });

  it('breaks texts between words before it breaks amounts', () => {
    expect(TABLE_WRITERS.terminal(TABLE, 50)).toBe(
      [
        'Budget                   Spend  Verdict',
        'monthly  at least USD 9,840.12  breached: the',
        '                                amount is used up',
        '検索                 USD 12.00  ok',
        '',
      ].join('\n'),
    );
  });

  it('writes rows one below the other where columns would be too narrow, and cuts no number', () => {
    expect(TABLE_WRITERS.terminal(TABLE, 30)).toBe(
      [
        'Budget   monthly',
        'Spend    at least USD 9,840.12',
        'Verdict  breached: the amount',
        '         is used up',
        '',
        'Budget   検索',
        'Spend    USD 12.00',
        'Verdict  ok',
        '',
      ].join('\n'),
    );
    expect(TABLE_WRITERS.terminal({ ...TABLE, rows: [] }, 10)).toBe('Budget  Spend  Verdict\n');
  });

  const word = fc.oneof(
    fc.stringMatching(/^[a-z]{1,12}$/),
    fc.constantFrom('USD 1,234.56', '82.5 %', '≥ 7', '検索語', '–', '2026-11-23'),
  );
  const text = fc.array(word, { minLength: 1, maxLength: 9 }).map((words) => words.join(' '));
  it.prop([
    fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 5 }),
    fc.constantFrom(40, 60, 80),
  ])('is never wider than the terminal, and loses no word', (rows, width) => {
    const table = { ...TABLE, rows: rows.map((row) => row.map((one) => cell(one))) };
    const written = TABLE_WRITERS.terminal(table, width);
    expect(Math.max(...written.split('\n').map(textWidth))).toBeLessThanOrEqual(width);
    const parts = (of: string): readonly string[] =>
      of.match(/[A-Z]{3} \S+|≥ \S+|\S+ %|\S+/g) ?? [];
    expect(new Set(parts(written))).toEqual(
      new Set([...parts(written), ...rows.flat().flatMap(parts)]),
    );
  });
});

describe('wrapWords', () => {
  it('keeps an amount with its currency, a share with its sign, and a long word whole', () => {
    expect(wrapWords('at least USD 9.50 or 82 % of ≥ 7', 9)).toEqual([
      'at least',
      'USD 9.50',
      'or 82 %',
      'of ≥ 7',
    ]);
    expect(wrapWords('see https://example.com/a/long/page now', 10)).toEqual([
      'see',
      'https://example.com/a/long/page',
      'now',
    ]);
    expect(wrapWords('', 10)).toEqual(['']);
  });
});
