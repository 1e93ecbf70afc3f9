import { mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importEach } from '../../test/fixtures/usage/import-each.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { formatDecimal, parseDecimal } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { isWriting } from './columns.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { sqlPath } from './engines/duckdb/quote.ts';
import { rowSql } from './engines/duckdb/row-sql.ts';
import { recogniseFile } from './shape.ts';
import { openUsageStore } from './store.ts';

const ports = nodePorts('2026-12-23T09:00:00Z');
const newFolder = async () => await realpath(await mkdtemp(join(tmpdir(), 'literals-')));

const planFor = (adapter: string): Plan =>
  planOf(`timezone: UTC
exports:
  - { id: app, adapter: ${adapter}, path: "exports/*", keep: none, approved: { by: finops, date: 2026-11-16 } }`);

/** Imports one file and tells its amounts as they were written: `basis amount literal`. */
async function told(plan: Plan, name: string, content: string): Promise<readonly string[]> {
  const { store, manifests } = await importEach(plan, [[name, content]]);
  const found = await store.explain({ manifests });
  await store.close();
  return found
    .flatMap(({ literals }) => literals)
    .map(({ basis, amount, literal }) => `${basis} ${amount ?? 'unknown'} ${literal}`);
}

const csvOf = (amounts: readonly string[]) =>
  `${HEADER}\n${amounts.map((usd, row) => `2026-11-09T12:00:00Z,r${row},m,w,s,10,1,${usd}`).join('\n')}\n`;

describe('an amount of a CSV is kept as it was written', () => {
  it.each([
    ['with zeros at its end', '0.10', 'charged 0.1 0.10'],
    ['with a whole number’s zeros', '5.00', 'charged 5 5.00'],
    ['with an exponent', '1.5e-7', 'charged 0.00000015 1.5e-7'],
    ['with many digits and a zero', '0.1234567890', 'charged 0.123456789 0.1234567890'],
    ['as a negative number', '-2.50', 'charged -2.5 -2.50'],
  ])('%s', async (_, amount, expected) => {
    expect(await told(tablePlan(), 'a.csv', csvOf([amount]))).toEqual([expected]);
  });

  it('only where its number does not say it', async () => {
    const plain = ['0.1', '10', '-3.25', '0', '12345678901.123456789012345678', ''];
    expect(await told(tablePlan(), 'a.csv', csvOf(plain))).toEqual([]);
    expect(await told(tablePlan(), 'a.csv', csvOf([...plain, '0.20']))).toEqual([
      'charged 0.2 0.20',
    ]);
  });

  it('beside rows that are left out, and never of them', async () => {
    const amounts = ['0.10', 'NaN', '0x10', '1.0.0', '$2.00', '0.2'];
    const content = csvOf(amounts);
    expect(await told(tablePlan(), 'a.csv', content)).toEqual(['charged 0.1 0.10']);
  });
});

it('keeps signs, groups and zeros of amounts that people read, of the cost that the row has', async () => {
  const header =
    'Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost';
  const row = (kind: string, cost: string) =>
    `"2026-11-09T12:00:00.000Z","${kind}","m","No","0","10","0","1","11","${cost}"`;
  const content = [
    header,
    row('On-Demand', '$1,234.50'),
    row('On-Demand', '0.25'),
    row('Included', '$0.10'),
  ].join('\n');
  expect(await told(planFor('cursor-usage'), 'a.csv', `${content}\n`)).toEqual([
    'charged 1234.5 $1,234.50',
    'notional 0.1 $0.10',
  ]);
});

const spendLog = (spend: string, row: number) =>
  `{"request_id":"r${row}","call_type":"acompletion","api_key":"hash","spend":${spend},"total_tokens":11,"prompt_tokens":10,"completion_tokens":1,"startTime":"2026-11-09T12:00:00Z","endTime":"2026-11-09T12:00:01Z","model":"m","metadata":{}}`;

it('keeps of JSON numbers those that the store rounds, and a zero that was taken for no price', async () => {
  const spends = ['0.00022500000000000002', '0.25', '1.0', '1.5e-7', '0.0', '"0.250"'];
  const content = `[${spends.map(spendLog).join(',')}]`;
  expect(await told(planFor('litellm-spend-logs'), 'a.json', content)).toEqual([
    'charged 0.000225 0.00022500000000000002',
    'charged unknown 0.0',
    'charged 0.25 0.250',
  ]);
});

it('keeps amounts that JSON holds as text, in the unit of the source', async () => {
  const result = (amount: string, model: string) =>
    `{"amount":"${amount}","currency":"USD","cost_type":"tokens","token_type":"output_tokens","description":"d","model":"${model}","workspace_id":"w","service_tier":"standard","context_window":"0-200k","inference_geo":"global"}`;
  const content = `{"data":[{"starting_at":"2026-11-09T00:00:00Z","ending_at":"2026-11-10T00:00:00Z","results":[${result('123.4500', 'a')},${result('5.25', 'b')}]}],"has_more":false}`;
  expect(await told(planFor('anthropic-usage'), 'a.json', content)).toEqual([
    'charged 1.2345 123.4500',
  ]);
});

it('does not ask units of a gateway what they lose', async () => {
  const path = 'test/fixtures/usage/new-api-log/ok-admin/input.json';
  const connection = await openConnection({ files: [path], folders: [], spill: await newFolder() });
  const { reading } = await recogniseFile(connection, path, {});
  const { sql, columns } = rowSql(path, reading, {
    pass: 'fast',
    zone: 'UTC',
    unitRate: '0.000002',
  });
  await connection.close();
  expect(columns).toContain('cost_charged');
  expect(columns.filter(isWriting)).toEqual([]);
  expect(sql).not.toContain('short:');
});

