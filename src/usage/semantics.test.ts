import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import {
  formatDecimal,
  type Measured,
  parsePlainDate,
  periodOfDates,
  type PlainDate,
} from '../core/index.ts';
import type { Plan, TableMapping } from '../plan/index.ts';
import type { AggregateRequest } from './aggregate.ts';
import { type Conversion, parseConversion, unitPriceOf, unitRateOf } from './conversion.ts';
import { look } from './look.ts';
import type { LookOptions } from './look-options.ts';
import { openUsageStore } from './store.ts';

const NOW = '2026-11-23T09:00:00Z';
const ports = nodePorts(NOW);
const folderOf = async () => await realpath(await mkdtemp(join(tmpdir(), 'semantics-')));
const dateOf = (text: string): PlainDate => parsePlainDate(text) ?? ('' as PlainDate);

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(await folderOf(), name);
  await writeFile(path, content);
  return path;
}

async function totals(path: string, options: LookOptions = {}) {
  const [result] = await look([path], options, ports);
  const sums = Object.entries(result?.totals ?? {}).map(([name, { value }]) => [
    name,
    value === null ? null : formatDecimal(value),
  ]);
  return {
    ...Object.fromEntries(sums),
    quarantined: result?.quarantinedRows.map(({ line, reason }) => `${line} ${reason}`),
  };
}

const CONVERSION: Conversion = {
  unit: 'quota',
  per: { currency: 'USD', amount: '500000' },
  verified: '2026-11-01',
};
const NEW_API = 'test/fixtures/usage/new-api-log/ok-admin/input.json';

function mappingOf(
  more: Partial<TableMapping> & { kind: 'csv' | 'jsonl' | 'parquet' },
): TableMapping {
  const { kind, ...rest } = more;
  return {
    format: { kind, delimiter: ',' },
    key: 'none',
    restatement: 'append',
    columns: { startAt: 'ts' },
    ...rest,
  };
}

async function aggregate(
  plan: Plan,
  path: string,
  more: Partial<AggregateRequest>,
  conversion?: Conversion,
) {
  const store = await openUsageStore({ folder: await folderOf() }, ports);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const { manifest } = await store.importExport({
    export: of,
    plan,
    files: [path],
    current: [],
    ...(conversion && { conversion }),
  });
  const answer = await store.aggregate({
    manifests: [manifest],
    plan,
    period: periodOfDates(dateOf('2026-11-09'), dateOf('2026-11-16'), 'UTC'),
    measures: ['chargedCost'],
    by: [],
    filter: {},
    include: [],
    asOf: NOW,
    ...more,
  });
  await store.close();
  return answer;
}

const gateway = planOf(`exports:
  - { id: log, adapter: new-api-log, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }
owners: [{ id: finops }, { id: platform }]
allocation:
  rules:
    - { when: { key: [svc-search-prod], environment: [production] }, workload: search, owner: platform, until: 2026-11-10 }
    - { when: { model: [model-a], provider: [cometapi] }, workload: rest }
  shared:
    - { id: overhead, when: { key: [svc-search-prod] }, split: { method: even, to: [search, rest] } }`);

it('prices gateway rows by the dated conversion, and gives refunds and settlements back', async () => {
  const cost = async (include: string[]) => {
    const { total } = await aggregate(gateway, NEW_API, { include }, CONVERSION);
    const value = total.measures.chargedCost?.value;
    return value === null || value === undefined ? null : formatDecimal(value);
  };
  expect(await cost([])).toBe('0.00264');
  expect(await cost(['usage'])).toBe('0.0029');
  expect(await cost(['usage', 'adjustment'])).toBe('0.00284');
  expect(await cost(['refund'])).toBe('-0.0002');
});

it('leaves the cost of gateway rows unknown without a conversion', async () => {
  const { total } = await aggregate(gateway, NEW_API, {});
  expect(total.measures.chargedCost).toMatchObject({ value: null, knownRows: 0, totalRows: 6 });
  expect(total.measures.chargedCost?.tokens?.known).toBe(0n);
});

it('allocates by the first rule that matches on the row’s date, before any shared cost', async () => {
  const answer = await aggregate(gateway, NEW_API, {
    by: ['day', 'workload', 'owner'],
    measures: ['requests'],
  });
  expect(answer.rows.map(({ group }) => group)).toEqual([
    { day: '2026-11-09', workload: 'search', owner: 'platform' },
    { day: '2026-11-10', workload: 'rest', owner: 'finops' },
  ]);
  expect(answer.flags).toEqual([]);
});

