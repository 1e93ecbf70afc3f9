import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import {
  addDays,
  dateIn,
  datesOf,
  type Digest,
  type Instant,
  parsePlainDate,
  periodOfDates,
  type PlainDate,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { look } from './look.ts';
import { openUsageStore } from './store.ts';

const ports = nodePorts('2026-12-31T00:00:00Z');
const date = (text: string): PlainDate => parsePlainDate(text) ?? ('' as PlainDate);

/** Whole, half and quarter hours from UTC; clocks that change by an hour or half of one, at midnight or at two. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Cairo',
];

/** Every 37 minutes over the days on which the clocks of these zones change. */
function moments(): readonly string[] {
  const found: string[] = [];
  for (const start of [
    '2026-03-27',
    '2026-04-03',
    '2026-04-23',
    '2026-09-04',
    '2026-10-23',
    '2026-10-31',
  ]) {
    const from = Date.parse(`${start}T22:00:00Z`);
    for (let minute = 0; minute < 3 * 1440; minute += 37) {
      found.push(new Date(from + minute * 60_000).toISOString().replace('.000', ''));
    }
  }
  return found;
}

async function imported(plan: Plan, name: string, content: string) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'time-')));
  const store = await openUsageStore({ folder }, ports);
  const path = join(folder, name);
  await writeFile(path, content);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const { manifest } = await store.importExport({ export: of, plan, files: [path], current: [] });
  const manifests: readonly Digest[] = [manifest];
  return {
    close: store.close,
    ask: async (zone: string, from: PlainDate, until: PlainDate) =>
      await store.aggregate({
        manifests,
        plan,
        period: periodOfDates(from, until, zone),
        measures: ['requests'],
        by: [],
        filter: {},
        include: [],
        asOf: '2026-12-31T00:00:00Z',
      }),
  };
}

it('counts each request on the date that a clock of the zone shows, and days add up to their range, over every change of clocks', async () => {
  const at = moments();
  const lines = at.map((time, id) => `${time},r${id},m,w,s,1,1,1`);
  const { ask, close } = await imported(
    tablePlan(),
    'rows.csv',
    `${HEADER}\n${lines.join('\n')}\n`,
  );
  const [from, until] = [date('2026-03-26'), date('2026-11-06')];
  for (const zone of ZONES) {
    const whole = await ask(zone, from, until);
    const expected = new Map<string, number>();
    for (const time of at) {
      const day = dateIn(time as Instant, zone);
      expected.set(day, (expected.get(day) ?? 0) + 1);
    }
    const found = whole.days.map(
      ({ date: day, measures }) =>
        [day, Number((measures.requests?.value ?? 0n) / 10n ** 18n)] as const,
    );
    expect([zone, ...found]).toEqual([
      zone,
      ...[...expected].toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ]);
    let sum = 0n;
    for (const day of datesOf(periodOfDates(date('2026-03-28'), date('2026-03-31'), zone))) {
      sum += (await ask(zone, day, addDays(day, 1))).total.measures.requests?.value ?? 0n;
    }
    const range = await ask(zone, date('2026-03-28'), date('2026-03-31'));
    expect(sum).toBe(range.total.measures.requests?.value);
  }
  await close();
});

it('counts the last hour of a date on which clocks change on that date, where no later one is asked for', async () => {
  const changes = [
    ['America/New_York', '2026-03-08', '2026-03-09T03:59:59Z'],
    ['America/New_York', '2026-11-01', '2026-11-02T04:59:59Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T22:59:59Z'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-05T13:29:59Z'],
  ] as const;
  const lines = changes.map(([, , time], id) => `${time},r${id},m,w,s,1,1,1`);
  const { ask, close } = await imported(
    tablePlan(),
    'rows.csv',
    `${HEADER}\n${lines.join('\n')}\n`,
  );
  for (const [zone, day] of changes) {
    for (const before of [0, 6]) {
      const { days } = await ask(zone, addDays(date(day), -before), addDays(date(day), 1));
      expect([zone, ...days.map((one) => one.date)]).toEqual([zone, day]);
    }
  }
  await close();
});

it('counts nothing on a date that the zone skipped', async () => {
  const at = ['2011-12-30T09:59:00Z', '2011-12-30T10:00:00Z', '2011-12-30T22:00:00Z'];
  const lines = at.map((time, id) => `${time},r${id},m,w,s,1,1,1`);
  const { ask, close } = await imported(
    tablePlan(),
    'rows.csv',
    `${HEADER}\n${lines.join('\n')}\n`,
  );
  const { days } = await ask('Pacific/Apia', date('2011-12-28'), date('2012-01-02'));
  const found = days.map(({ date: day, measures }) => [day, measures.requests?.value]);
  expect(found).toEqual([
    ['2011-12-29', 10n ** 18n],
    ['2011-12-31', 2n * 10n ** 18n],
  ]);
  await close();
});

it('never shifts a day bucket, whatever the zone of the question, and says so', async () => {
  const plan = planOf(`exports:
  - { id: bill, adapter: focus, path: "*.csv", approved: { by: finops, date: 2026-11-16 } }`);
  const head = 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd\n';
  const rows = [27, 28, 29, 30].map(
    (day) => `1,USD,Usage,2026-03-${day} 00:00:00,2026-03-${day + 1} 00:00:00\n`,
  );
  const { ask, close } = await imported(plan, 'bill.csv', head + rows.join(''));
  for (const zone of ZONES) {
    const answer = await ask(zone, date('2026-03-25'), date('2026-04-02'));
    const days = answer.days.map(({ date: day }) => day);
    expect([zone, ...days]).toEqual([zone, '2026-03-27', '2026-03-28', '2026-03-29', '2026-03-30']);
    expect(answer.flags).toEqual(zone === 'UTC' ? [] : ['bucket-zone-differs']);
  }
  await close();
});

it('says of a row of several days that it counts on its first one, and of a day of 25 hours nothing', async () => {
  const plan = planOf(`exports:
  - { id: bill, adapter: focus, path: "*.csv", approved: { by: finops, date: 2026-11-16 } }`);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const head = 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd\n';
  const rows = {
    month: '7,USD,Usage,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z\n',
    day: '7,USD,Usage,2026-10-24T22:00:00Z,2026-10-25T23:00:00Z\n',
  };
  for (const [name, row] of Object.entries(rows)) {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'time-')));
    const path = join(folder, 'bill.csv');
    await writeFile(path, head + row);
    const store = await openUsageStore({ folder }, ports);
    const imported = await store.importExport({ export: of, plan, files: [path], current: [] });
    const [seen] = await look([path], {}, ports);
    const told = [imported.cannotTell, seen?.cannotTell ?? []].map((limits) =>
      limits.some(({ code }) => code === 'rows-span-days'),
    );
    expect([name, ...told]).toEqual([name, name === 'month', name === 'month']);
    await store.close();
  }
});
