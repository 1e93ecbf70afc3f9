import { fc, test } from '@fast-check/vitest';
import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FIRST,
  inStore as inStoreOf,
  type Imported,
  NOW,
} from '../../test/fixtures/usage/in-store.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { addDays, type Digest, formatDecimal, fromAtto, periodOfDates } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Aggregate } from './aggregate.ts';
import { openUsageStore } from './store.ts';

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

const inStore = async <T>(
  plan: Plan,
  rows: readonly Row[],
  step: (ask: Imported['ask']) => Promise<T>,
) => await inStoreOf(plan, [HEADER, ...rows.map(lineOf)], async ({ ask }) => await step(ask));

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

describe.each(SPLITS)('with %s', (split) => {
  test.prop([rowsOf], { numRuns: 2 })(
    'owners, workloads and what is unallocated add up to the records, whole, by day, and by filter (budgets.md 10.8, 10.14)',
    async (rows) => {
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
});

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
  const plan = planWith('{ method: proportional, to: [search, bot], by: tokens }');
  const at = '2026-11-09T12:00:00Z';
  const lines = [`${at},r1,m-bot,,s,10,1,1`, `${at},r2,m-search,,s,,,1`, `${at},r3,gw-a,,s,1,1,3`];
  await inStoreOf(plan, [HEADER, ...lines], async ({ ask }) => {
    expect(shown(await ask({ by: ['workload'] }))).toEqual([
      'bot 1',
      'search 1',
      'unallocated/unknown-weight 3',
    ]);
  });
});

it.each([
  [18, ['bot 0', 'search 0', 'unallocated/unknown-weight 10']],
  [19, ['bot 8.1', 'search 1.9']],
])(
  'takes a weight for known where 1 row in 20 does not say it, not where more: %i told',
  async (count, shares) => {
    const plan = planWith('{ method: proportional, to: [search, bot], by: tokens }');
    const at = '2026-11-09T12:00:00Z';
    const told = Array.from({ length: count }, (_, id) => `${at},s${id},m-search,,s,1,0,0`);
    const lines = [`${at},b,m-bot,,s,81,0,0`, `${at},u,m-search,,s,,,0`, `${at},g,gw-a,,s,1,1,10`];
    await inStoreOf(plan, [HEADER, ...told, ...lines], async ({ ask }) => {
      expect(shown(await ask({ by: ['workload'] }))).toEqual(shares);
    });
  },
);