it('filters by outcome, where an unsaid one is unknown', async () => {
  const ask = async (outcome: 'ok' | 'error') =>
    (await aggregate(gateway, NEW_API, { measures: ['attempts'], filter: { outcome: [outcome] } }))
      .total.measures.attempts?.value;
  expect(await ask('ok')).toBe(3n * 10n ** 18n);
  expect(await ask('error')).toBe(10n ** 18n);
});

it('reads OpenAI costs with their currency in upper case', async () => {
  const page = JSON.stringify({
    object: 'page',
    data: [
      {
        start_time: 1794182400,
        end_time: 1794268800,
        results: [
          {
            object: 'organization.costs.result',
            amount: { value: 0.06, currency: 'usd' },
            line_item: 'x',
          },
        ],
      },
    ],
    has_more: false,
  });
  expect(await totals(await fileOf('costs.json', page))).toMatchObject({ chargedCost: '0.06' });
});

it('settles unknown cache semantics by the row’s own total, and quarantines what adds up to nothing', async () => {
  const tokens = {
    input: 'i',
    output: 'o',
    cacheRead: 'c',
    total: 't',
    cacheInInput: 'unknown',
    reasoningInOutput: 'unknown',
  } as const;
  const rows =
    '2026-11-09T10:00:00Z,100,10,40,110\n2026-11-09T10:00:00Z,100,10,40,150\n2026-11-09T10:00:00Z,100,10,40,111\n2026-11-09T10:00:00Z,7,1,0,8\n2026-11-09T10:00:00Z,7,1,9,8\n';
  const mapping = mappingOf({ kind: 'csv', tokens });
  expect(await totals(await fileOf('x.csv', `ts,i,o,c,t\n${rows}`), { mapping })).toMatchObject({
    inputTokens: '247',
    cacheReadInputTokens: '80',
    tokens: '268',
    quarantined: ['4 sum-mismatch', '6 cached-exceeds-input'],
  });
});

it('keeps reasoning inside or beside the output as declared', async () => {
  const rows = 'ts,i,o,r\n2026-11-09T10:00:00Z,10,30,20\n2026-11-09T10:00:00Z,10,30,\n';
  const read = async (reasoningInOutput: 'yes' | 'no') =>
    await totals(await fileOf('x.csv', rows), {
      mapping: mappingOf({
        kind: 'csv',
        tokens: { input: 'i', output: 'o', reasoning: 'r', cacheInInput: 'no', reasoningInOutput },
      }),
    });
  expect(await read('yes')).toMatchObject({ outputTokens: '60', reasoningOutputTokens: '20' });
  expect(await read('no')).toMatchObject({ outputTokens: '80', reasoningOutputTokens: '20' });
});

it('reads JSON Lines by dotted paths, epochs and cents', async () => {
  const lines = [
    '{"time":1794182400123,"usage":{"in":5,"out":1},"cents":"12.5","id":"a"}',
    'no json',
    '{"time":1794182401000,"usage":{"in":1,"out":1},"cents":1e-1,"id":"b"}',
  ];
  const mapping = mappingOf({
    kind: 'jsonl',
    key: ['id'],
    columns: { startAt: { field: 'time', unit: 'ms' }, requestRef: 'id' },
    tokens: {
      input: 'usage.in',
      output: 'usage.out',
      cacheInInput: 'unknown',
      reasoningInOutput: 'unknown',
    },
    cost: { field: 'cents', unit: 'USD-cents', basis: 'charged' },
  });
  expect(await totals(await fileOf('x.jsonl', `${lines.join('\n')}\n`), { mapping })).toMatchObject(
    {
      chargedCost: '0.126',
      tokens: '8',
      operations: '2',
      quarantined: ['2 missing-start-at'],
    },
  );
});

it('reads Parquet, and local times in the export’s zone', async () => {
  const path = join(await folderOf(), 'x.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `COPY (SELECT '2026-11-09 00:30:00' AS ts, 3 AS n, 0.5::DECIMAL(9,2) AS usd) TO '${path}' (FORMAT parquet)`,
  );
  const mapping = mappingOf({
    kind: 'parquet',
    columns: { startAt: 'ts', attempts: 'n' },
    cost: { field: 'usd', unit: 'EUR', basis: 'list' },
  });
  const [result] = await look([path], { mapping, zone: 'Europe/Berlin' }, ports);
  expect(result).toMatchObject({
    first: '2026-11-08T23:30:00Z',
    firstDate: '2026-11-09',
    currency: 'EUR',
    requestsAre: 'attempts',
  });
});

