import { describe, expect, it } from 'vitest';
import { inStore } from '../../../test/fixtures/usage/in-store.ts';
import { planOf } from '../../../test/fixtures/usage/plans.ts';
import { HEADER, mappedPlan, tablePlan } from '../../../test/fixtures/usage/table-plan.ts';
import { formatDecimal } from '../../core/index.ts';
import { billView, byDay } from './view.ts';

const MEASURES = ['chargedCost', 'requests', 'tokens'] as const;
const of = { export: 'app', invoice: false };
const LINES = [
  HEADER,
  '2026-11-09T10:00:00Z,r1,m-a,,,90,10,0.125',
  '2026-11-09T11:00:00Z,r2,m-b,,,1,1,2.5',
  '2026-11-09T12:00:00Z,r3,,,,1,1,1',
  '2026-11-10T10:00:00Z,r4,m-a,,,5,5,3',
  '2026-11-10T11:00:00Z,r5,m-b,,,5,5,',
];

describe('a view of a bill', () => {
  it('has one cell of each thing a day, and the days of all things add up to it', async () => {
    await inStore(tablePlan(), LINES, async ({ ask }) => {
      const by = ['day', 'model'] as const;
      const view = billView(await ask({ by: [...by], measures: MEASURES }), {
        ...of,
        thing: 'model',
      });
      const text = (cells: typeof view.cells) =>
        cells.map(({ date, thing, values, rows }) =>
          [date, thing, values.cost === null ? '?' : formatDecimal(values.cost), rows].join(' '),
        );
      expect(text(view.cells).toSorted()).toEqual([
        '2026-11-09  1 1',
        '2026-11-09 m-a 0.125 1',
        '2026-11-09 m-b 2.5 1',
        '2026-11-10 m-a 3 1',
        '2026-11-10 m-b ? 1',
      ]);
      // One thing of the day is unknown, and so is the day.
      expect(text(byDay(view.cells))).toEqual(['2026-11-09  3.625 3', '2026-11-10  ? 2']);
      expect(view.quantum).toBe(10n ** 15n);
      expect(view).toMatchObject({ currency: 'USD', mayShift: false });

      const days = billView(await ask({ by: ['day'], measures: MEASURES }), { ...of, thing: null });
      expect(text(days.cells)[0]).toBe('2026-11-09  3.625 3');
      // Of the day as one cell, what is known is a part.
      expect(days.cells.map(({ lacks }) => lacks)).toEqual([[], ['cost']]);
    });
  });

  it('asks no count of a thing that only has a credit', async () => {
    const credit = '2026-11-09T12:00:00Z,r3,m-c,,,,,-1';
    await inStore(tablePlan(), [HEADER, LINES[1] ?? '', credit], async ({ ask }) => {
      const answer = await ask({ by: ['day', 'model'], measures: MEASURES });
      const [day] = byDay(billView(answer, { ...of, thing: 'model' }).cells);
      expect(day?.values).toMatchObject({ requests: 10n ** 18n, cost: -875n * 10n ** 15n });
      expect(day?.lacks).toEqual([]);
    });
  });

  it('knows no total that nobody asked for, and no step without amounts', async () => {
    await inStore(
      tablePlan(),
      [HEADER, '2026-11-09T10:00:00Z,r1,m-a,,,90,10,'],
      async ({ ask }) => {
        const answer = await ask({ by: ['day'], measures: ['chargedCost'] });
        const view = billView(answer, { ...of, thing: null });
        expect(view.totals.tokens).toEqual({ value: null, knownRows: 0, totalRows: 0 });
        expect(view.quantum).toBeNull();
      },
    );
  });

  it.each([
    ['whole amounts say nothing of the step below the one of their currency', '12', 10n ** 16n],
    ['zeros show no step at all', '0', null],
    ['the last decimal is the step', '0.125', 10n ** 15n],
  ])('%s', async (_title, usd, quantum) => {
    await inStore(
      tablePlan(),
      [HEADER, `2026-11-09T10:00:00Z,r1,m-a,,,90,10,${usd}`],
      async ({ ask }) => {
        const view = billView(await ask({ by: ['day'] }), { ...of, thing: null });
        expect(view.quantum).toBe(quantum);
      },
    );
  });

  it('of two currencies has none, and of a zone that nobody knows may be cut elsewhere', async () => {
    const plan = planOf(`exports:
  - { id: bill, adapter: focus, path: "e/*.csv", approved: { by: finops, date: 2026-11-16 } }`);
    const row = (currency: string) => `1,${currency},Usage,2026-11-09 00:00:00,2026-11-10 00:00:00`;
    const head = 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd';
    await inStore(plan, [head, row('USD'), row('EUR')], async ({ ask }) => {
      const view = billView(await ask({ by: ['day'] }), { ...of, thing: null });
      expect(view).toMatchObject({ currency: null, mayShift: false });
    });
    const dated = mappedPlan(
      'day,usd',
      `key: [day]
       columns: { startAt: { field: day, unit: date } }
       cost: { field: usd, unit: USD, basis: charged }`,
      { export: 'zone: unknown' },
    );
    await inStore(dated, ['day,usd', '2026-11-09,1'], async ({ ask }) => {
      expect(billView(await ask({ by: ['day'] }), { ...of, thing: null }).mayShift).toBe(true);
    });
  });
});
