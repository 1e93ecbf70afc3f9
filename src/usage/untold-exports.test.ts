import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FIRST, NOW } from '../../test/fixtures/usage/in-store.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { addDays, type Digest, formatDecimal, periodOfDates } from '../core/index.ts';
import type { AggregateRequest } from './aggregate.ts';
import { openUsageStore } from './store.ts';
import type { UsageStore } from './store-types.ts';

let store: UsageStore;
afterEach(async () => {
  await store.close();
});

/** Rules look at keys; `app` has them and `bill` has none, so that nobody can say whose a row of it is. */
const plan = planOf(`owners: [{ id: finops }, { id: web }]
workloads: [search, bot]
allocation:
  rules:
    - { when: { key: [k-search] }, workload: search, owner: web }
    - { when: { key: [k-bot] }, workload: bot }
  shared:
    - { id: gateway, when: { key: [k-gw] }, split: { method: proportional, to: [search, bot], by: requests } }
exports:
${['app', 'bill']
  .map(
    (id) => `  - id: ${id}
    adapter: table
    path: ${id}/*.csv
    disjoint: true
    zone: UTC
    table:
      format: { kind: csv, delimiter: "," }
      key: none
      restatement: append
      columns: { startAt: ts${id === 'app' ? ', keyRef: key' : ''} }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-16 }`,
  )
  .join('\n')}`);

const at = '2026-11-09T10:00:00Z';
const APP = ['k-search,3', 'k-bot,1', 'k-other,2', 'k-gw,8'].map((rest) => `${at},${rest}`);

/** Asks a table of both exports; of `bill` there are as many rows as are asked for. */
async function tableOf(app: readonly string[], bills: number) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'untold-')));
  store = await openUsageStore({ folder }, nodePorts(NOW));
  const manifests: Digest[] = [];
  const files = [
    ['ts,key,usd', ...app],
    ['ts,usd', ...Array.from({ length: bills }, () => `${at},5`)],
  ];
  for (const [index, of] of plan.exports.entries()) {
    const lines = files[index] ?? [];
    if (lines.length < 2) continue;
    const path = join(folder, `${of.id}.csv`);
    await writeFile(path, `${lines.join('\n')}\n`);
    const { manifest } = await store.importExport({
      export: of,
      plan,
      files: [path],
      current: manifests,
    });
    manifests.push(manifest);
  }
  const period = periodOfDates(FIRST, addDays(FIRST, 7), 'UTC');
  return async (more: Pick<AggregateRequest, 'by' | 'filter'>) => {
    const question = { manifests, plan, period, include: [], asOf: NOW } as const;
    const { rows, total } = await store.aggregate({
      ...question,
      measures: ['chargedCost'],
      ...more,
    });
    const text = ({ measures }: typeof total) => {
      const { value = null, knownRows, totalRows } = measures.chargedCost ?? {};
      const isWhole = knownRows === totalRows;
      return value === null ? '?' : `${isWhole ? '' : 'at least '}${formatDecimal(value)}`;
    };
    return {
      rows: rows.map((row) => `${Object.values(row.group).join(' ')} ${text(row)}`),
      total: text(total),
    };
  };
}

describe('rows of an export that no rule can look into', () => {
  it('have no owner, as a filter by one takes them for unknown', async () => {
    const ask = await tableOf(APP.slice(0, 3), 1);
    expect((await ask({ by: ['owner'], filter: {} })).rows).toEqual(['finops 3', 'web 3', ' 5']);
    for (const owner of ['finops', 'web'])
      expect((await ask({ by: [], filter: { owner: [owner] } })).total).toBe('at least 3');
  });

  it('are nobody’s by workload, and unknown to each', async () => {
    const ask = await tableOf(APP.slice(0, 3), 1);
    expect((await ask({ by: ['workload'], filter: {} })).rows).toEqual([
      'bot 1',
      'search 3',
      'unallocated/no-rule 5',
      'unallocated/unknown-key 2',
    ]);
    expect((await ask({ by: [], filter: { workload: ['search'] } })).total).toBe('at least 3');
  });

  it.each([
    [0, ['bot 5', 'search 7']],
    [1, ['bot 1', 'search 3', 'unallocated/no-rule 5', 'unallocated/unknown-weight 8']],
  ])('may be more than 1 in 20 of what a target weighs: %i of them', async (bills, rows) => {
    const ask = await tableOf([APP[0] ?? '', APP[1] ?? '', APP[3] ?? ''], bills);
    expect((await ask({ by: ['workload'], filter: {} })).rows).toEqual(rows);
  });

  it('leave a weight that they are few beside', async () => {
    const many = Array.from({ length: 19 }, () => [APP[0] ?? '', APP[1] ?? '']).flat();
    const ask = await tableOf([...many, APP[3] ?? ''], 1);
    expect((await ask({ by: ['workload'], filter: {} })).rows).toEqual([
      'bot 23',
      'search 61',
      'unallocated/no-rule 5',
    ]);
  });
});