it('rests no sum, no digest and no restatement on how an amount is written', async () => {
  const { store, manifests, results } = await importEach(tablePlan('key: [request]'), [
    ['a.csv', csvOf(['0.1', '0.2'])],
    ['b.csv', csvOf(['0.10', '0.20'])],
  ]);
  const alone = await importEach(tablePlan(), [['a.csv', csvOf(['0.10', '0.20'])]]);
  expect(alone.results[0]?.content).toBe(results[0]?.content);
  const [found, ...more] = await store.explain({ manifests });
  expect(found).toMatchObject({ rows: 2, literals: [] });
  expect(more).toEqual([]);
  await store.close();
  await alone.store.close();
});

it('takes states of one table for states, however their amounts are written', async () => {
  const folder = await newFolder();
  const store = await openUsageStore({ folder }, ports);
  const plan = planFor('focus');
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const files = ['0.10', '0.1'].map((cost, file) => ({ path: join(folder, `${file}.csv`), cost }));
  for (const { path, cost } of files) {
    const row = `${cost},USD,Usage,2026-11-09T00:00:00Z,2026-11-10T00:00:00Z`;
    const header = 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd';
    await writeFile(path, `${header}\n${row}\n`);
  }
  const paths = files.map(({ path }) => path);
  const result = await store.importExport({ export: of, plan, files: paths, current: [] });
  expect(result).toMatchObject({ accepted: 1, superseded: 1 });
  await store.close();
});

it('keeps literals when files are put together, and writes them out', async () => {
  const { store, manifests, folder, plan } = await importEach(tablePlan(), [
    ['a.csv', csvOf(['0.10'])],
    ['b.csv', csvOf(['0.1', '7']).replace('r0', 'other')],
  ]);
  const done = await store.compact({ export: 'app', manifests });
  const table = [...manifests, done?.loaded.digest].filter((digest) => digest !== undefined);
  const [found] = await store.explain({ manifests: table, ref: 'r0' });
  expect(found).toMatchObject({
    rows: 1,
    literals: [{ ref: 'r0', basis: 'charged', amount: '0.1', literal: '0.10' }],
  });
  expect(await store.explain({ manifests: table, ref: 'r1' })).toMatchObject([
    { rows: 1, literals: [] },
  ]);
  const path = join(folder, 'out.csv');
  await store.write({ manifests: table, plan, format: 'csv', path });
  const [header = '', ...rows] = (await readFile(path, 'utf8')).split('\n');
  const place = header.split(',').indexOf('cost_charged_literal');
  const cells = rows.filter((row) => row !== '').map((row) => row.split(',')[place]);
  expect(cells.toSorted((left = '', right = '') => left.localeCompare(right))).toEqual([
    '',
    '',
    '0.10',
  ]);
  await store.close();
});

/** Large enough for its head to be looked at. */
const LARGE_ROWS = 400_000;

it('says of a large table that pads its amounts what each of them was, also where one is written otherwise', async () => {
  const odd = ['0.1', '1e-3', '1234567890123.000001', '-0.000000', '7', '0.0976005', ''];
  const amounts = Array.from({ length: LARGE_ROWS }, (_, row) =>
    row < LARGE_ROWS - odd.length
      ? `0.${String(row % 977).padStart(4, '0')}00`
      : (odd[row - LARGE_ROWS + odd.length] ?? ''),
  );
  const { store, manifests, folder, plan } = await importEach(tablePlan(), [
    ['a.csv', csvOf(amounts)],
  ]);
  const [first] = await store.explain({ manifests, ref: 'r1' });
  expect(first).toMatchObject({
    literals: [{ ref: 'r1', basis: 'charged', amount: '0.0001', literal: '0.000100' }],
  });
  const files = await readdir(join(folder, 'usage', 'files'));
  const connection = await openConnection({
    files: files.map((name) => join(folder, 'usage', 'files', name)),
    folders: [],
    spill: await newFolder(),
  });
  const list = files.map((name) => sqlPath(join(folder, 'usage', 'files', name))).join(', ');
  const [kept] = await connection.rows(
    `SELECT CAST(count(cost_charged_literal) AS VARCHAR) AS literals, CAST(count(cost_charged_decimals) AS VARCHAR) AS padded FROM read_parquet([${list}])`,
  );
  await connection.close();
  // Of the odd ones a zero with a sign and an exponent are no padded numbers and no plain ones.
  expect(kept).toEqual({ literals: '2', padded: String(LARGE_ROWS - odd.length) });
  const path = join(folder, 'out.csv');
  await store.write({ manifests, plan, format: 'csv', path });
  await store.close();
  const [header = '', ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const names = header.split(',');
  expect(names.filter((name) => name.endsWith('_decimals'))).toEqual([]);
  const [ref, cost, literal] = ['request_ref', 'cost_charged', 'cost_charged_literal'].map((name) =>
    names.indexOf(name),
  );
  const wrong = rows
    .map((row) => row.split(','))
    .filter((cells) => {
      const number = parseDecimal(cells[cost ?? 0] ?? '');
      const canonical = number === undefined ? '' : formatDecimal(number);
      const said = cells[literal ?? 0];
      return (said === '' ? canonical : said) !== amounts[Number(cells[ref ?? 0]?.slice(1))];
    });
  expect(rows).toHaveLength(LARGE_ROWS);
  expect(wrong).toEqual([]);
});
