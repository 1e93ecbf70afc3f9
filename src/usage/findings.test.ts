import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importEach } from '../../test/fixtures/usage/import-each.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import {
  type Digest,
  formatDecimal,
  type Instant,
  type Measured,
  parseInstant,
  parsePlainDate,
  periodOfDates,
  wholeDecimal,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { look } from './look.ts';
import { openUsageStore } from './store.ts';

const NOW = '2026-11-23T09:00:00Z';
const ports = nodePorts(NOW);
const newFolder = async () => await realpath(await mkdtemp(join(tmpdir(), 'findings-')));
const text = (measured: Measured | undefined) =>
  measured?.value === null || measured === undefined ? null : formatDecimal(measured.value);
const instant = (written: string): Instant => parseInstant(written) ?? ('' as Instant);

/** Imports contents one after the other, each as a file of its own, into one store. */
const importAll = async (plan: Plan, contents: readonly string[], ending = 'csv') =>
  await importEach(
    plan,
    contents.map((content, index) => [`part-${index}.${ending}`, content] as const),
  );

const sumsOf = async (
  plan: Plan,
  { store, manifests }: Pick<Awaited<ReturnType<typeof importAll>>, 'store' | 'manifests'>,
) => {
  const [from, until] = [parsePlainDate('2026-11-01'), parsePlainDate('2026-12-01')];
  if (from === undefined || until === undefined) throw new Error('no date');
  const { total } = await store.aggregate({
    manifests,
    plan,
    period: periodOfDates(from, until, 'UTC'),
    measures: ['requests', 'tokens', 'chargedCost'],
    by: [],
    filter: {},
    include: [],
    asOf: NOW,
  });
  return total.measures;
};

const csv = (...rows: string[]) => `${HEADER}\n${rows.join('\n')}\n`;
const row = (id: string, day: number, usd = '0.5') =>
  `2026-11-${String(day).padStart(2, '0')}T10:00:00Z,${id},m,w,s,100,20,${usd}`;

describe('what an import did not count twice', () => {
  it('is the sum of rows that an overlapping export holds again', async () => {
    const plan = tablePlan();
    const all = await importAll(plan, [
      csv(row('a', 9), row('b', 10)),
      csv(row('b', 10), row('c', 11)),
    ]);
    expect(all.results[0]?.avoided).toBeNull();
    const avoided = all.results[1]?.avoided;
    expect([text(avoided?.requests), text(avoided?.tokens), text(avoided?.cost[0]?.sum)]).toEqual([
      '1',
      '120',
      '0.5',
    ]);
    expect(text((await sumsOf(plan, all)).chargedCost)).toBe('1.5');
    await all.store.close();
  });

  it('reconstructs rolling exports without ids as multisets: equal rows of one file are distinct events', async () => {
    const plan = tablePlan('key: none');
    const same = row('', 10);
    const all = await importAll(plan, [
      csv(row('', 9), same, same),
      csv(same, same, same, row('', 11)),
    ]);
    expect(all.results[1]).toMatchObject({ accepted: 2, duplicate: 2 });
    expect(text(all.results[1]?.avoided?.cost[0]?.sum)).toBe('1');
    expect(text((await sumsOf(plan, all)).requests)).toBe('5');
    await all.store.close();
  });

  it('is what a superseding export replaces, and a day that shrank is told', async () => {
    const plan = tablePlan('key: none\n      restatement: replace-partition');
    const all = await importAll(plan, [
      csv(row('a', 9), row('b', 9), row('c', 10)),
      csv(row('a', 9, '0.75')),
    ]);
    expect(all.results[1]).toMatchObject({
      superseded: 2,
      shrunk: [{ date: '2026-11-09', before: 2, after: 1 }],
    });
    expect(text(all.results[1]?.avoided?.cost[0]?.sum)).toBe('1');
    expect(text((await sumsOf(plan, all)).chargedCost)).toBe('1.25');
    await all.store.close();
  });
});