it('reads a conversion exactly, and refuses one that is none', () => {
  const text = '{"unit":"quota","per":{"currency":"USD","amount":500000},"verified":"2026-11-01"}';
  expect(unitPriceOf(parseConversion(text))).toBe('0.000002');
  expect(unitPriceOf(undefined)).toBeUndefined();
  expect(() => parseConversion('{"unit":1}')).toThrow('not {unit');
  expect(() => parseConversion('not json')).toThrow('not {unit');
  expect(() => parseConversion(text.replace('500000', '0'))).toThrow('not {unit');
});

it('finds a request by its reference', async () => {
  const store = await openUsageStore({ folder: await folderOf() }, ports);
  const [of] = gateway.exports;
  if (of === undefined) throw new Error('no export');
  const { manifest } = await store.importExport({
    export: of,
    plan: gateway,
    files: [NEW_API],
    current: [],
  });
  const explained = await store.explain({ manifests: [manifest], ref: 'req-2' });
  expect(explained).toMatchObject([{ rows: 1, adapter: 'new-api-log' }]);
  await store.close();
});

it('says how many tokens stand behind a cost that some rows do not know, and adds it up by group', async () => {
  const path = await fileOf(
    'x.csv',
    `${HEADER}\n2026-11-09T10:00:00Z,r1,m,w,s,90,10,1\n2026-11-09T10:00:00Z,r2,n,w,s,800,100,\n`,
  );
  const plan = tablePlan();
  const answer = await aggregate(plan, path, { by: ['model'] });
  const tokensOf = (measured: Measured | undefined) =>
    measured?.tokens && [measured.tokens.known, measured.tokens.total].map(formatDecimal);
  expect(tokensOf(answer.total.measures.chargedCost)).toEqual(['100', '1000']);
  expect(answer.rows.map(({ measures }) => tokensOf(measures.chargedCost))).toEqual([
    ['100', '100'],
    ['0', '900'],
  ]);
});

it('takes the step of amounts from the source: a gateway’s unit, the four decimals of a page', async () => {
  const unit = await aggregate(gateway, NEW_API, {}, CONVERSION);
  expect(formatDecimal(unit.quantum ?? (0n as never))).toBe('0.000002');
  expect((await aggregate(gateway, NEW_API, {})).quantum).toBeUndefined();
  const page = planOf(`exports:
  - { id: ui, adapter: litellm-activity, path: "e/*.csv", approved: { by: finops, date: 2026-11-16 } }`);
  const ui = 'test/fixtures/usage/litellm-activity/ok-ui/input.csv';
  const rounded = await aggregate(page, ui, {});
  expect(formatDecimal(rounded.quantum ?? (0n as never))).toBe('0.0001');
});

it('adds every kind of input and output of a Langfuse observation, whatever its integration calls it', async () => {
  const row = (id: string, usage_details: object, more: object = { total_cost: 0.1 }) =>
    JSON.stringify({
      id,
      type: 'GENERATION',
      start_time: '2026-11-09T10:00:00.000Z',
      provided_model_name: 'model-a',
      usage_details,
      event_ts: '2026-11-09 10:00:01.000',
      ...more,
    });
  const rows = [
    row('a', { input: 90, input_audio_tokens: 10, output: 5, output_audio_tokens: 2, total: 107 }),
    row('b', { input: 80, input_cached_tokens: 20, input_image: 7, output: 1, total: 108 }),
    row('c', { output: 5, output_accepted_prediction_tokens: 3, input: 1, total: 9 }),
    row('d', { input_modality_text: 4, output: 1, total: 5 }),
    row('e', { input: 1, input_audio_tokens: 2.5, output: 1 }),
    row('f', { input: 1, input_audio_tokens: null, output: 1, total: 2 }),
    row('g', { input: 1, 'input "odd"': 2, output: 1, total: 4 }),
    // All of a prompt may come from a cache: a cost of zero beside it is no known zero either.
    row('h', { input: 0, input_cached_tokens: 30, output: 0, total: 30 }, { total_cost: 0 }),
  ];
  expect(await totals(await fileOf('o.jsonl', `${rows.join('\n')}\n`))).toMatchObject({
    inputTokens: String(100 + 107 + 1 + 4 + 1 + 3 + 30),
    outputTokens: String(7 + 1 + 8 + 1 + 1 + 1),
    cacheReadInputTokens: '50',
    listCost: '0.6',
    quarantined: ['5 bad-more-input'],
  });
});

