import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import {
  addDays,
  type Digest,
  formatDecimal,
  fromAtto,
  parsePlainDate,
  periodOfDates,
  type PlainDate,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Aggregate, AggregateRequest } from './aggregate.ts';
import { openUsageStore } from './store.ts';
import type { UsageStore } from './store-types.ts';

const NOW = '2026-11-23T09:00:00Z';
const FIRST = parsePlainDate('2026-11-09') ?? ('' as PlainDate);
const DAYS = 4;

/** `gw-*` models are shared cost; `search` and `bot` are the workloads that may pay for it. */
const planWith = (split: string, rules = '') =>
  tablePlan(
    'key: [request]',
    `owners: [{ id: finops }, { id: web }, { id: ops }]
workloads: [search, bot]
allocation:
  rules:
    - { when: { model: [m-search] }, workload: search, owner: web }
    - { when: { model: [m-bot] }, workload: bot, owner: ops }
${rules}
  shared:
    - { id: gateway, when: { model: [gw-a, gw-b] }, split: ${split} }`,
  );

const row = fc.record({
  day: fc.nat({ max: DAYS - 1 }),
  model: fc.constantFrom('m-search', 'm-bot', 'gw-a', 'gw-b', 'm-other'),
  workload: fc.constantFrom('', 'search', 'nobody'),
  tokens: fc.nat({ max: 900 }),
  atto: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 21n }),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
const rowsOf = fc.array(row, { minLength: 1, maxLength: 14 });

const lineOf = ({ day, model, workload, tokens, atto }: Row, id: number) =>
  `${addDays(FIRST, day)}T12:00:00Z,r${id},${model},${workload},s,${tokens},1,${formatDecimal(fromAtto(atto))}`;

