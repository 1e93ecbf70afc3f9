import { describe, expect, it } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import {
  addDays,
  addMeasured,
  type Measured,
  parseDecimal,
  type PlainDate,
} from '../core/index.ts';
import { CALENDAR_SPANS, rowsBySpan } from './calendar-spans.ts';

const known = (value: string, rows = 1): Measured => ({
  value: parseDecimal(value) ?? null,
  knownRows: rows,
  totalRows: rows,
});
const UNKNOWN: Measured = { value: null, knownRows: 0, totalRows: 2 };
const row = (day: string, requests: Measured, model = 'a') => ({
  group: { model, day },
  measures: { requests },
});

describe('rowsBySpan', () => {
  it.each([
    ['week', '2026-W53'],
    ['month', '2027-01'],
    ['quarter', '2027-Q1'],
    ['year', '2027'],
  ] as const)('names a %s by its own year', (span, name) => {
    // 1 January 2027 is a Friday: its ISO week began in 2026.
    const [only] = rowsBySpan([row('2027-01-01', known('1'))], span);
    expect(only?.group).toEqual({ model: 'a', [span]: name });
  });

  it('keeps a sum that some day does not know partial, and apart by the other dimensions', () => {
    const rows = [
      row('2026-11-01', known('1.5')),
      row('2026-11-30', UNKNOWN),
      row('2026-11-02', known('4'), 'b'),
      row('2026-12-01', known('2')),
    ];
    expect(rowsBySpan(rows, 'month')).toEqual([
      {
        group: { model: 'a', month: '2026-11' },
        measures: { requests: { value: parseDecimal('1.5'), knownRows: 1, totalRows: 3 } },
      },
      { group: { model: 'b', month: '2026-11' }, measures: { requests: known('4') } },
      { group: { model: 'a', month: '2026-12' }, measures: { requests: known('2') } },
    ]);
  });

  const days = fc.array(
    fc.record({ day: fc.integer({ min: 0, max: 900 }), requests: fc.integer({ min: 0 }) }),
  );
  test.prop([days, fc.constantFrom(...CALENDAR_SPANS)])(
    'adds up to the same total',
    (list, span) => {
      const rows = list.map(({ day, requests }) =>
        row(addDays('2026-01-01' as PlainDate, day), known(String(requests))),
      );
      const total = (of: readonly { readonly measures: { requests?: Measured } }[]) =>
        of.reduce<Measured | undefined>(
          (sum, { measures }) => (measures.requests ? addMeasured(sum, measures.requests) : sum),
          undefined,
        );
      expect(total(rowsBySpan(rows, span))).toEqual(total(rows));
    },
  );
});
