import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { AppError, formatDecimal } from '../core/index.ts';
import { ADAPTER_FACTS } from './adapters/registry.ts';
import { look } from './look.ts';
import type { LookOptions } from './look-options.ts';
import type { LookResult } from './look-result.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const FIXTURES = 'test/fixtures/usage';
const SHARED = '../shared/data/exports';
const mapping = tablePlan().exports[0]?.table;

const written = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === 'bigint' ? formatDecimal(one as never) : one,
    ),
  );

async function lookAt(path: string, options: LookOptions = {}): Promise<LookResult> {
  const [result] = await look([path], options, ports);
  if (result === undefined) throw new Error('no result');
  return result;
}

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'look-')), name);
  await writeFile(path, content);
  return path;
}

const totalsOf = ({ totals }: LookResult) =>
  Object.fromEntries(
    Object.entries(totals).map(([name, { value }]) => [
      name,
      value === null ? null : formatDecimal(value),
    ]),
  );

const cases = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(FIXTURES, name)).map((one) => [name, one] as const));

describe('every fixture of an adapter', () => {
  it('exists, good and bad', () => {
    expect(cases.length).toBeGreaterThan(8);
  });

  it.each(cases)('%s %s reads as its expected.json says', async (adapter, one) => {
    const folder = join(FIXTURES, adapter, one);
    const input = (await readdir(folder)).find((name) => name.startsWith('input.')) ?? '';
    const options = adapter === 'table' && mapping ? { mapping, adapter } : {};
    const actual = await lookAt(join(folder, input), options).then(written, (error: unknown) =>
      error instanceof AppError ? { code: error.code, message: error.message } : String(error),
    );
    const golden = join(folder, 'expected.json');
    if (process.env['UPDATE_GOLDEN'] === '1')
      writeFileSync(golden, `${JSON.stringify(actual, undefined, 1)}\n`);
    expect(actual).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });
});

describe.skipIf(!existsSync(SHARED))(
  'public exports in ../shared (skipped where the folder is absent)',
  () => {
    it('reads the 31 buckets of the OpenAI file with their published sums', async () => {
      const result = await lookAt(join(SHARED, 'openai-org-usage/usage_completions_30d.json'));
      expect(totalsOf(result)).toEqual({
        requests: '19347',
        attempts: '19347',
        inputTokens: '16951009',
        outputTokens: '729421',
        cacheReadInputTokens: '168128',
        tokens: '17680430',
      });
      expect(result.buckets?.count).toBe(31);
      expect(result.buckets?.empty).toHaveLength(5);
      expect(result.buckets?.partial).toHaveLength(2);
      expect(result.days).toHaveLength(31);
      expect(result.missingDays).toEqual([]);
    });

    it('sums the FOCUS sample to the published cent fractions', async () => {
      const result = await lookAt(join(SHARED, 'focus/focus_1.0_sample_1000.csv'));
      expect(result.rows).toBe(1000);
      expect(totalsOf(result)['chargedCost']).toBe('20.52022672899');
      expect(result.quarantined).toBe(0);
    });

    it('reads the admin log of new-api with cached tokens inside input and no invented money', async () => {
      const path = join(SHARED, 'new-api/api_log_admin.real.json');
      const bare = await lookAt(path);
      expect(totalsOf(bare)).toMatchObject({
        inputTokens: '407676',
        cacheReadInputTokens: '271872',
      });
      expect(bare.totals.chargedCost).toBeUndefined();
      expect(bare.cannotTell.map(({ code }) => code)).toContain('quota-unconverted');
      const conversion = {
        unit: 'quota',
        per: { currency: 'USD', amount: '500000' },
        verified: '2026-11-01',
      };
      const priced = await lookAt(path, { conversion });
      expect(totalsOf(priced)['chargedCost']).toBe('0.528836');
    });

    it.each([
      ['activity_export.header.csv', 0, 13],
      ['activity_export.sample.csv', 1, 1],
      ['activity_export.sample2.csv', 2, 0],
    ])('reads %s of OpenRouter and lists what it drops', async (name, rows, dropped) => {
      const result = await lookAt(join(SHARED, 'openrouter', name));
      expect(result.adapter).toBe('openrouter-activity');
      expect(result.rows).toBe(rows);
      expect(result.droppedColumns).toHaveLength(dropped);
    });
  },
);

