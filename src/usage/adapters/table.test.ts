import { describe, expect, it } from 'vitest';
import { inStore } from '../../../test/fixtures/usage/in-store.ts';
import { planOf } from '../../../test/fixtures/usage/plans.ts';
import { mappedPlan } from '../../../test/fixtures/usage/table-plan.ts';
import { formatDecimal, type Measured } from '../../core/index.ts';

const text = (measured: Measured | undefined) =>
  measured?.value === null || measured?.value === undefined ? '?' : formatDecimal(measured.value);

describe('a mapped table', () => {
  it('of days takes a date for its own, whatever the zone of the question', async () => {
    const plan = mappedPlan(
      'day,until,model,calls,ok,usd',
      `      key: [day, model]
      columns: { startAt: { field: day, unit: date }, endAt: { field: until, unit: date }, modelServed: model, attempts: calls, operations: ok }
      cost: { field: usd, unit: USD, basis: charged }`,
    );
    const lines = ['2026-11-09,2026-11-10,m-a,7,5,1.5', '2026-11-10,2026-11-11,m-a,3,3,0.5'];
    const bad = ['11/09/2026,2026-11-10,m-a,1,1,1', ',2026-11-10,m-b,1,1,1'];
    await inStore(plan, ['day,until,model,calls,ok,usd', ...lines, ...bad], async (imported) => {
      expect(imported.result).toMatchObject({ accepted: 2, quarantined: 2 });
      const { days, total, requestsAre, coverage } = await imported.ask({
        measures: ['requests', 'chargedCost'],
      });
      expect(
        days.map(({ date, measures }) => [
          date,
          text(measures.requests),
          text(measures.chargedCost),
        ]),
      ).toEqual([
        ['2026-11-09', '5', '1.5'],
        ['2026-11-10', '3', '0.5'],
      ]);
      expect([text(total.measures.chargedCost), requestsAre]).toEqual(['2', 'operations']);
      // The export names a day as a whole: it is complete through its last one.
      expect(coverage.completeThrough).toBe('2026-11-11T00:00:00Z');
    });
  });

  it('of spans of time counts each in the date of its start, and is complete up to their end', async () => {
    const plan = mappedPlan(
      'from,to,usd',
      `      key: [from]
      columns: { startAt: { field: from, unit: s }, endAt: { field: to, unit: s } }
      cost: { field: usd, unit: USD-cents, basis: charged }`,
    );
    const at = (instant: string) => Date.parse(instant) / 1000;
    const line = (from: string, to: string, cents: string) => `${at(from)},${at(to)},${cents}`;
    const lines = [
      line('2026-11-09T23:00:00Z', '2026-11-10T00:00:00Z', '125'),
      line('2026-11-10T00:00:00Z', '2026-11-10T01:00:00Z', '50'),
    ];
    await inStore(plan, ['from,to,usd', ...lines], async ({ ask }) => {
      const { days, coverage } = await ask();
      expect(days.map(({ date, measures }) => [date, text(measures.chargedCost)])).toEqual([
        ['2026-11-09', '1.25'],
        ['2026-11-10', '0.5'],
      ]);
      expect(coverage.completeThrough).toBe('2026-11-10T01:00:00Z');
    });
  });

  it('tells outcomes apart that it knows, and takes any other word for unknown', async () => {
    const plan = mappedPlan(
      'ts,outcome,usd',
      `      key: none
      columns: { startAt: ts, outcome: outcome }
      cost: { field: usd, unit: USD, basis: charged }`,
    );
    const words = ['ok', 'error', 'cancelled', 'partial', 'success', ''];
    const lines = words.map((word, index) => `2026-11-09T10:00:00Z,${word},${10 ** index}`);
    await inStore(plan, ['ts,outcome,usd', ...lines], async ({ ask }) => {
      const { rows } = await ask({ by: ['outcome'] });
      const found = rows.map(({ group, measures }) => [group.outcome, text(measures.chargedCost)]);
      expect(Object.fromEntries(found)).toEqual({
        ok: '1',
        error: '10',
        cancelled: '100',
        partial: '1000',
        unknown: '110000',
      });
      const known = await ask({ filter: { outcome: ['unknown'] } });
      expect(text(known.total.measures.chargedCost)).toBe('110000');
    });
  });

  it('without a column that its mapping names is refused, and names both', async () => {
    const plan = planOf(`exports:
  - id: app
    adapter: table
    path: e/*.csv
    table:
      format: { kind: csv }
      key: none
      columns: { startAt: ts }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-16 }`);
    const read = inStore(plan, ['ts,eur', '2026-11-09T10:00:00Z,1'], async () => {});
    await expect(read).rejects.toMatchObject({
      code: 'header-mismatch',
      message: expect.stringContaining('got CSV with ts, eur'),
    });
  });
});
