import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIRST, inStore, NOW } from '../../test/fixtures/usage/in-store.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { HEADER, mappedPlan, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import {
  addDays,
  digestHex,
  formatDecimal,
  type Instant,
  type Measured,
  parseInstant,
  periodOfDates,
  sha256,
} from '../core/index.ts';
import { openUsageStore } from './store.ts';

const text = (measured: Measured | undefined) =>
  measured?.value === null || measured?.value === undefined ? '?' : formatDecimal(measured.value);
const instant = (at: string): Instant => parseInstant(at) ?? ('' as Instant);
const UNKNOWN = { value: null, knownRows: 0, totalRows: 0 };

describe('seats', () => {
  const LINES = [
    HEADER,
    '2026-11-09T10:00:00Z,r1,m-a,,ada,1,1,1',
    '2026-11-09T11:00:00Z,r2,m-b,,ada,1,1,1',
    '2026-11-09T12:00:00Z,r3,m-b,,bob,1,1,1',
    '2026-11-10T10:00:00Z,r4,m-b,,,1,1,1',
  ];

  it('are persons, counted once at each level, and unknown where no row names one', async () => {
    await inStore(tablePlan(), LINES, async ({ ask }) => {
      const answer = await ask({ measures: ['seats'], by: ['model'] });
      expect(answer.total.measures.seats).toMatchObject({ knownRows: 3, totalRows: 4 });
      expect(text(answer.total.measures.seats)).toBe('2');
      expect(answer.rows.map(({ group, measures }) => [group.model, text(measures.seats)])).toEqual(
        [
          ['m-a', '1'],
          ['m-b', '2'],
        ],
      );
      expect(answer.days.map(({ date, measures }) => [date, text(measures.seats)])).toEqual([
        ['2026-11-09', '2'],
        ['2026-11-10', '?'],
      ]);
    });
  });

  it('of days without a row are unknown, and none can be told by an export without persons', async () => {
    await inStore(tablePlan(), LINES, async ({ ask }) => {
      const later = periodOfDates(addDays(FIRST, 3), addDays(FIRST, 5), 'UTC');
      const none = await ask({ measures: ['seats'], by: ['model'], period: later });
      expect([none.rows, none.total.measures.seats]).toEqual([[], UNKNOWN]);
      expect((await ask({ measures: ['seats'], filter: { model: ['m-z'] } })).rows).toEqual([]);
    });
    const nameless = LINES.map((line) => line.replace(/,(ada|bob),/, ',,'));
    await inStore(tablePlan(), nameless, async ({ ask }) => {
      const { total } = await ask({ measures: ['seats'] });
      expect(total.measures.seats).toMatchObject({ value: null, knownRows: 0 });
    });
  });
});

describe('a filter', () => {
  const plan = (rules: string) =>
    mappedPlan(
      'ts,model,usd',
      `key: none
       columns: { startAt: ts, modelRequested: model }
       cost: { field: usd, unit: USD, basis: charged }`,
      { plan: `owners: [{ id: finops }, { id: web }]\nworkloads: [search, bot]\n${rules}` },
    );
  const LINES = ['ts,model,usd', '2026-11-09T10:00:00Z,m-a,1', '2026-11-09T10:00:00Z,m-b,2'];
  const cost = async (rules: string, filter: Record<string, readonly string[]>) =>
    await inStore(plan(rules), LINES, async ({ ask }) =>
      text((await ask({ filter })).total.measures.chargedCost),
    );
  const RULES = `allocation:
  rules: [{ when: { model: [m-a] }, workload: search, owner: web }]`;

  it('by workload or owner needs the export or a rule that tells it', async () => {
    expect(await cost(RULES, { workload: ['search'] })).toBe('1');
    expect(await cost(RULES, { workload: ['bot'] })).toBe('0');
    expect(await cost(RULES, { owner: ['web'] })).toBe('1');
    expect(await cost('', { workload: ['search'] })).toBe('?');
    // Without any rule of an owner, everything is the plan's.
    expect(await cost('', { owner: ['finops'] })).toBe('3');
  });

  it('is told by no rule whose key, project, provider or environment the export does not have', async () => {
    const by = (when: string) => `allocation:
  rules: [{ when: ${when}, workload: search, owner: web }]`;
    for (const when of ['{ key: [k-1] }', '{ project: [p-1] }', '{ environment: [staging] }']) {
      expect([when, await cost(by(when), { workload: ['search'] })]).toEqual([when, '?']);
      expect([when, await cost(by(when), { owner: ['finops'] })]).toEqual([when, '?']);
    }
    expect(await cost(by('{ provider: [cometapi] }'), { workload: ['search'] })).toBe('3');
  });

  it('by another provider or environment leaves nothing that could be measured', async () => {
    expect(await cost('', { provider: ['cometapi'] })).toBe('3');
    expect(await cost('', { provider: ['other'] })).toBe('?');
    expect(await cost('', { environment: ['staging'] })).toBe('?');
  });
});

