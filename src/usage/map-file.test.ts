import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { formatDecimal } from '../core/index.ts';
import { look } from './look.ts';
import { guessColumns, unitIn } from './map-columns.ts';
import { mapFile } from './map-file.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(await realpath(await mkdtemp(join(tmpdir(), 'map-'))), name);
  await writeFile(path, content);
  return path;
}

const HEADER =
  'created_at,request_id,model,prompt_tokens,completion_tokens,cached_tokens,reasoning_tokens,total_tokens,cost\n';
const row = (id: number, total: number, cached = 40, reasoning = 5) =>
  `2026-11-09T10:00:0${id}Z,r${id},m,100,20,${cached},${reasoning},${total},0.5\n`;

describe('ways of counting, tried on a file’s own totals', () => {
  it.each([
    ['inclusive', 120, { cacheInInput: 'yes', reasoningInOutput: 'yes' }],
    ['exclusive', 160, { cacheInInput: 'no', reasoningInOutput: 'yes' }],
    ['disjoint', 165, { cacheInInput: 'no', reasoningInOutput: 'no' }],
    ['reasoning-beside', 125, { cacheInInput: 'yes', reasoningInOutput: 'no' }],
  ] as const)('finds %s', async (name, total, semantics) => {
    const path = await fileOf('x.csv', HEADER + row(1, total) + row(2, total) + row(3, 120, 0, 0));
    const { trials, telling, mapping } = await mapFile(path, ports);
    expect(trials.find((trial) => trial.name === name)).toMatchObject({ explained: 3, rows: 3 });
    expect(trials.filter(({ explained }) => explained === 3)).toHaveLength(1);
    expect(telling).toBe(2);
    expect(mapping?.tokens).toMatchObject(semantics);
  });

  it('shows the share of rows that fit when some contradict', async () => {
    const path = await fileOf('x.csv', HEADER + row(1, 120) + row(2, 120) + row(3, 999));
    const { trials } = await mapFile(path, ports);
    expect(trials.map(({ name, explained }) => [name, explained])).toEqual([
      ['inclusive', 2],
      ['exclusive', 0],
      ['disjoint', 0],
      ['reasoning-beside', 0],
    ]);
  });

  it.each([
    ['semantics-tie', HEADER + row(1, 120, 0, 0) + row(2, 120, 0, 0)],
    ['no-semantics-fits', HEADER + row(1, 7) + row(2, 7)],
    ['no-total', HEADER.replace('total_tokens', 'other') + row(1, 120)],
  ] as const)('guesses nothing on %s', async (code, content) => {
    const { open, mapping } = await mapFile(await fileOf('x.csv', content), ports);
    expect(open).toContain(code);
    expect(mapping?.tokens).toMatchObject({
      cacheInInput: 'unknown',
      reasoningInOutput: 'unknown',
    });
  });
});

it('reads the example of docs/plan.md: a bare request and total', async () => {
  const header = 'ts,request,model,workload,in,out,total,usd\n';
  const path = await fileOf('x.csv', `${header}2026-11-09T10:00:01Z,r1,m,w,10,5,15,0.5\n`);
  const { open, mapping } = await mapFile(path, ports);
  expect(open).toEqual(['cost-unit']);
  expect(mapping).toMatchObject({
    key: ['request'],
    columns: { requestRef: 'request' },
    tokens: { input: 'in', output: 'out', total: 'total' },
  });
});

it('does not take a total of money for one of tokens', async () => {
  const header = 'ts,model,input_tokens,output_tokens,total\n';
  const path = await fileOf('x.csv', `${header}2026-11-09T10:00:01Z,m,10,5,0.05\n`);
  const { open, mapping } = await mapFile(path, ports);
  expect(open).toContain('no-total');
  if (mapping === null) throw new Error('no mapping');
  const [result] = await look([path], { adapter: 'table', mapping }, ports);
  expect(result?.rows).toBe(1);
});

it('proposes a mapping that reads the file', async () => {
  const path = await fileOf('x.csv', HEADER + row(1, 160) + row(2, 160));
  const { mapping, open } = await mapFile(path, ports);
  if (mapping === null) throw new Error('no mapping');
  expect(open).toEqual(['cost-unit']);
  const [result] = await look([path], { adapter: 'table', mapping }, ports);
  const { inputTokens, chargedCost } = result?.totals ?? {};
  expect(formatDecimal(inputTokens?.value ?? (0n as never))).toBe('280');
  expect(formatDecimal(chargedCost?.value ?? (0n as never))).toBe('1');
});

it.each([
  ['s', 1794182400],
  ['ms', 1794182400123],
  ['us', 1794182400123456],
  ['date', '2026-11-09'],
] as const)('reads how times are written: %s', async (unit, at) => {
  const line = JSON.stringify({ ts: at, usage: { input_tokens: 1, output_tokens: 2 } });
  const { mapping, open } = await mapFile(await fileOf('x.jsonl', `${line}\n${line}\n`), ports);
  expect(mapping?.columns.startAt).toEqual({ field: 'ts', unit });
  expect(mapping?.tokens?.input).toBe('usage.input_tokens');
  expect(open).toContain('no-key');
});

it('proposes nothing without a time or anything to sum', async () => {
  const { mapping, open } = await mapFile(await fileOf('x.csv', 'a,b\n1,2\n'), ports);
  expect(mapping).toBeNull();
  expect(open).toEqual(['no-time', 'nothing-to-sum', 'no-key']);
});

it('says that one JSON value is no table', async () => {
  const path = await fileOf('x.json', '{"data": [\n{"a": 1}\n]}');
  await expect(mapFile(path, ports)).rejects.toMatchObject({ code: 'header-mismatch' });
});

it.each([';', '\t', ','])('proposes the delimiter that the file has: %j', async (delimiter) => {
  const lines = [
    ['ts', 'model', 'cost_eur'],
    ['2026-11-09T10:00:00Z', 'm', '1.25'],
  ];
  const path = await fileOf('x.csv', lines.map((line) => `${line.join(delimiter)}\n`).join(''));
  const { mapping } = await mapFile(path, ports);
  expect(mapping?.format).toEqual({ kind: 'csv', delimiter });
  const [result] = await look([path], { adapter: 'table', mapping: mapping! }, ports);
  expect(result?.currency).toBe('EUR');
  expect(formatDecimal(result?.totals.chargedCost?.value ?? (0n as never))).toBe('1.25');
});

it.each([
  ['cost', 'USD'],
  ['costUSD', 'USD'],
  ['Cost EUR', 'EUR'],
  ['Spend (€)', 'EUR'],
  ['spend_cents', 'USD-cents'],
  ['amountGbpCents', 'GBP-cents'],
  ['centre_cost', 'USD'],
])('reads the unit of money from a name: %s', (name, unit) => {
  expect(unitIn(name)).toBe(unit);
});

it('tells cached input from input by their names', () => {
  expect(
    guessColumns(['input_cached_tokens', 'inputTokens', 'Output Tokens', 'model_name']),
  ).toEqual({
    cacheRead: 'input_cached_tokens',
    input: 'inputTokens',
    output: 'Output Tokens',
    modelRequested: 'model_name',
  });
});