async function inStore<T>(
  plan: Plan,
  rows: readonly Row[],
  step: (ask: (more: Partial<AggregateRequest>) => Promise<Aggregate>) => Promise<T>,
): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'allocation-')));
  const store: UsageStore = await openUsageStore({ folder }, nodePorts(NOW));
  try {
    const path = join(folder, 'rows.csv');
    await writeFile(path, `${HEADER}\n${rows.map(lineOf).join('\n')}\n`);
    const [of] = plan.exports;
    if (of === undefined) throw new Error('no export');
    const { manifest } = await store.importExport({ export: of, plan, files: [path], current: [] });
    const manifests: Digest[] = [manifest];
    return await step(
      async (more) =>
        await store.aggregate({
          manifests,
          plan,
          period: periodOfDates(FIRST, addDays(FIRST, DAYS), 'UTC'),
          measures: ['chargedCost'],
          by: [],
          filter: {},
          include: [],
          asOf: NOW,
          ...more,
        }),
    );
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const valueOf = (answer: Aggregate) => answer.total.measures.chargedCost?.value ?? 0n;
const sumOfRows = (answer: Aggregate) =>
  answer.rows.reduce((sum, { measures }) => sum + (measures.chargedCost?.value ?? 0n), 0n);

const SPLITS = [
  '{ method: even, to: [search, bot] }',
  '{ method: fixed, to: [search, bot], weights: { search: "0.7", bot: "0.3" } }',
  '{ method: proportional, to: [search, bot], by: tokens }',
  '{ method: proportional, to: [search, bot], by: cost }',
  '{ method: proportional, to: [bot], by: requests }',
];

test.prop([rowsOf, fc.constantFrom(...SPLITS)], { numRuns: 6 })(
  'owners, workloads and what is unallocated add up to the records, whole, by day, and by filter (budgets.md 10.8, 10.14)',
  async (rows, split) => {
    const expected = rows.reduce((sum, { atto }) => sum + atto, 0n);
    await inStore(planWith(split), rows, async (ask) => {
      const byWorkload = await ask({ by: ['workload'] });
      expect(sumOfRows(byWorkload)).toBe(expected);
      expect(sumOfRows(await ask({ by: ['owner'] }))).toBe(expected);
      expect(sumOfRows(await ask({ by: ['day', 'model', 'workload', 'owner'] }))).toBe(expected);
      expect(valueOf(byWorkload)).toBe(expected);
      const labels = byWorkload.rows.map(({ group }) => group.workload ?? '');
      expect(labels.some((label) => label.startsWith('shared/'))).toBe(false);
      let filtered = 0n;
      for (const label of labels) {
        const answer = await ask({ filter: { workload: [label] } });
        const own = byWorkload.rows.find(({ group }) => group.workload === label);
        expect(valueOf(answer)).toBe(own?.measures.chargedCost?.value);
        const days = answer.days.reduce(
          (sum, { measures }) => sum + (measures.chargedCost?.value ?? 0n),
          0n,
        );
        expect(days).toBe(valueOf(answer));
        filtered += valueOf(answer);
      }
      expect(filtered).toBe(expected);
    });
  },
);

test.prop([rowsOf], { numRuns: 3 })(
  'a month is the sum of its days, however it is asked for',
  async (rows) => {
    const plan = planWith('{ method: proportional, to: [search, bot], by: tokens }');
    await inStore(plan, rows, async (ask) => {
      const whole = await ask({ filter: { workload: ['bot'] } });
      let days = 0n;
      for (let day = 0; day < DAYS; day += 1) {
        const period = periodOfDates(addDays(FIRST, day), addDays(FIRST, day + 1), 'UTC');
        days += valueOf(await ask({ filter: { workload: ['bot'] }, period }));
      }
      expect(days).toBe(valueOf(whole));
    });
  },
);

const day = (more: Partial<Row>): Row => ({
  day: 0,
  model: 'm-bot',
  workload: '',
  tokens: 10,
  atto: 10n ** 18n,
  ...more,
});
const shown = (answer: Aggregate) =>
  answer.rows.map(({ group, measures }) => {
    const value = measures.chargedCost?.value ?? null;
    return `${Object.values(group).join(' ')} ${value === null ? '?' : formatDecimal(value)}`;
  });

it('splits thirds to the last decimal, and says why the rest has no owner', async () => {
  const rows = [
    day({ model: 'm-search', atto: 2n * 10n ** 18n }),
    day({ atto: 10n ** 18n }),
    day({ model: 'gw-a', atto: 10n ** 18n }),
    day({ model: 'm-other', atto: 7n }),
    day({ model: 'm-other', workload: 'nobody', atto: 5n }),
    day({ day: 1, model: 'gw-b', atto: 10n ** 18n }),
  ];
  const plan = planWith('{ method: proportional, to: [search, bot], by: cost }');
  await inStore(plan, rows, async (ask) => {
    expect(shown(await ask({ by: ['workload', 'owner'] }))).toEqual([
      'bot ops 1.333333333333333333',
      'search web 2.666666666666666667',
      'unallocated/no-rule finops 0.000000000000000007',
      'unallocated/unknown-workload finops 0.000000000000000005',
      'unallocated/zero-weight finops 1',
    ]);
    expect(shown(await ask({ by: ['owner'], filter: { owner: ['web'] } }))).toEqual([
      'web 2.666666666666666667',
    ]);
  });
});

it('keeps the counts of shared rows with the pool, and never splits them', async () => {
  const rows = [day({}), day({ model: 'gw-a' })];
  await inStore(planWith('{ method: even, to: [search, bot] }'), rows, async (ask) => {
    const answer = await ask({ by: ['workload'], measures: ['requests', 'chargedCost'] });
    expect(
      answer.rows.map(({ group, measures }) => [
        group.workload,
        measures.requests?.value === 0n ? 0 : Number((measures.requests?.value ?? 0n) / 10n ** 18n),
        formatDecimal(measures.chargedCost?.value ?? fromAtto(-1n)),
      ]),
    ).toEqual([
      ['bot', 1, '1.5'],
      ['search', 0, '0.5'],
      ['shared/gateway', 1, '0'],
    ]);
  });
});

it('lets the first rule decide, on its dates, and knows which one it was', async () => {
  const rules = `    - { when: { workload: [search] }, workload: bot, from: 2026-11-10, until: 2026-11-11 }
    - { when: { model: [gw-b] }, owner: web }`;
  const rows = [
    day({ model: 'm-other', workload: 'search' }),
    day({ day: 1, model: 'm-other', workload: 'search' }),
    day({ day: 2, model: 'm-other', workload: 'search' }),
    day({ day: 2, model: 'gw-b' }),
  ];
  const plan = planWith('{ method: even, to: [search, bot] }', rules);
  await inStore(plan, rows, async (ask) => {
    expect(
      shown(await ask({ by: ['day', 'workload', 'owner', 'rule', 'statedWorkload'] })),
    ).toEqual([
      '2026-11-09 search finops  search 1',
      '2026-11-10 bot finops 3 search 1',
      '2026-11-11 search finops  search 1',
      // A row that a rule takes is not shared; the rule names no workload, so nobody has it.
      '2026-11-11 unallocated/no-rule web 4  1',
    ]);
  });
});

it('shares nothing where the weight of a target is unknown', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'allocation-')));
  const store = await openUsageStore({ folder }, nodePorts(NOW));
  const plan = planWith('{ method: proportional, to: [search, bot], by: tokens }');
  const path = join(folder, 'rows.csv');
  const at = '2026-11-09T12:00:00Z';
  const lines = [`${at},r1,m-bot,,s,10,1,1`, `${at},r2,m-search,,s,,,1`, `${at},r3,gw-a,,s,1,1,3`];
  await writeFile(path, `${HEADER}\n${lines.join('\n')}\n`);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const { manifest } = await store.importExport({ export: of, plan, files: [path], current: [] });
  const answer = await store.aggregate({
    manifests: [manifest],
    plan,
    period: periodOfDates(FIRST, addDays(FIRST, DAYS), 'UTC'),
    measures: ['chargedCost'],
    by: ['workload'],
    filter: {},
    include: [],
    asOf: NOW,
  });
  expect(shown(answer)).toEqual(['bot 1', 'search 1', 'unallocated/unknown-weight 3']);
  await store.close();
});
