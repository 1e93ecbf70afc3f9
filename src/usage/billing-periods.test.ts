import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { type Digest, formatDecimal, parsePlainDate, periodOfDates } from '../core/index.ts';
import { openUsageStore } from './store.ts';

const plan = planOf(`timezone: UTC
exports:
  - { id: bill, adapter: focus, path: "e/*.csv", approved: { by: finops, date: 2026-11-16 } }`);
const NOW = '2026-12-23T09:00:00Z';
const HEADER =
  'BilledCost,BillingCurrency,ChargeCategory,ChargeClass,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart';

const row = (cost: string, day: string, period: string, chargeClass = '') =>
  `${cost},USD,Usage,${chargeClass},${day}T00:00:00Z,${day}T23:59:59Z,${period}`;
const [NOVEMBER, DECEMBER] = ['2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'];
const november = [
  row('10', '2026-11-09', NOVEMBER),
  row('5', '2026-11-09', NOVEMBER),
  row('1', '2026-11-10', NOVEMBER),
];
/** The second row takes 2 of a day back that November’s invoice told. */
const december = [
  row('4', '2026-12-01', DECEMBER),
  row('-2', '2026-11-09', DECEMBER, 'Correction'),
];

/** Imports files in turn, those of one list together, and gives the results and a way to ask for sums. */
async function imported(imports: readonly (readonly (readonly string[])[])[], header = HEADER) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'periods-')));
  const store = await openUsageStore({ folder }, nodePorts(NOW));
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const manifests: Digest[] = [];
  const results = [];
  let name = 0;
  for (const files of imports) {
    const paths: string[] = [];
    for (const lines of files) {
      const path = join(folder, `${(name += 1)}.csv`);
      await writeFile(path, `${[header, ...lines].join('\n')}\n`);
      paths.push(path);
    }
    const result = await store.importExport({ export: of, plan, files: paths, current: manifests });
    manifests.push(result.manifest);
    results.push(result);
  }
  const [from, until] = [parsePlainDate('2026-11-01'), parsePlainDate('2027-01-01')];
  if (from === undefined || until === undefined) throw new Error('no date');
  const { rows } = await store.aggregate({
    manifests,
    plan,
    period: periodOfDates(from, until, 'UTC'),
    measures: ['chargedCost'],
    by: ['day'],
    filter: {},
    include: [],
    asOf: NOW,
  });
  await store.close();
  const days = rows.flatMap(({ group, measures }) => {
    const value = measures.chargedCost?.value ?? null;
    return value === null ? [] : [`${group['day']} ${formatDecimal(value)}`];
  });
  return { results, days };
}

const CORRECTED = ['2026-11-09 13', '2026-11-10 1', '2026-12-01 4'];

describe('a correction of an invoiced month, in a file of a later one', () => {
  it('adds to the day that it corrects and replaces nothing', async () => {
    const { days, results } = await imported([[november], [december]]);
    expect(days).toEqual(CORRECTED);
    expect(results[1]).toMatchObject({ accepted: 2, superseded: 0, shrunk: [] });
  });

  it('counts once where its month is told again', async () => {
    const { days, results } = await imported([[november], [december], [december.toReversed()]]);
    expect(days).toEqual(CORRECTED);
    expect(results[2]).toMatchObject({ superseded: 2, shrunk: [] });
  });

  it('stays where the corrected month is told again', async () => {
    const again = [...november, row('3', '2026-11-10', NOVEMBER)];
    const { days } = await imported([[november], [december], [again]]);
    expect(days).toEqual(['2026-11-09 13', '2026-11-10 4', '2026-12-01 4']);
  });

  it('is neither a state nor a part of the month that it is imported with', async () => {
    const { days, results } = await imported([[november, december]]);
    expect(days).toEqual(CORRECTED);
    expect(results[0]).toMatchObject({ accepted: 5, superseded: 0, flagged: 0 });
  });
});

it('knows a billing period however its start is written', async () => {
  const again = november.map((line) => line.replace(NOVEMBER, '2026-11-01 00:00:00'));
  const { days, results } = await imported([[november], [again]]);
  expect(days).toEqual(['2026-11-09 15', '2026-11-10 1']);
  expect(results[1]).toMatchObject({ superseded: 3 });
});

it('still names a day of which a newer file of its period tells fewer rows', async () => {
  const { results } = await imported([[november], [november.slice(1)]]);
  expect(results[1]?.shrunk).toEqual([{ date: '2026-11-09', before: 2, after: 1 }]);
});

it('replaces by day alone what names no billing period, on either side', async () => {
  const silent = november.map((line) => line.replace(NOVEMBER, ''));
  for (const imports of [
    [[silent], [november]],
    [[november], [silent]],
  ]) {
    const { days } = await imported(imports);
    expect(days).toEqual(['2026-11-09 15', '2026-11-10 1']);
  }
});
