import { describe, expect, it } from 'vitest';
import { inStore, NOW } from '../../test/fixtures/usage/in-store.ts';
import { mappedPlan } from '../../test/fixtures/usage/table-plan.ts';
import type { Plan } from '../plan/index.ts';

const planWith = (header: string, columns: string, lag: string) =>
  mappedPlan(
    header,
    `key: none
     columns: ${columns}
     cost: { field: usd, unit: USD, basis: charged }`,
    { export: `lag: ${lag}` },
  );

const throughOf = async (plan: Plan, lines: readonly string[]) =>
  await inStore(plan, lines, async ({ store, manifests }) => {
    const [found] = await store.list(manifests, plan);
    return found?.completeThrough;
  });

describe(`an export that is read at ${NOW} is complete`, () => {
  const EVENTS = '{ startAt: ts }';
  const HOURS = '{ startAt: from, endAt: to }';
  const DAYS = '{ startAt: { field: day, unit: date } }';

  it('up to its last event, or as far back as its source posts late', async () => {
    const of = async (last: string, lag: string) =>
      await throughOf(planWith('ts,usd', EVENTS, lag), [
        'ts,usd',
        '2026-11-20T10:00:00Z,1',
        `${last},1`,
      ]);
    expect(await of('2026-11-22T10:00:00Z', '0s')).toEqual('2026-11-22T10:00:00Z');
    expect(await of('2026-11-22T10:00:00Z', '36h')).toEqual('2026-11-21T21:00:00Z');
    // A clock that runs ahead makes nothing complete that has not been yet.
    expect(await of('2026-11-24T10:00:00Z', '0s')).toEqual(NOW);
  });

  it('up to its last bucket that is closed, or up to where an open one begins', async () => {
    const of = async (lag: string, ...hours: readonly string[]) =>
      await throughOf(planWith('from,to,usd', HOURS, lag), ['from,to,usd', ...hours]);
    const closed = '2026-11-23T07:00:00Z,2026-11-23T08:00:00Z,1';
    const open = '2026-11-23T08:30:00Z,2026-11-23T09:30:00Z,1';
    expect(await of('0s', closed)).toBe('2026-11-23T08:00:00Z');
    expect(await of('0s', closed, open)).toBe('2026-11-23T08:30:00Z');
    expect(await of('2h', closed, open)).toBe('2026-11-23T07:00:00Z');
  });

  it('up to the end of its last whole day, whether or not it tells the open one', async () => {
    const of = async (lag: string, ...days: readonly string[]) =>
      await throughOf(planWith('day,usd', DAYS, lag), [
        'day,usd',
        ...days.map((day) => `${day},1`),
      ]);
    expect(await of('0s', '2026-11-19', '2026-11-20', '2026-11-21')).toBe('2026-11-22T00:00:00Z');
    expect(await of('0s', '2026-11-19', '2026-11-22', '2026-11-23')).toBe('2026-11-23T00:00:00Z');
    expect(await of('30h', '2026-11-19', '2026-11-22', '2026-11-23')).toBe('2026-11-22T00:00:00Z');
    expect(await of('0s', '2026-11-23')).toBe('2026-11-23T00:00:00Z');
  });
});
