import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { type Digest, formatDecimal, parsePlainDate, periodOfDates } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { openUsageStore } from './store.ts';
import type { UsageStore } from './store-types.ts';

const NOW = '2026-11-23T09:00:00Z';
const HEADER = 'ts,until,request,in,out,cost';
let folder: string;
let store: UsageStore;
let table: Digest[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'changed-plan-')));
  store = await openUsageStore({ folder }, nodePorts(NOW));
  table = [];
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** One export as the plan says it at a time. */
const plan = ({ zone = 'UTC', unit = 'USD', start = 'ts' } = {}): Plan =>
  planOf(`timezone: UTC
exports:
  - id: app
    adapter: table
    zone: ${zone}
    path: "x/*"
    approved: { by: finops, date: 2026-11-16 }
    table:
      format: { kind: csv }
      key: [request]
      restatement: max-wins
      columns: { startAt: ${start}, requestRef: request${start === 'ts' ? ', endAt: until' : ''} }
      tokens: { input: in, output: out }
      cost: { field: cost, unit: ${unit}, basis: charged }`);

async function take(under: Plan, name: string, lines: readonly string[]) {
  const path = join(folder, name);
  await writeFile(path, `${[HEADER, ...lines].join('\n')}\n`);
  const [of] = under.exports;
  if (of === undefined) throw new Error('no export');
  const result = await store.importExport({
    export: of,
    plan: under,
    files: [path],
    current: table,
  });
  table.push(result.manifest);
  return result;
}

/** A bucket of a whole day, without an offset: in the zone of its export. */
const day = (date: number, ref: string, input = 1) =>
  `2026-11-${date}T00:00:00,2026-11-${date + 1}T00:00:00,${ref},${input},1,2`;

async function ask(under: Plan, from = '2026-11-01', until = '2026-12-01') {
  const [first, last] = [parsePlainDate(from), parsePlainDate(until)];
  if (first === undefined || last === undefined) throw new Error('no date');
  const { days, total, currencies } = await store.aggregate({
    manifests: table,
    plan: under,
    period: periodOfDates(first, last, 'UTC'),
    measures: ['requests', 'chargedCost'],
    by: [],
    filter: {},
    include: [],
    asOf: NOW,
  });
  const cost = total.measures.chargedCost?.value ?? null;
  const dates = days.map(({ date, measures }) => [
    date,
    measures.requests?.value === null
      ? null
      : formatDecimal(measures.requests?.value ?? (0n as never)),
  ]);
  return { dates, currencies, cost: cost === null ? null : formatDecimal(cost) };
}

it('says in its own currency what a row of before would have added', async () => {
  await take(plan(), 'a.csv', [day(10, 'x'), day(11, 'y')]);
  const euro = plan({ unit: 'EUR' });
  const { avoided } = await take(euro, 'b.csv', [
    day(11, 'y', 5),
    day(12, 'z'),
    day(12, 'z'),
    day(13, 'w'),
  ]);
  const costs = avoided?.cost.map(({ currency, sum: { value, knownRows, totalRows } }) => [
    currency,
    value === null ? null : formatDecimal(value),
    knownRows,
    totalRows,
  ]);
  // The amount of 11 November in the old currency, and the row that stands twice in the new one.
  expect(costs).toEqual([
    ['EUR', '2', 1, 1],
    ['USD', '2', 1, 1],
  ]);
  expect(avoided?.requests).toMatchObject({ knownRows: 2, totalRows: 2 });
  expect(avoided?.tokens).toMatchObject({ knownRows: 2, totalRows: 2 });
  // Nothing of the new currency was left out.
  const again = await take(plan(), 'c.csv', [day(12, 'z', 9)]);
  expect(again.avoided?.cost.map(({ currency }) => currency)).toEqual(['EUR']);
});

it('keeps amounts in the currency in which they were read, and adds no two', async () => {
  await take(plan(), 'a.csv', [day(10, 'x'), day(11, 'y')]);
  const euro = plan({ unit: 'EUR' });
  // The neighbour of a row that was taken anew is written to another file, and stays what it was.
  expect(await take(euro, 'b.csv', [day(11, 'y', 5), day(12, 'z')])).toMatchObject({
    superseded: 1,
  });
  expect(await ask(euro)).toMatchObject({ currencies: ['EUR', 'USD'], cost: null });
  expect(await ask(euro, '2026-11-10', '2026-11-11')).toMatchObject({
    currencies: ['USD'],
    cost: '2',
  });
  expect(await ask(euro, '2026-11-11')).toMatchObject({ currencies: ['EUR'], cost: '4' });
  expect((await store.rowsOf({ manifests: table, ref: 'x' })).map((row) => row.currency)).toEqual([
    'USD',
  ]);
  const path = join(folder, 'out.csv');
  await store.write({ manifests: table, plan: euro, format: 'csv', path });
  const rows = (await readFile(path, 'utf8')).split('\n').slice(1);
  expect(rows.filter((row) => row.includes('USD'))).toHaveLength(1);
  expect(rows.filter((row) => row.includes('EUR'))).toHaveLength(2);
});

it('leaves a day on its date when the plan learns another zone, also where files are written anew', async () => {
  await take(plan({ zone: 'Europe/Berlin' }), 'a.csv', [day(10, 'x'), day(11, 'y')]);
  const later = plan({ zone: 'America/New_York' });
  const dates = [
    ['2026-11-10', '1'],
    ['2026-11-11', '1'],
    ['2026-11-12', '1'],
  ];
  await take(later, 'b.csv', [day(12, 'z')]);
  expect((await ask(later)).dates).toEqual(dates);
  await take(later, 'c.csv', [day(11, 'y', 5)]);
  await take(later, 'd.csv', [day(12, 'z', 5)]);
  expect((await ask(later)).dates).toEqual(dates);
  expect(await store.compact({ export: 'app', manifests: table })).toMatchObject({ before: 2 });
});

it('counts rows of dates and rows of instants, where the mapping changed from one to the other', async () => {
  const dated = plan({ start: '{ field: ts, unit: date }' });
  const line = (ts: string, ref: string) => `${ts},,${ref},1,1,2`;
  await take(dated, 'a.csv', [line('2026-11-10', 'x')]);
  await take(plan(), 'b.csv', [line('2026-11-11T10:00:00Z', 'y')]);
  const dates = [
    ['2026-11-10', '1'],
    ['2026-11-11', '1'],
  ];
  expect((await ask(plan())).dates).toEqual(dates);
  const made = await store.compact({ export: 'app', manifests: table });
  expect(made).toBeUndefined();
  expect(await ask(plan())).toMatchObject({ dates, cost: '4' });
});