describe('files of one import', () => {
  const plan = tablePlan('key: none\n      restatement: replace-partition');
  const rows = (day: number, count: number, usd: string) =>
    Array.from({ length: count }, (_, id) => row(`d${day}-${id}`, day, usd));

  /** Imports contents all at once, as files whose names are in their order. */
  async function atOnce(of: Plan, contents: readonly string[]) {
    const folder = await newFolder();
    const store = await openUsageStore({ folder }, ports);
    const files = contents.map((_content, index) => join(folder, `${index}.csv`));
    for (const [index, content] of contents.entries()) await writeFile(files[index] ?? '', content);
    const [one] = of.exports;
    if (one === undefined) throw new Error('no export');
    const result = await store.importExport({ export: one, plan: of, files, current: [] });
    return { store, result, manifests: [result.manifest] };
  }

  it('that are states of one month count once, the later one, as if they came one after the other', async () => {
    const states = [
      csv(...rows(9, 3, '1'), ...rows(10, 2, '1')),
      csv(...rows(9, 3, '1'), ...rows(10, 4, '1.5'), ...rows(11, 1, '1')),
      csv(...rows(9, 3, '1'), ...rows(10, 3, '1.5'), ...rows(11, 2, '2')),
    ];
    const together = await atOnce(plan, states);
    const later = await importAll(plan, states);
    expect(text((await sumsOf(plan, together)).chargedCost)).toBe('11.5');
    expect(text((await sumsOf(plan, later)).chargedCost)).toBe('11.5');
    expect(together.result).toMatchObject({
      accepted: 8,
      superseded: 13,
      flagged: 0,
      shrunk: [{ date: '2026-11-10', before: 4, after: 3 }],
    });
    await together.store.close();
    await later.store.close();
  });

  it('that are parts of one table count together, and are named', async () => {
    const parts = [csv(...rows(9, 3, '1')), csv(...rows(9, 4, '2'), ...rows(10, 1, '2'))];
    const together = await atOnce(plan, parts);
    expect(text((await sumsOf(plan, together)).chargedCost)).toBe('13');
    expect(together.result).toMatchObject({
      accepted: 8,
      superseded: 0,
      flagged: 1,
      flaggedRows: [{ file: '0.csv', line: 1, reason: 'days-of-another-file-too' }],
    });
    await together.store.close();
  });

  it.each([
    ['in one order', [0, 1]],
    ['in the other', [1, 0]],
  ])('that overlap without ids are one multiset, %s', async (_what, order) => {
    const keyless = tablePlan('key: none');
    const same = row('', 9);
    const contents = [csv(same, same, row('', 10)), csv(same, same, same, row('', 11))];
    const { store, result, manifests } = await atOnce(
      keyless,
      order.map((index) => contents[index] ?? ''),
    );
    expect(result).toMatchObject({ accepted: 5, duplicate: 2 });
    expect(text((await sumsOf(keyless, { store, manifests })).requests)).toBe('5');
    await store.close();
  });
});

describe('pages', () => {
  const plan = planOf(
    `exports: [{ id: log, adapter: new-api-log, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }]`,
  );
  const page = (number: number, total: number) => {
    const items = [1, 2].map((id) => ({
      id: number * 10 + id,
      channel: 1,
      created_at: 1794218400 + id,
      type: 2,
      model_name: 'm',
      quota: 10,
      prompt_tokens: 5,
      completion_tokens: 1,
      other: '{}',
    }));
    return JSON.stringify({ data: { page: number, page_size: 2, total, items } });
  };

  it.each([
    ['the first of two', [page(1, 4)], true],
    ['the last of two', [page(2, 4)], false],
    ['both', [page(1, 4), page(2, 4)], false],
    ['one that is all', [page(1, 2)], false],
    ['two of three', [page(1, 6), page(2, 6)], true],
  ])('that say that there are others are told at import: %s', async (_what, contents, isTold) => {
    const folder = await newFolder();
    const store = await openUsageStore({ folder }, ports);
    const files = contents.map((_content, index) => join(folder, `${index}.json`));
    for (const [index, content] of contents.entries()) await writeFile(files[index] ?? '', content);
    const [of] = plan.exports;
    if (of === undefined) throw new Error('no export');
    const { cannotTell } = await store.importExport({ export: of, plan, files, current: [] });
    expect(cannotTell.some(({ code }) => code === 'more-pages')).toBe(isTold);
    await store.close();
  });
});