it('leaves a day out of a page of LiteLLM’s activity that ends within it, and never takes a part for the whole', async () => {
  const day = (date: string, api_requests: number) => ({
    date,
    metrics: {
      spend: api_requests / 10,
      prompt_tokens: api_requests,
      completion_tokens: 0,
      total_tokens: api_requests,
      api_requests,
    },
    breakdown: {},
  });
  const page = (metadata: object, ...results: readonly object[]) =>
    JSON.stringify({ results, metadata });
  const first = page(
    { page: 1, total_pages: 3, has_more: true },
    day('2026-11-13', 4),
    day('2026-11-12', 9),
  );
  expect(await totals(await fileOf('1.json', first))).toMatchObject({
    requests: '4',
    chargedCost: '0.4',
    quarantined: ['2 cut-by-page'],
  });
  const middle = page(
    { page: 2, total_pages: 3, has_more: true },
    day('2026-11-12', 1),
    day('2026-11-11', 7),
    day('2026-11-10', 2),
  );
  expect(await totals(await fileOf('2.json', middle))).toMatchObject({
    requests: '7',
    quarantined: ['1 cut-by-page', '3 cut-by-page'],
  });
  const last = page(
    { page: 3, total_pages: 3, has_more: false },
    day('2026-11-10', 5),
    day('2026-11-09', 6),
  );
  expect(await totals(await fileOf('3.json', last))).toMatchObject({
    requests: '6',
    quarantined: ['1 cut-by-page'],
  });
  const whole = page({ page: 1, total_pages: 1, has_more: false }, day('2026-11-10', 5));
  expect(await totals(await fileOf('4.json', whole))).toMatchObject({
    requests: '5',
    quarantined: [],
  });
});

it.each([
  ['is cut off', '{"cache_tokens": 4'],
  ['is no object', '[1]'],
  ['is a text', 'map[cache_tokens:4]'],
])(
  'knows no input of a row whose details cannot be read, and its charge (%s)',
  async (_, other) => {
    const row = (id: number, details: unknown) => ({
      id,
      channel: 1,
      created_at: 1_794_182_460 + id,
      type: 2,
      model_name: 'm',
      quota: 500,
      prompt_tokens: 1000,
      completion_tokens: 100,
      other: details,
    });
    const told = [row(1, '{"cache_tokens": 4}'), row(2, ''), row(3, 'null'), row(4, null)];
    const path = await fileOf('log.json', JSON.stringify([...told, row(5, other)]));
    const [result] = await look([path], { conversion: CONVERSION }, ports);
    const seen = (
      ['inputTokens', 'cacheReadInputTokens', 'outputTokens', 'chargedCost'] as const
    ).map((measure) => {
      const { value = null, knownRows, totalRows } = result?.totals[measure] ?? {};
      return [value === null ? null : formatDecimal(value), knownRows, totalRows];
    });
    expect(seen).toEqual([
      ['4000', 4, 5],
      ['4', 4, 5],
      ['500', 5, 5],
      ['0.005', 5, 5],
    ]);
    expect(result?.quarantined).toBe(0);
  },
);

it.each([
  [1, true],
  [2, false],
])(
  'says from the counts of a page of LiteLLM’s logs whether others follow: page %i',
  async (page, more) => {
    const row = {
      request_id: 'r1',
      startTime: '2026-11-09 09:20:46.847371',
      model: 'model-a',
      spend: 0.1,
      prompt_tokens: 1,
      completion_tokens: 1,
    };
    const logs = { data: [row], total: 90, page, page_size: 50, total_pages: 2 };
    const [result] = await look([await fileOf('logs.json', JSON.stringify(logs))], {}, ports);
    expect(result?.cannotTell.some(({ code }) => code === 'more-pages')).toBe(more);
  },
);

it.each(['300000', '3', '7', '500000', '999999999999999'])(
  'prices units so that %s of them are exactly one of the currency, whatever a single one rounds to',
  async (amount) => {
    const conversion = parseConversion(
      JSON.stringify({ unit: 'quota', per: { currency: 'USD', amount }, verified: '2026-11-01' }),
    );
    const quotas = [1n, 2n, -1n, BigInt(amount), -BigInt(amount), 123_456_789n, 10n ** 15n - 2n];
    const rows = quotas.map((quota) => ({
      created_at: 1_794_218_400,
      type: 2,
      quota: Number(quota),
      prompt_tokens: 0,
      completion_tokens: 0,
      model_name: String(quota),
    }));
    const path = await fileOf('log.json', JSON.stringify({ data: { items: rows } }));
    const [result] = await look([path], { conversion }, ports);
    const priced = result?.by?.groups.map(({ name, sums }) => [name, sums.chargedCost?.value]);
    const half = BigInt(amount) / 2n;
    const exact = quotas.map((quota) => [
      String(quota),
      (quota * 10n ** 18n + (quota < 0n ? -half : half)) / BigInt(amount),
    ]);
    expect(Object.fromEntries(priced ?? [])).toEqual(Object.fromEntries(exact));
    expect(unitRateOf(conversion)).toBe(amount === '500000' ? '0.000002' : `1/${amount}`);
  },
);