describe('a target whose export has not delivered a day', () => {
  const mapping = (id: string) => `  - id: ${id}
    adapter: table
    path: exports/${id}/*.csv
    disjoint: true
    zone: UTC
    table:
      format: { kind: csv, delimiter: ",", header: [${HEADER}] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model, workload: workload, userRef: seat }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-16 }`;
  const plan = planOf(`owners: [{ id: finops }]
workloads: [search, bot]
allocation:
  shared: [{ id: gateway, when: { model: [gw-a] }, split: { method: proportional, to: [search, bot], by: tokens } }]
exports:
${mapping('app')}
${mapping('web')}`);
  const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T12:00:00Z`;
  const files: Readonly<Record<string, readonly string[]>> = {
    // Every day of it has a row of the gateway; on the 10th the web log is not there, on the 11th it has rows of others.
    app: [9, 10, 11].flatMap((day) => [
      `${at(day)},b${day},m,bot,s,10,0,1`,
      `${at(day)},g${day},gw-a,,s,1,0,4`,
    ]),
    web: [`${at(9)},s9,m,search,s,30,0,1`, `${at(11)},o11,m,nobody,s,5,0,1`],
  };
  const inBoth = async (step: (ask: Imported['ask']) => Promise<void>) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'late-')));
    const store = await openUsageStore({ folder }, nodePorts(NOW));
    try {
      const manifests: Digest[] = [];
      for (const of of plan.exports) {
        const path = join(folder, `${of.id}.csv`);
        await writeFile(path, `${[HEADER, ...(files[of.id] ?? [])].join('\n')}\n`);
        const found = await store.importExport({ export: of, plan, files: [path], current: [] });
        manifests.push(found.manifest);
      }
      const period = periodOfDates(FIRST, addDays(FIRST, 7), 'UTC');
      const question = { manifests, plan, period, by: [], filter: {}, include: [], asOf: NOW };
      await step(
        async (more = {}) =>
          await store.aggregate({ ...question, measures: ['chargedCost'], ...more }),
      );
    } finally {
      await store.close();
    }
  };

  it('weighs nobody knows how much, and nothing on a day that is delivered without it', async () => {
    await inBoth(async (ask) => {
      expect(shown(await ask({ by: ['day', 'workload'] }))).toEqual([
        '2026-11-09 bot 2',
        '2026-11-09 search 4',
        '2026-11-10 bot 1',
        '2026-11-10 unallocated/unknown-weight 4',
        '2026-11-11 bot 5',
        '2026-11-11 unallocated/unknown-workload 1',
      ]);
    });
  });

  it('weighs the same whatever the period of a question is', async () => {
    await inBoth(async (ask) => {
      const period = periodOfDates(addDays(FIRST, 1), addDays(FIRST, 2), 'UTC');
      expect(shown(await ask({ by: ['workload'], period }))).toEqual([
        'bot 1',
        'unallocated/unknown-weight 4',
      ]);
    });
  });
});

describe('shared cost', () => {
  const split = async (rows: readonly Row[], how: string, rules = '') =>
    await inStore(planWith(how, rules), rows, async (ask) => {
      const by = ['day', 'workload', 'owner'] as const;
      return shown(await ask({ by, filter: { workload: ['search', 'bot'] } }));
    });
  const [one, two, three] = [10n ** 18n, 2n * 10n ** 18n, 3n * 10n ** 18n];

  it('follows fixed weights, whoever had rows', async () => {
    const weights = '{ method: fixed, to: [search, bot], weights: { search: "0.7", bot: "0.3" } }';
    expect(await split([day({ model: 'gw-a', atto: one })], weights)).toEqual([
      '2026-11-09 bot ops 0.3',
      '2026-11-09 search web 0.7',
    ]);
  });

  it('is no part of a target that was credited on balance', async () => {
    const rows = [day({ atto: -one }), day({ model: 'm-search', atto: two })];
    const shared = day({ model: 'gw-a', atto: three });
    expect(
      await split([...rows, shared], '{ method: proportional, to: [search, bot], by: cost }'),
    ).toEqual(['2026-11-09 bot ops -1', '2026-11-09 search web 5']);
  });

  it('goes by requests where the plan names no measure', async () => {
    const rows = [day({ tokens: 900, atto: one }), day({ model: 'm-search', tokens: 1, atto: 0n })];
    const shared = day({ model: 'gw-a', atto: two });
    expect(await split([...rows, shared], '{ method: proportional, to: [search, bot] }')).toEqual([
      '2026-11-09 bot ops 2',
      '2026-11-09 search web 1',
    ]);
  });

  it('has the owner whom a rule names for the target on that date', async () => {
    const plan = tablePlan(
      'key: [request]',
      `owners: [{ id: finops }, { id: web }]
workloads: [chat]
allocation:
  rules: [{ when: { model: [m-chat] }, workload: chat, owner: web, from: 2026-11-10, until: 2026-11-11 }]
  shared: [{ id: gateway, when: { model: [gw-a] }, split: { method: even, to: [chat] } }]`,
    );
    const rows = [0, 1, 2].map((at) => day({ day: at, model: 'gw-a', atto: one }));
    await inStore(plan, rows, async (ask) => {
      expect(shown(await ask({ by: ['day', 'workload', 'owner'] }))).toEqual([
        '2026-11-09 chat finops 1',
        '2026-11-10 chat web 1',
        '2026-11-11 chat finops 1',
      ]);
    });
  });

  it('that nobody knows is unknown to each of its targets', async () => {
    const plan = planWith('{ method: even, to: [search, bot] }');
    const line = '2026-11-09T12:00:00Z,r1,gw-a,,s,1,1,';
    await inStoreOf(plan, [HEADER, line], async ({ ask }) => {
      expect(shown(await ask({ by: ['workload'] }))).toEqual(['bot ?', 'search ?']);
    });
  });

  it('in two currencies is added and moved by nobody', async () => {
    const plan = planOf(`workloads: [search]
allocation:
  shared:
    - { id: gateway, when: { provider: [cometapi] }, split: { method: even, to: [search] } }
exports:
  - { id: bill, adapter: focus, path: "e/*.csv", approved: { by: finops, date: 2026-11-16 } }`);
    const row = (currency: string) => `1,${currency},Usage,2026-11-09 00:00:00,2026-11-10 00:00:00`;
    const head = 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd';
    await inStoreOf(plan, [head, row('USD'), row('EUR')], async ({ ask }) => {
      const answer = await ask({ by: ['workload'], measures: ['chargedCost', 'requests'] });
      expect(answer.flags).toContain('currency-mixed');
      expect(answer.currencies).toEqual(['EUR', 'USD']);
      expect(answer.rows.map(({ group }) => group.workload)).toEqual(['shared/gateway']);
      const sums = [answer.total, ...answer.rows, ...answer.days];
      expect(sums.map(({ measures }) => measures.chargedCost?.value)).toEqual([null, null, null]);
    });
  });
});