describe('a file that cannot be read', () => {
  it.each([
    ['is empty', 'x.csv', '', 'export-unreadable'],
    ['is only blank lines', 'x.csv', '\uFEFF \n\n', 'export-unreadable'],
    ['has a first line that is no JSON', 'x.jsonl', '{"a": 1\n{"a": 2}\n', 'export-unreadable'],
    ['is only a header nobody knows', 'x.csv', 'a,b\n1,2\n', 'export-unknown'],
    [
      'has 200 columns of junk',
      'x.csv',
      `${Array.from({ length: 200 }, (_, n) => `c${n}`).join(',')}\n`,
      'export-unknown',
    ],
    ['is truncated JSON', 'x.json', '{"data": {"items": [{"id": 1', 'export-unreadable'],
    [
      'has a quote that never closes, behind which the engine would drop rows',
      'x.csv',
      'generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug\ng1,2026-11-09 10:00:00,1,1,1,m\n"g2,2026-11-09 10:00:00,1,1,1,m\n',
      'export-unreadable',
    ],
    [
      'has megabytes of blank lines, behind which the engine would lose rows',
      'x.csv',
      `generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug\ng1,2026-11-09 10:00:00,1,1,1,m\n${'\n'.repeat(3_000_000)}g2,2026-11-09 10:00:00,1,1,1,m\n`,
      'export-unreadable',
    ],
    ['is compressed', 'x.csv.gz', Buffer.from([0x1f, 0x8b, 8, 0]), 'export-unreadable'],
    ['is UTF-16', 'x.csv', Buffer.from('\uFEFFa,b\n', 'utf16le'), 'export-unreadable'],
    ['is binary', 'x.bin', Buffer.from([1, 0, 2, 0]), 'export-unreadable'],
    [
      'is half a Parquet file',
      'x.parquet',
      Buffer.from('PAR1 and then nothing'),
      'export-unreadable',
    ],
    [
      'is Parquet by its ends alone',
      'x.parquet',
      Buffer.from('PAR1 rubbish PAR1'),
      'export-unreadable',
    ],
  ])('%s: ends with a code', async (_, name, content, code) => {
    await expect(lookAt(await fileOf(name, content))).rejects.toMatchObject({ code });
  });

  it('is not there', async () => {
    await expect(lookAt('/nowhere/x.csv')).rejects.toMatchObject({ code: 'file-missing' });
  });

  it('is a folder, a workbook or rewritten by a spreadsheet: says what to do', async () => {
    await expect(lookAt(tmpdir())).rejects.toMatchObject({
      code: 'export-unreadable',
      content: { hint: expect.stringContaining('FOLDER/*.json') },
    });
    const workbook = await fileOf('x.xlsx', Buffer.from('PK\u0003\u0004'));
    await expect(lookAt(workbook)).rejects.toThrow('is a ZIP or a workbook');
    const rewritten =
      'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd\n1,USD,Usage,5/1/25 0:00,6/1/25 0:00\n';
    await expect(lookAt(await fileOf('x.csv', rewritten))).rejects.toMatchObject({
      message: expect.stringContaining('bad-start-at, in "ChargePeriodStart"'),
      content: { hint: expect.stringContaining('spreadsheet'), line: 2 },
    });
  });

  it('is known to no adapter: names the nearest formats, and the command that helps', async () => {
    const near = await fileOf('x.csv', 'generation_id,created_at,cost_total,tokens_prompt,more\n');
    await expect(lookAt(near)).rejects.toMatchObject({
      message:
        'Expected an export that an adapter knows, got CSV with generation_id, created_at, cost_total, tokens_prompt, more',
      content: {
        details: [expect.stringContaining('openrouter-activity')],
        hint: expect.stringContaining('spendproof usage map'),
      },
    });
    const prose = await fileOf('x.txt', `${'All usage of the last week, '.repeat(4)}\n`);
    await expect(lookAt(prose)).rejects.toMatchObject({ code: 'header-mismatch' });
    const page = await fileOf('x.json', '{"usage": {"prompt_tokens": 1}}');
    await expect(lookAt(page)).rejects.toMatchObject({
      content: { hint: expect.stringContaining('rows.jsonl') },
    });
  });

  it('has another header than the declared adapter knows', async () => {
    const path = await fileOf('x.csv', 'a,b\n1,2\n');
    await expect(lookAt(path, { adapter: 'focus' })).rejects.toMatchObject({
      code: 'header-mismatch',
    });
    if (mapping === undefined) throw new Error('no mapping');
    await expect(lookAt(path, { adapter: 'table', mapping })).rejects.toThrow(
      'expected the header ts,request',
    );
  });

  it('holds a text shaped like a key in a column that would be kept', async () => {
    const key = ['sk', 'a'.repeat(32)].join('-');
    const rows = `generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug,api_key_name\ng,2026-11-09 10:00:00,1,1,1,m,${key}\n`;
    const failure = lookAt(await fileOf('x.csv', rows));
    await expect(failure).rejects.toMatchObject({ code: 'leak-blocked' });
    await expect(failure).rejects.not.toThrow(key);
  });
});

it('takes names that only look like keys, and keys in columns that it drops', async () => {
  const key = ['sk', 'a'.repeat(32)].join('-');
  const rows = `generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug,user\ng,2026-11-09 10:00:00,1,1,1,disk-task-model-with-a-long-name,${key}\n`;
  const result = await lookAt(await fileOf('x.csv', rows));
  expect(result.rows).toBe(1);
  expect(JSON.stringify(written(result))).not.toContain(key);
});

it('sums each currency by itself, and shows no sum of two', async () => {
  const path = await fileOf(
    'bill.csv',
    'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd\n1,USD,Usage,2026-11-09T00:00:00Z,2026-11-10T00:00:00Z\n5,EUR,Usage,2026-11-09T00:00:00Z,2026-11-10T00:00:00Z\n2,EUR,Usage,2026-11-09T00:00:00Z,2026-11-10T00:00:00Z\n',
  );
  const result = await lookAt(path);
  expect(result.totals).not.toHaveProperty('chargedCost');
  const sums = result.byCurrency?.map(({ currency, sums }) => [
    currency,
    formatDecimal(sums.chargedCost?.value ?? (0n as never)),
  ]);
  expect(sums).toEqual([
    ['EUR', '7'],
    ['USD', '1'],
  ]);
});

it('leaves no file behind', async () => {
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('spendproof-look-'));
  await lookAt(join(FIXTURES, 'cometapi-quota/ok-two-weeks/input.json'));
  const after = (await readdir(tmpdir())).filter((name) => name.startsWith('spendproof-look-'));
  expect(after).toEqual(before);
});

it('claims nothing of an adapter that its readings cannot fill', () => {
  expect(ADAPTER_FACTS.map(({ id }) => id)).toEqual(ADAPTER_FACTS.map(({ id }) => id).toSorted());
});
