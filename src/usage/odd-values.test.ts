import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { formatDecimal } from '../core/index.ts';
import type { TableMapping } from '../plan/index.ts';
import { look } from './look.ts';
import type { LookOptions } from './look-options.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');

/** What is counted of a file, and which rows are left out. */
async function read(name: string, content: string, options: LookOptions = {}) {
  const path = join(await realpath(await mkdtemp(join(tmpdir(), 'odd-'))), name);
  await writeFile(path, content);
  const [result] = await look([path], options, ports);
  if (result === undefined) throw new Error('nothing was read');
  const cost = result.totals.chargedCost?.value ?? null;
  return {
    rows: result.rows,
    cost: cost === null ? null : formatDecimal(cost),
    left: result.quarantinedRows.map(({ line, reason }) => `${line} ${reason}`),
  };
}

function mappingOf(columns: TableMapping['columns']): TableMapping {
  return {
    format: { kind: 'csv', delimiter: ',' },
    key: 'none',
    restatement: 'append',
    columns,
    cost: { field: 'usd', unit: 'USD', basis: 'charged' },
  };
}

it('leaves out an amount whose currency nobody says', async () => {
  const amounts = [
    { value: 1, currency: 'usd' },
    { value: 2, currency: null },
    { value: 4 },
    { currency: null },
  ];
  const results = amounts.map((amount, line) => ({
    object: 'organization.costs.result',
    amount,
    line_item: `item ${line}`,
  }));
  const bucket = { start_time: 1_794_182_400, end_time: 1_794_268_800, results };
  const page = JSON.stringify({ object: 'page', data: [bucket], has_more: false });
  expect(await read('costs.json', page)).toEqual({
    rows: 2,
    cost: '1',
    left: ['1 missing-currency', '1 missing-currency'],
  });
});

it('leaves out times of another century: a wrong unit, or a word for never', async () => {
  const times = [
    '0001-01-01T00:00:00Z',
    '1970-01-01 00:00:00',
    '9999-12-31T23:59:59Z',
    '2000-01-01T00:00:00Z',
    '2026-11-09T10:00:00+05:45',
  ];
  const iso = times.map((time) => `${time},1`).join('\n');
  expect(
    await read('iso.csv', `ts,usd\n${iso}\n`, { mapping: mappingOf({ startAt: 'ts' }) }),
  ).toEqual({
    rows: 2,
    cost: '2',
    left: ['2 bad-start-at', '3 bad-start-at', '4 bad-start-at'],
  });
  const epochs = ['0', '1794182400', '1794182400000', '1794182400000000', '-1794182400000'];
  const ms = epochs.map((time) => `${time},1`).join('\n');
  const mapping = mappingOf({ startAt: { field: 'ts', unit: 'ms' } });
  expect(await read('ms.csv', `ts,usd\n${ms}\n`, { mapping })).toEqual({
    rows: 1,
    cost: '1',
    left: ['2 bad-start-at', '3 bad-start-at', '5 bad-start-at', '6 bad-start-at'],
  });
});

it('leaves out amounts that no sum has room for, and reads the rest', async () => {
  const amounts = [
    '99999999999999999999.999999999999999999',
    '12345678901234567890',
    '1e19',
    '-1000000000000000',
    '999999999999999.5',
    '0.5',
  ];
  const rows = amounts.map((amount) => `2026-11-09T10:00:00Z,${amount}`).join('\n');
  expect(
    await read('x.csv', `ts,usd\n${rows}\n`, { mapping: mappingOf({ startAt: 'ts' }) }),
  ).toEqual({
    rows: 2,
    cost: '1000000000000000',
    left: ['2 bad-cost', '3 bad-cost', '4 bad-cost', '5 bad-cost'],
  });
});

it('reads both lists of a date that stands twice', async () => {
  const quota = (name: string, used: number) =>
    `"2026-11-09":[{"token_name":"${name}","quota_used":${used},"request_count":1}]`;
  const text = `{"daily_quota":{${quota('a', 1)},${quota('b', 2)}}}`;
  expect(await read('quota.json', text)).toEqual({ rows: 2, cost: '3', left: [] });
});

it('tells long names of answers apart by their ends', async () => {
  const line = (end: string) =>
    JSON.stringify({
      timestamp: '2026-11-09T10:00:00.000Z',
      message: {
        id: `${'a'.repeat(300)}${end}`,
        model: 'm',
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    });
  const text = `${line('b')}\n${line('c')}\n${line('c')}\n`;
  expect(await read('session.jsonl', text)).toEqual({ rows: 2, cost: null, left: [] });
});

it('tells buckets of some hours apart by their starts', async () => {
  const hours = ['00', '06', '12', '18'];
  const rows = hours.map(
    (hour) =>
      `2026-11-09T${hour}:00:00Z,2026-11-${hour === '18' ? '10T00' : `09T${String(Number(hour) + 6).padStart(2, '0')}`}:00:00Z,1`,
  );
  const mapping = { ...mappingOf({ startAt: 'ts', endAt: 'end' }), key: ['ts'] };
  expect(await read('x.csv', `ts,end,usd\n${rows.join('\n')}\n`, { mapping })).toEqual({
    rows: 4,
    cost: '4',
    left: [],
  });
});

it('reads rows of six hundred columns, and names the line of a bad one', async () => {
  const names = Array.from({ length: 600 }, (_, column) => `c${column}`);
  const row = (usd: string) => `2026-11-09T10:00:00Z,${usd}${',x'.repeat(names.length)}`;
  const text = `ts,usd,${names.join(',')}\n${row('1')}\n${row('bad')}\n${row('1')}\n`;
  expect(await read('x.csv', text, { mapping: mappingOf({ startAt: 'ts' }) })).toEqual({
    rows: 2,
    cost: '2',
    left: ['3 bad-cost'],
  });
});

it.each([
  ['\n', ['good', '', 'bad', '', 'good', '', 'bad'], [4, 8]],
  ['\r\n', ['', 'good', 'bad', '', '', 'ragged', 'bad'], [4, 7, 8]],
  ['\n', ['long', '', 'bad', 'long', 'ragged', '', 'ragged', 'bad'], [6, 10, 12, 13]],
] as const)(
  'names lines as an editor does, over blank ones and long fields (%j)',
  async (end, kinds, lines) => {
    const rows = {
      good: 'm,1',
      bad: 'm,x',
      ragged: 'm',
      // A field of three lines, of which one is blank.
      long: `"m\n\nm",1`,
      '': '',
    };
    const text = [
      'ts,model,usd',
      ...kinds.map((kind) => rows[kind] && `2026-11-09T10:00:00Z,${rows[kind]}`),
    ];
    const mapping = mappingOf({ startAt: 'ts', modelRequested: 'model' });
    const { left } = await read('x.csv', `${text.join(end)}${end}`, { mapping });
    expect(left.map((one) => Number(one.split(' ')[0]))).toEqual(lines);
  },
);