describe('a bucket that a later file tells otherwise', () => {
  const plan = planOf(
    `exports: [{ id: u, adapter: openai-usage, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }]`,
  );
  const result = (model: string | null, requests: number, endpoint = 'completions') => ({
    object: `organization.usage.${endpoint}.result`,
    input_tokens: requests * 10,
    output_tokens: requests,
    num_model_requests: requests,
    ...(model !== null && { model }),
  });
  const page = (...results: object[]) =>
    JSON.stringify({
      object: 'page',
      data: [{ start_time: 1794182400, end_time: 1794268800, results }],
      has_more: false,
    });
  const day = '2026-11-09';

  it.each([
    ['two groupings of one window', [result('a', 2), result('b', 2)], [{ before: 1, after: 0 }]],
    ['a row that grew, and one more', [result(null, 5), result('b', 1)], []],
    ['another endpoint', [result(null, 3, 'embeddings')], []],
    ['nothing new', [result(null, 4)], []],
  ])('is told where it does not tell all rows again: %s', async (_what, second, shrunk) => {
    const all = await importAll(plan, [page(result(null, 4)), `${page(...second)}\n`], 'json');
    expect(all.results[1]?.shrunk).toEqual(shrunk.map((one) => ({ date: day, ...one })));
    await all.store.close();
  });

  it('counts the rows of all earlier files that it does not tell', async () => {
    const pages = [page(result('a', 2), result('b', 2)), page(result('a', 3))];
    const all = await importAll(plan, pages, 'json');
    expect(all.results[1]?.shrunk).toEqual([{ date: day, before: 2, after: 1 }]);
    // Who knows whether it was corrected away or filtered out: it counts until somebody says.
    expect(text((await sumsOf(plan, all)).requests)).toBe('5');
    await all.store.close();
  });
});

describe('a restated row', () => {
  const plan = planOf(`exports:
  - { id: lf, adapter: langfuse-observations, path: "e/*.jsonl", approved: { by: finops, date: 2026-11-16 } }`);
  const version = (ts: string, input: number) =>
    `${JSON.stringify({ id: 'o1', type: 'GENERATION', start_time: '2026-11-09T10:00:00Z', event_ts: ts, usage_details: { input, output: 1, total: input + 1 } })}\n`;

  it.each([
    ['in order', [version('2026-11-09 10:00:01', 900), version('2026-11-09 10:00:09', 10)]],
    [
      'the older one last',
      [version('2026-11-09 10:00:09', 10), version('2026-11-09 10:00:01', 900)],
    ],
    ['in one file', [version('2026-11-09 10:00:09', 10) + version('2026-11-09 10:00:01', 900)]],
  ] as const)('counts by its latest version, imported %s', async (_, parts) => {
    const all = await importAll(plan, parts, 'jsonl');
    expect(text((await sumsOf(plan, all)).tokens)).toBe('11');
    await all.store.close();
  });
});

it('reads a growing session file again and counts each answer once', async () => {
  const plan = planOf(`exports:
  - { id: cc, adapter: claude-code-sessions, path: "e/*.jsonl", approved: { by: finops, date: 2026-11-16 } }`);
  const line = (id: string, output: number) =>
    `${JSON.stringify({ timestamp: '2026-11-09T10:00:00Z', requestId: `req-${id}`, message: { id, model: 'm', usage: { input_tokens: 100, output_tokens: output } } })}\n`;
  const first = line('m1', 1) + line('m1', 20);
  const grown = first + line('m1', 30) + line('m2', 5);
  const all = await importAll(plan, [first, grown, grown], 'jsonl');
  expect(all.results.map(({ kind }) => kind)).toEqual(['imported', 'imported', 'unchanged']);
  expect(text((await sumsOf(plan, all)).tokens)).toBe('235');
  await all.store.close();
});

it('keeps replayed charges and odd rows in the import', async () => {
  const plan = planOf(`exports:
  - { id: log, adapter: new-api-log, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }`);
  const { readFile } = await import('node:fs/promises');
  const content = await readFile('test/fixtures/usage/new-api-log/ok-replay/input.json', 'utf8');
  const all = await importAll(plan, [content], 'json');
  expect(all.results[0]).toMatchObject({
    replay: { reproduced: 4, differs: 1, notCheckable: 6 },
    flagged: 1,
    flaggedRows: [{ file: 'part-0.json', line: 2, reason: 'charge-not-reproduced' }],
  });
  await all.store.close();
});

