import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addDecimals,
  decimal,
  type Decimal,
  formatDecimal,
  type Instant,
  type Measured,
  parsePlainDate,
  type PlainDate,
  startOfDate,
  wholeDecimal,
  ZERO,
} from '../../core/index.ts';
import { compareViews, type CompareOptions } from './compare-views.ts';
import type { BillView, ViewCell } from './view.ts';

const FIRST = parsePlainDate('2026-11-16') ?? ('' as PlainDate);
const dateAt = (day: number) => addDays(FIRST, day);
const UNKNOWN: Measured = { value: null, knownRows: 0, totalRows: 0 };

/** Day, thing, cost, requests. */
type Line = readonly [number, string, string | null, number | null];

const cellOf = ([day, thing, cost, requests]: Line): ViewCell => ({
  date: dateAt(day),
  thing,
  values: {
    cost: cost === null ? null : decimal(cost),
    requests: requests === null ? null : wholeDecimal(requests),
    tokens: null,
  },
  lacks: [
    ...(cost === null ? (['cost'] as const) : []),
    ...(requests === null ? (['requests'] as const) : []),
  ],
  rows: 1,
});

function view(lines: readonly Line[], change: Partial<BillView> = {}): BillView {
  return {
    export: 'left',
    invoice: false,
    currency: 'USD',
    cells: lines.map(cellOf),
    totals: { cost: UNKNOWN, requests: UNKNOWN, tokens: UNKNOWN },
    quantum: decimal('0.01'),
    present: new Set([0, 1, 2, 3].map(dateAt)),
    completeThrough: null,
    mayShift: false,
    ...change,
  };
}

const options = (change: Partial<CompareOptions> = {}): CompareOptions => ({
  dates: [0, 1, 2, 3].map(dateAt),
  zone: 'UTC',
  asOf: '2026-11-30T00:00:00Z' as Instant,
  quanta: 0,
  lagMs: 0,
  ...change,
});
const compare = (
  left: readonly Line[],
  right: readonly Line[],
  change: Partial<BillView> = {},
  how: Partial<CompareOptions> = {},
) => compareViews(view(left, change), view(right, { export: 'right', ...change }), options(how));
const parts = (pair: ReturnType<typeof compare>) =>
  Object.fromEntries(
    Object.entries(pair.difference ?? {})
      .filter(([, value]) => value !== 0n)
      .map(([name, value]: [string, Decimal]) => [name, formatDecimal(value)]),
  );