it('asks as of an instant, and of nothing else', async () => {
  await inStore(tablePlan(), [HEADER, '2026-11-09T10:00:00Z,r1,m,,,1,1,1'], async ({ ask }) => {
    await expect(ask({ asOf: 'yesterday' })).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('an empty bucket', () => {
  const plan = (zone: string) =>
    planOf(`exports:
  - { id: app, adapter: openai-usage, path: "e/*.json", ${zone}approved: { by: finops, date: 2026-11-16 } }`);
  const bucket = (start: string, end: string, tokens?: number) => ({
    object: 'bucket',
    start_time: Date.parse(start) / 1000,
    end_time: Date.parse(end) / 1000,
    results:
      tokens === undefined
        ? []
        : [
            {
              object: 'organization.usage.completions.result',
              input_tokens: tokens,
              output_tokens: 0,
              num_model_requests: 1,
              input_cached_tokens: 0,
              project_id: null,
              user_id: null,
              api_key_id: null,
              model: 'm',
            },
          ],
  });
  const page = (data: readonly unknown[]) =>
    JSON.stringify({ object: 'page', data, has_more: false, next_page: null });
  const DAYS = page([
    bucket('2026-11-09T00:00:00Z', '2026-11-10T00:00:00Z', 5),
    bucket('2026-11-10T00:00:00Z', '2026-11-11T00:00:00Z'),
    bucket('2026-11-11T00:00:00Z', '2026-11-12T00:00:00Z'),
  ]);

  it.each(['', 'zone: unknown, '])('of a day is a zero of its own date (%s)', async (zone) => {
    await inStore(plan(zone), [DAYS], async ({ ask }) => {
      const answer = await ask({ measures: ['tokens'] });
      expect(answer.days.map(({ date, measures }) => [date, text(measures.tokens)])).toEqual([
        ['2026-11-09', '5'],
        ['2026-11-10', '0'],
        ['2026-11-11', '0'],
      ]);
      expect(answer.flags).toEqual(zone === '' ? [] : ['zone-unknown']);
      const earlier = await ask({ measures: ['tokens'], asOf: '2026-11-11T00:00:00Z' });
      expect(earlier.days.map(({ date }) => date)).toEqual(['2026-11-09', '2026-11-10']);
      expect(earlier.coverage).toMatchObject({ expected: 2, present: 2 });
    });
  });

  it('of an hour is on the date that the zone of the question shows', async () => {
    const hours = page([
      bucket('2026-11-09T22:00:00Z', '2026-11-09T23:00:00Z', 5),
      bucket('2026-11-09T23:00:00Z', '2026-11-10T00:00:00Z'),
    ]);
    await inStore(plan(''), [hours], async ({ ask }) => {
      const datesIn = async (zone: string) => {
        const period = periodOfDates(FIRST, addDays(FIRST, 7), zone);
        const { days } = await ask({ measures: ['tokens'], period });
        return days.map(({ date, measures }) => [date, text(measures.tokens)]);
      };
      expect(await datesIn('UTC')).toEqual([['2026-11-09', '5']]);
      expect(await datesIn('Europe/Berlin')).toEqual([
        ['2026-11-09', '5'],
        ['2026-11-10', '0'],
      ]);
    });
  });

  it('whose time nobody can read is no day', async () => {
    const good = bucket('2026-11-10T00:00:00Z', '2026-11-11T00:00:00Z');
    const odd = [
      { ...good, end_time: 'soon' },
      { ...good, start_time: null },
    ];
    const first = bucket('2026-11-09T00:00:00Z', '2026-11-10T00:00:00Z', 5);
    await inStore(plan(''), [page([first, ...odd])], async ({ ask }) => {
      const { days } = await ask({ measures: ['tokens'] });
      expect(days.map(({ date }) => date)).toEqual(['2026-11-09']);
    });
  });
});

describe('rows that are looked for', () => {
  const plan = mappedPlan(
    'day,id,usd',
    `key: [id]
     columns: { startAt: { field: day, unit: date }, traceRef: id }
     cost: { field: usd, unit: USD, basis: charged }`,
  );

  it('are found by the date of their bucket, by their trace, and by neither', async () => {
    const lines = ['day,id,usd', '2026-11-09,t1,1', '2026-11-10,t2,1', '2026-11-10,t3,1'];
    await inStore(plan, lines, async ({ store, manifests }) => {
      const count = async (more: { date?: string; ref?: string }) =>
        (await store.explain({ manifests, ...more })).map(({ rows }) => rows);
      expect(await count({ date: '2026-11-10' })).toEqual([2]);
      expect(await count({ date: '2026-11-12' })).toEqual([]);
      expect(await count({ ref: 't2' })).toEqual([1]);
      expect(await count({ ref: 't2', date: '2026-11-09' })).toEqual([]);
      expect(await count({})).toEqual([3]);
      const [row] = await store.rowsOf({ manifests, ref: 't3' });
      expect(row).toMatchObject({
        date: '2026-11-10',
        start: null,
        model: null,
        cost: /^1(\.0*)?$/,
      });
    });
  });

  it('are twenty at most of one reference', async () => {
    const many = Array.from({ length: 25 }, (_, at) => `2026-11-09T10:00:${10 + at}Z,r1,m,,,1,1,1`);
    await inStore(tablePlan('key: none'), [HEADER, ...many], async ({ store, manifests }) => {
      expect(await store.rowsOf({ manifests, ref: 'r1' })).toHaveLength(20);
    });
  });

  it('have no model where the export tells none', async () => {
    const bare = mappedPlan('ts,id', 'key: [id]\ncolumns: { startAt: ts, requestRef: id }');
    await inStore(bare, ['ts,id', '2026-11-09T10:00:00Z,r1'], async ({ store, manifests }) => {
      const span = { start: '2026-11-09T00:00:00Z', end: '2026-11-10T00:00:00Z' } as const;
      const request = {
        manifests,
        export: 'app',
        start: instant(span.start),
        end: instant(span.end),
      };
      expect(await store.references(request)).toEqual([{ ref: 'r1', model: null }]);
    });
  });
});

it('reads no manifest of another form than its own, however well its digest fits', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'aggregate-')));
  const store = await openUsageStore({ folder }, nodePorts(NOW));
  const path = join(folder, 'rows.csv');
  await writeFile(path, `${HEADER}\n2026-11-09T10:00:00Z,r1,m,,,1,1,1\n`);
  const plan = tablePlan();
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const { manifest } = await store.importExport({ export: of, plan, files: [path], current: [] });
  const fileOf = (digest: typeof manifest) =>
    join(folder, 'usage/manifests', `${digestHex(digest)}.json`);
  const written: Record<string, unknown> = JSON.parse(await readFile(fileOf(manifest), 'utf8'));
  const listed = async (change: Record<string, unknown>) => {
    const text = JSON.stringify({ ...written, ...change });
    const digest = sha256(text);
    await writeFile(fileOf(digest), text);
    return await store.list([digest], plan);
  };
  expect(await listed({ start: { date: '2026-11-09' } })).toHaveLength(1);
  for (const change of [{ start: { at: 'today' } }, { start: { date: '1/2/26' } }, { files: 1 }]) {
    await expect(listed(change)).rejects.toThrow('of a form this version does not know');
  }
  await store.close();
});