it('flags a cost per token that is orders of magnitude off, by its line, and takes the row', async () => {
  const header =
    'generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug\n';
  const path = join(await newFolder(), 'x.csv');
  const at = '2026-11-09 10:00:00';
  await writeFile(
    path,
    `${header}g1,${at},0.01,1000,10,m\n"g\n2",${at},12.3,1000,10,m\nbroken\ng3,${at},99,1000,10,m\ng4,${at},0.00000001,100000,10,m\ng5,${at},9,10,1,m\n`,
  );
  const [result] = await look([path], {}, ports);
  expect(result).toMatchObject({
    rows: 5,
    flagged: 3,
    flaggedRows: [
      { line: 3, reason: 'cost-per-token-outside-band' },
      { line: 6, reason: 'cost-per-token-outside-band' },
      { line: 7, reason: 'cost-per-token-outside-band' },
    ],
  });
});

it('refuses usage and cost pages in one export: they are two kinds of row', async () => {
  const plan = planOf(`exports:
  - { id: openai, adapter: openai-usage, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }`);
  const page = (result: object) =>
    JSON.stringify({
      object: 'page',
      data: [{ start_time: 1794182400, end_time: 1794268800, results: [result] }],
      has_more: false,
    });
  const folder = await newFolder();
  const usage = join(folder, 'a.json');
  const costs = join(folder, 'b.json');
  await writeFile(
    usage,
    page({
      object: 'organization.usage.completions.result',
      input_tokens: 9,
      output_tokens: 1,
      num_model_requests: 1,
    }),
  );
  await writeFile(
    costs,
    page({ object: 'organization.costs.result', amount: { value: 0.06, currency: 'usd' } }),
  );
  const store = await openUsageStore({ folder }, ports);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  await expect(
    store.importExport({ export: of, plan, files: [usage, costs], current: [] }),
  ).rejects.toThrow('two exports');
  await store.close();
});

it('reads old and new headers of one source in one import, each with the costs that it tells', async () => {
  const plan = planOf(
    `exports: [{ id: seats, adapter: cursor-usage, path: "e/*.csv", approved: { by: finops, date: 2026-11-16 } }]`,
  );
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const folder = await newFolder();
  const store = await openUsageStore({ folder }, ports);
  const files = ['ok-old', 'ok-new', 'ok-later'].map((name) =>
    resolve('test/fixtures/usage/cursor-usage', name, 'input.csv'),
  );
  const alone = await Promise.all(
    files.map(
      async (file) => await store.importExport({ export: of, plan, files: [file], current: [] }),
    ),
  );
  const together = await store.importExport({ export: of, plan, files, current: [] });
  expect(together.accepted).toBe(alone.reduce((sum, { accepted }) => sum + accepted, 0));
  for (const basis of ['charged', 'notional', 'list'] as const) {
    const sumOf = ({ cost }: (typeof alone)[number]) =>
      cost.find((one) => one.basis === basis)?.sum.value ?? 0n;
    expect([basis, sumOf(together)]).toEqual([
      basis,
      alone.reduce((sum, one) => sum + sumOf(one), 0n),
    ]);
    expect(sumOf(together)).toBeGreaterThan(0n);
  }
  await store.close();
});

it('says of a cost that some rows do not know how many tokens stand behind it, in the import and what it avoided', async () => {
  const lines = [
    '2026-11-09T10:00:00Z,r1,m,w,s,90,10,1',
    '2026-11-09T10:00:00Z,r2,m,w,s,800,100,',
    '2026-11-09T10:00:00Z,r3,m,w,s,,,2',
  ];
  const { store, results } = await importAll(tablePlan(), [
    csv(...lines),
    csv(...lines, '2026-11-10T10:00:00Z,r4,m,w,s,1,1,4'),
  ]);
  const cost = { basis: 'charged', currency: 'USD' };
  const tokens = { known: wholeDecimal(100), total: wholeDecimal(1000) };
  expect(results[0]?.cost).toMatchObject([
    { ...cost, sum: { knownRows: 2, totalRows: 3, tokens } },
  ]);
  expect(results[1]?.avoided?.cost).toMatchObject([{ ...cost, sum: { tokens } }]);
  // Where every row knows it, it rests on all of them, and nothing is said.
  expect(results[1]?.cost[0]?.sum).not.toHaveProperty('tokens');
  await store.close();
});

