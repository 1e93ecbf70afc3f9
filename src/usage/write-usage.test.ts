import { existsSync } from 'node:fs';
import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { type Digest, formatDecimal, parsePlainDate, periodOfDates } from '../core/index.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { sqlPath } from './engines/duckdb/quote.ts';
import { look } from './look.ts';
import { openUsageStore } from './store.ts';
import type { WriteFormat, WriteRequest } from './write-usage.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const PLAN = planOf(`exports:
  - { id: spend, adapter: litellm-spend-logs, path: "e/*.json", disjoint: true, approved: { by: finops, date: 2026-11-16 } }
  - { id: quota, adapter: cometapi-quota, path: "q/*.json", disjoint: true, approved: { by: finops, date: 2026-11-16 } }`);

/** Imports one file of each export and writes them all. */
async function written(format: WriteFormat, more: Partial<WriteRequest> = {}) {
  const { plan } = { plan: PLAN, ...more };
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'write-')));
  const store = await openUsageStore({ folder }, ports);
  const manifests: Digest[] = [];
  const files = [
    'test/fixtures/usage/litellm-spend-logs/ok-page/input.json',
    'test/fixtures/usage/cometapi-quota/ok-two-weeks/input.json',
  ];
  for (const [index, of] of plan.exports.entries()) {
    const { manifest } = await store.importExport({
      export: of,
      plan,
      files: [files[index] ?? ''],
      current: manifests,
    });
    manifests.push(manifest);
  }
  const path = join(folder, `out.${format === 'parquet' ? 'parquet' : 'csv'}`);
  const write = async () => await store.write({ manifests, plan, format, path, ...more });
  const result = await write();
  return { path, result, write, store, manifests };
}

it('writes FOCUS that sums to the imported charge again, one row per leaf beside it', async () => {
  const { path, result, store } = await written('focus');
  // Three requests and 38 day rows; of the requests two cached leaves and outputs are known.
  expect(result.unknownCost).toBe(1);
  const [back] = await look([path], {}, ports);
  expect(back?.adapter).toBe('focus');
  expect(back?.rows).toBe(result.rows);
  const { chargedCost } = back?.totals ?? {};
  expect(formatDecimal(chargedCost?.value ?? (0n as never))).toBe('323.180225');
  expect((chargedCost?.totalRows ?? 0) - (chargedCost?.knownRows ?? 0)).toBe(1);
  const text = await readFile(path, 'utf8');
  expect(text).toContain('""TokenDirection"":""Input"",""CacheAction"":""Read""');
  await store.close();
});

it.each(['csv', 'parquet'] as const)('writes the store’s own rows as %s', async (format) => {
  const { result, store } = await written(format);
  expect(result).toEqual({ rows: 41, unknownCost: 1, formulas: 0 });
  await store.close();
});

it.each([
  ['csv', 'spreadsheet'],
  ['focus', undefined],
  ['csv', 'tool'],
  ['focus', 'tool'],
  ['parquet', 'spreadsheet'],
] as const)(
  'writes as %s for a %s no text that it would run as a formula, and for others every text as it came',
  async (format, reader) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'formula-')));
    const store = await openUsageStore({ folder }, ports);
    const models = ['=1+1', '+1a', '@cf/a', '\t=1', '-x', '-2', 'a=b'];
    const texts = models.map((model, id) => `2026-11-09T10:00:00Z,r${id},"${model}",w,s,1,1,1`);
    const input = join(folder, 'rows.csv');
    await writeFile(input, `${HEADER}\n${texts.join('\n')}\n`);
    const plan = tablePlan();
    const [of] = plan.exports;
    if (of === undefined) throw new Error('no export');
    const { manifest } = await store.importExport({
      export: of,
      plan,
      files: [input],
      current: [],
    });
    const path = join(folder, 'out');
    const { formulas } = await store.write({
      manifests: [manifest],
      plan,
      format,
      path,
      ...(reader && { reader }),
    });
    const connection = await openConnection({
      files: [path],
      folders: [],
      spill: join(folder, 's'),
    });
    const from = format === 'parquet' ? 'read_parquet' : 'read_csv';
    const option = format === 'parquet' ? '' : ', all_varchar = true';
    const rows = await connection.rows(
      `SELECT DISTINCT ${format === 'focus' ? 'x_Model' : 'model'} AS model FROM ${from}(${sqlPath(path)}${option})`,
    );
    await connection.close();
    await store.close();
    const guarded = [`'=1+1`, `'+1a`, `'@cf/a`, `'\t=1`, `'-x`, '-2', 'a=b'];
    const isGuarded = reader !== 'tool' && format !== 'parquet';
    const expected = isGuarded ? guarded : models;
    expect(new Set(rows.map(({ model }) => model))).toEqual(new Set(expected));
    // Each of five rows, and in FOCUS their leaves beside them.
    const lines = format === 'focus' ? 15 : 5;
    expect(formulas).toBe(format === 'parquet' ? 0 : lines);
  },
);