describe('two views of one bill', () => {
  it('agree where every day is the same, and where rounding each row explains the rest', () => {
    const same = compare([[0, '', '10', 4]], [[0, '', '10', 4]]);
    expect(same).toMatchObject({ disagreements: [], compared: 4, measures: ['cost', 'requests'] });
    const rounded = compare([[0, '', '10.00', 4]], [[0, '', '10.01', 4]]);
    expect(rounded.disagreements).toEqual([]);
    expect(parts(rounded)).toEqual({ total: '0.01', rounding: '0.01' });
  });

  it('disagree beyond that, unless the plan allows more steps', () => {
    const left: readonly Line[] = [[0, '', '10.00', 4]];
    const right: readonly Line[] = [[0, '', '10.03', 4]];
    expect(compare(left, right).disagreements).toHaveLength(1);
    expect(compare(left, right, {}, { quanta: 2 }).disagreements).toEqual([]);
    expect(parts(compare(left, right))).toEqual({ total: '0.03', price: '0.03' });
  });

  it('lack rows, at what a row costs on the other side', () => {
    const pair = compare([[0, '', '10', 5]], [[0, '', '8', 4]]);
    expect(parts(pair)).toEqual({ total: '-2', missing: '-2' });
    expect(pair.disagreements.map(({ measure }) => measure).toSorted()).toEqual([
      'cost',
      'requests',
    ]);
  });

  it('lack rows on the left at what they cost on the right, and dearer rows are those of both', () => {
    const pair = compare([[0, '', '10', 10]], [[0, '', '13.2', 12]]);
    expect(parts(pair)).toEqual({ total: '3.2', missing: '2.2', price: '1' });
    expect(parts(compare([[0, '', '10', 5]], [[0, '', '22', 10]]))).toEqual({
      total: '12',
      duplicated: '11',
      price: '1',
    });
  });

  it('have rows twice', () => {
    expect(parts(compare([[0, '', '10', 5]], [[0, '', '20', 10]]))).toEqual({
      total: '10',
      duplicated: '10',
    });
  });

  it('tell things apart where both do, and miss a thing that one lacks', () => {
    const left: readonly Line[] = [
      [0, 'a', '1', 1],
      [0, 'b', '2', 1],
    ];
    const pair = compare(left, [[0, 'a', '1', 1]]);
    expect(pair.disagreements).toMatchObject([
      { thing: 'b', measure: 'cost' },
      { thing: 'b', measure: 'requests' },
    ]);
    expect(parts(pair)).toEqual({ total: '-2', missing: '-2' });
    expect(compare(left, [[0, '*', '3', 2]]).disagreements).toEqual([]);
  });

  it('are not compared on days that one has not delivered, or that may still fill up', () => {
    const [left, right]: (readonly Line[])[] = [[[3, '', '1', 1]], [[3, '', '9', 9]]];
    const late = compare(left ?? [], right ?? [], { present: new Set([dateAt(0)]) });
    expect(late).toMatchObject({ compared: 1, open: 3, disagreements: [] });
    const lagging = compare(
      left ?? [],
      right ?? [],
      {},
      {
        asOf: '2026-11-20T12:00:00Z' as Instant,
        lagMs: 86_400_000,
      },
    );
    expect(lagging).toMatchObject({ compared: 3, open: 1, disagreements: [] });
    const through = startOfDate(dateAt(3), 'UTC');
    expect(compare(left ?? [], right ?? [], { completeThrough: through })).toMatchObject({
      open: 1,
    });
  });

  it('leave out what one does not know, and never add two currencies', () => {
    expect(compare([[0, '', null, 1]], [[0, '', '1', 1]]).measures).toEqual(['requests']);
    const mixed = compareViews(
      view([[0, '', '1', 1]]),
      view([[0, '', '1', 1]], { currency: 'EUR' }),
      options(),
    );
    expect(mixed).toMatchObject({ measures: ['requests'], difference: null });
    const partly = compare(
      [
        [0, '', '1', 1],
        [1, '', null, 1],
      ],
      [
        [0, '', '1', 1],
        [1, '', '7', 1],
      ],
    );
    expect(partly.disagreements).toEqual([]);
    expect(partly.undecided).toBe(1);
    expect(parts(partly)).toEqual({});
  });

  it('are undecided where rows of the smaller side do not say their part, and disagree where those of the larger do not', () => {
    const whole = view([[0, '', '7', 4]]);
    const least = (cost: string): BillView => {
      const one = view([[0, '', cost, 4]], { export: 'right' });
      return { ...one, cells: one.cells.map((cell) => ({ ...cell, lacks: ['cost'] })) };
    };
    const judged = (right: BillView) => {
      const there = compareViews(whole, right, options());
      const back = compareViews(right, whole, options());
      expect(back.undecided).toBe(there.undecided);
      expect(back.disagreements).toHaveLength(there.disagreements.length);
      expect(parts(there)).toEqual({});
      return [there.undecided, there.disagreements.length];
    };
    expect(judged(least('3'))).toEqual([1, 0]);
    expect(judged(least('7'))).toEqual([0, 0]);
    expect(judged(least('9'))).toEqual([0, 1]);
  });

  describe('cut at midnights that nobody knows', () => {
    const cut = { mayShift: true };
    const even: readonly Line[] = [0, 1, 2, 3].map((day) => [day, '', '10', 10] as const);
    it('agree where the days add up to the same', () => {
      const moved: readonly Line[] = [
        [0, '', '7', 7],
        [1, '', '13', 13],
        [2, '', '10', 10],
        [3, '', '10', 10],
      ];
      const pair = compare(even, moved, cut);
      expect(pair).toMatchObject({ disagreements: [], undecided: 0 });
      expect(parts(pair)).toEqual({ zone: '3' });
    });

    it('are undecided where a shift over the edge could explain the rest', () => {
      const moved: readonly Line[] = even.map(([day]) =>
        day === 3 ? [day, '', '6', 6] : [day, '', '10', 10],
      );
      expect(compare(even, moved, cut)).toMatchObject({ disagreements: [], undecided: 2 });
    });

    it('disagree where no shift can', () => {
      const half: readonly Line[] = even.map(([day]) => [day, '', '5', 5]);
      const pair = compare(even, half, cut);
      expect(pair.undecided).toBe(0);
      expect(pair.disagreements).toHaveLength(2);
    });
  });

  const line = fc.tuple(
    fc.nat({ max: 3 }),
    fc.constantFrom('a', 'b'),
    fc
      .bigInt({ min: 0n, max: 10n ** 6n })
      .map((cents) => formatDecimal((cents * 10n ** 16n) as Decimal)),
    fc.option(fc.nat({ max: 50 })),
  );
  const lines = fc.uniqueArray(line, {
    minLength: 1,
    selector: ([day, thing]) => `${day}${thing}`,
  });

  test.prop([lines, lines, fc.boolean()])(
    'have a difference whose parts add up to it, mirrored when they change places',
    (left, right, mayShift) => {
      const pair = compare(left, right, { mayShift });
      const { difference } = pair;
      if (difference === null) throw new Error('both know cost');
      const { total, missing, duplicated, price, rounding } = difference;
      expect(addDecimals(missing, duplicated, price, rounding)).toBe(total);
      const sum = (all: readonly Line[]) =>
        addDecimals(...all.map(([, , cost]) => decimal(cost ?? '0')));
      expect(total).toBe(sum(right) - sum(left));
      const back = compare(right, left, { mayShift });
      expect(back.disagreements).toHaveLength(pair.disagreements.length);
      for (const part of ['missing', 'duplicated', 'price', 'rounding'] as const) {
        expect(addDecimals(difference[part], back.difference?.[part] ?? ZERO)).toBe(ZERO);
      }
    },
  );

  test.prop([lines, fc.boolean()])('agree with themselves', (all, mayShift) => {
    expect(compare(all, all, { mayShift })).toMatchObject({ disagreements: [], undecided: 0 });
  });
});