it('pairs usage and cost pages: tokens from one, money from the other, and nothing counted twice', async () => {
  const plan = planOf(`exports:
  - { id: usage, adapter: openai-usage, path: "u/*.json", approved: { by: finops, date: 2026-11-16 } }
  - { id: costs, adapter: openai-usage, path: "c/*.json", approved: { by: finops, date: 2026-11-16 } }
reconcile: [{ id: openai, of: [costs, usage] }]`);
  const folder = await newFolder();
  const store = await openUsageStore({ folder }, ports);
  const page = (result: object) =>
    JSON.stringify({
      object: 'page',
      data: [{ start_time: 1794182400, end_time: 1794268800, results: [result] }],
      has_more: false,
    });
  const parts = [
    {
      object: 'organization.usage.completions.result',
      input_tokens: 9,
      output_tokens: 1,
      num_model_requests: 3,
    },
    { object: 'organization.costs.result', amount: { value: 0.06, currency: 'usd' } },
  ];
  const manifests: Digest[] = [];
  for (const [index, of] of plan.exports.entries()) {
    const path = join(folder, `${of.id}.json`);
    await writeFile(path, page(parts[index] ?? {}));
    const { manifest } = await store.importExport({
      export: of,
      plan,
      files: [path],
      current: manifests,
    });
    manifests.push(manifest);
  }
  const measures = await sumsOf(plan, { store, manifests });
  expect([text(measures.requests), text(measures.tokens), text(measures.chargedCost)]).toEqual([
    '3',
    '10',
    '0.06',
  ]);
  expect(measures.chargedCost).toMatchObject({ knownRows: 1, totalRows: 1 });
  await store.close();
});

describe('references', () => {
  const line = (id: string, at: string) => `${at},${id},m,w,s,1,1,0.5`;

  it('lists references of a span, the newest first, without rows that have none', async () => {
    const plan = tablePlan('key: none');
    const all = await importAll(plan, [
      csv(
        line('before', '2026-11-09T09:59:59Z'),
        line('one', '2026-11-09T10:00:00Z'),
        line('', '2026-11-09T10:00:30Z'),
        line('two', '2026-11-09T10:01:00Z'),
        line('end', '2026-11-09T11:00:00Z'),
      ),
    ]);
    const found = await all.store.references({
      manifests: all.manifests,
      export: 'app',
      start: instant('2026-11-09T10:00:00Z'),
      end: instant('2026-11-09T11:00:00Z'),
    });
    expect(found).toEqual([
      { ref: 'two', model: 'm' },
      { ref: 'one', model: 'm' },
    ]);
    const other = { start: instant('2026-11-09T10:00:00Z'), end: instant('2026-11-09T11:00:00Z') };
    expect(
      await all.store.references({ manifests: all.manifests, export: 'other', ...other }),
    ).toEqual([]);
    await all.store.close();
  });

  it('finds none in an export that names no request', async () => {
    const plan = planOf(`exports:
  - { id: quota, adapter: cometapi-quota, path: "e/*.json", approved: { by: finops, date: 2026-11-16 } }`);
    const { readFile } = await import('node:fs/promises');
    const content = await readFile(
      'test/fixtures/usage/cometapi-quota/ok-two-weeks/input.json',
      'utf8',
    );
    const all = await importAll(plan, [content], 'json');
    const found = await all.store.references({
      manifests: all.manifests,
      export: 'quota',
      start: instant('2026-11-01T00:00:00Z'),
      end: instant('2026-12-01T00:00:00Z'),
    });
    expect(found).toEqual([]);
    expect(await all.store.explain({ manifests: all.manifests, ref: 'x' })).toEqual([]);
    await all.store.close();
  });
});