it('writes one export, or some days', async () => {
  const one = await written('csv', { export: 'spend' });
  expect(one.result.rows).toBe(3);
  await one.store.close();
  const [from, until] = [parsePlainDate('2026-11-10'), parsePlainDate('2026-11-11')];
  if (from === undefined || until === undefined) throw new Error('no date');
  const some = await written('csv', { period: periodOfDates(from, until, 'UTC') });
  expect(some.result.rows).toBeLessThan(41);
  expect(some.result.rows).toBeGreaterThan(0);
  await some.store.close();
});

it('tells each thing once where exports are views of one bill, as sums do', async () => {
  const plan = planOf(`exports:
  - { id: spend, adapter: litellm-spend-logs, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }
  - { id: quota, adapter: cometapi-quota, path: "q/*.json", approved: { by: finops, date: 2026-11-16 } }
reconcile: [{ id: one-bill, of: [quota, spend] }]`);
  const { path, store, manifests, result } = await written('focus', { plan });
  const [from, until] = [parsePlainDate('2026-11-01'), parsePlainDate('2026-12-01')];
  if (from === undefined || until === undefined) throw new Error('no date');
  const { total } = await store.aggregate({
    manifests,
    plan,
    period: periodOfDates(from, until, plan.timezone),
    measures: ['chargedCost', 'tokens'],
    by: [],
    filter: {},
    include: [],
    asOf: '2026-11-23T09:00:00Z',
  });
  const [back] = await look([path], {}, ports);
  expect(back?.totals.chargedCost?.value).toEqual(total.measures.chargedCost?.value);
  const rows = await rowsOf(path);
  const tokens = rows.filter(({ ConsumedUnit }) => ConsumedUnit === 'Tokens');
  expect(tokens.reduce((sum, row) => sum + Number(row['ConsumedQuantity']), 0)).toBe(
    Number(formatDecimal(total.measures.tokens?.value ?? (0n as never))),
  );
  expect(tokens.length).toBeGreaterThan(0);
  // Requests and charges are counted from the quota; the log adds tokens alone, and no row that says nothing.
  const charges = rows.filter((row) => row['x_Leaf'] === 'charge');
  expect(new Set(charges.map((row) => row['x_Export']))).toEqual(new Set(['quota']));
  expect(result.unknownCost).toBe(0);
  await store.close();
});

it('puts a date bucket on its own date in every zone', async () => {
  const [from, until] = [parsePlainDate('2026-11-10'), parsePlainDate('2026-11-12')];
  if (from === undefined || until === undefined) throw new Error('no date');
  for (const zone of ['America/Los_Angeles', 'UTC', 'Pacific/Auckland']) {
    const period = periodOfDates(from, until, zone);
    const { path, store } = await written('focus', { export: 'quota', period });
    const days = (await rowsOf(path)).map((row) => row['ChargePeriodStart']?.slice(0, 10));
    expect([zone, ...new Set(days)]).toEqual([zone, '2026-11-10', '2026-11-11']);
    await store.close();
  }
});

const MODEL = '../shared/data/exports/focus/requirements_model_1.2.json';

it.skipIf(!existsSync(MODEL))(
  'has every column that FOCUS demands of every table (skipped without the shared data)',
  async () => {
    const { ModelRules } = JSON.parse(await readFile(MODEL, 'utf8')) as {
      ModelRules: Record<string, FocusRule>;
    };
    const demanded = Object.values(ModelRules).filter(
      ({ ApplicabilityCriteria, ValidationCriteria: { Keyword, Requirement } }) =>
        Keyword === 'MUST' &&
        Requirement.CheckFunction === 'ColumnPresent' &&
        ApplicabilityCriteria.length === 0,
    );
    const { path, store } = await written('focus');
    const [row] = await rowsOf(path);
    expect(demanded.length).toBeGreaterThan(15);
    expect(Object.keys(row ?? {})).toEqual(
      expect.arrayContaining(demanded.map(({ Reference }) => Reference)),
    );
    await store.close();
  },
);

interface FocusRule {
  readonly Reference: string;
  readonly ApplicabilityCriteria: readonly string[];
  readonly ValidationCriteria: {
    readonly Keyword: string;
    readonly Requirement: { readonly CheckFunction?: string };
  };
}

/** Rows of a written file, by the names of its header. */
async function rowsOf(path: string): Promise<readonly Record<string, string | null>[]> {
  const connection = await openConnection({ files: [path], folders: [], spill: `${path}.spill` });
  const rows = await connection.rows(
    `SELECT * FROM read_csv(${sqlPath(path)}, header = true, all_varchar = true)`,
  );
  await connection.close();
  return rows;
}

it('overwrites nothing', async () => {
  const { path, write, store } = await written('csv');
  await writeFile(path, 'mine');
  await expect(write()).rejects.toMatchObject({ code: 'usage' });
  expect(await readFile(path, 'utf8')).toBe('mine');
  await store.close();
});
