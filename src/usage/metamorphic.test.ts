import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { type Digest, parsePlainDate, periodOfDates } from '../core/index.ts';
import type { DimensionId, MeasureId, Plan } from '../plan/index.ts';
import { ADAPTERS } from './adapters/registry.ts';
import type { AggregateRow } from './aggregate.ts';
import { openUsageStore } from './store.ts';

const FIXTURES = 'test/fixtures/usage';
const NOW = '2026-12-31T09:00:00Z';
const conversion = {
  unit: 'quota',
  per: { currency: 'USD', amount: '500000' },
  verified: '2026-11-01',
};

const planFor = (adapter: string): Plan =>
  adapter === 'table'
    ? tablePlan()
    : planOf(`timezone: UTC
exports:
  - { id: app, adapter: ${adapter}, path: "exports/*", approved: { by: finops, date: 2026-11-16 } }`);

/** A file as a list of what it can be cut between, and how to write some of them as a file again. */
interface Parts {
  readonly items: readonly unknown[];
  readonly write: (items: readonly unknown[]) => string;
}

function partsOf(name: string, text: string): Parts {
  if (name.endsWith('.csv')) {
    const end = text.includes('\r\n') ? '\r\n' : '\n';
    const [header = '', ...items] = text.trimEnd().split(end);
    return { items, write: (lines) => `${[header, ...lines].join(end)}${end}` };
  }
  if (name.endsWith('.jsonl')) {
    return {
      items: text.trimEnd().split('\n'),
      write: (lines) => `${lines.join('\n')}\n`,
    };
  }
  return jsonParts(JSON.parse(text));
}

/** The rows of a JSON page: its first list with more than one object, or the members of `daily_quota`. */
function jsonParts(root: unknown): Parts {
  const path = listPath(root, []);
  if (path === undefined) throw new Error('no list of rows');
  const list = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root);
  const put = (value: unknown, keys: readonly string[], inner: unknown): unknown => {
    const [key, ...rest] = keys;
    if (key === undefined) return inner;
    if (Array.isArray(value)) {
      return value.map((one, index) => (String(index) === key ? put(one, rest, inner) : one));
    }
    const object = value as Record<string, unknown>;
    return { ...object, [key]: put(object[key], rest, inner) };
  };
  return Array.isArray(list)
    ? { items: list, write: (items) => JSON.stringify(put(root, path, items)) }
    : {
        items: Object.entries(list as object),
        write: (items) =>
          JSON.stringify(put(root, path, Object.fromEntries(items as [string, unknown][]))),
      };
}

function listPath(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (Array.isArray(value) && (value.length > 1 || path.length === 0)) return path;
  if (path.at(-1) === 'daily_quota') return path;
  if (typeof value !== 'object' || value === null) return undefined;
  const names = Object.keys(value).toSorted(
    (left, right) => ROWS.indexOf(right) - ROWS.indexOf(left),
  );
  for (const name of names) {
    const found = listPath((value as Record<string, unknown>)[name], [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const ROWS = ['keys', 'data', 'daily_quota'];

interface Files {
  readonly name: string;
  readonly files: readonly string[];
  readonly by?: readonly DimensionId[];
  /** All in one import. */
  readonly atOnce?: boolean;
}

/** Imports parts one after another, or at once, into a store of its own and asks for everything. */
async function answerOf(adapter: string, { name, files, by = [], atOnce = false }: Files) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'metamorphic-')));
  const store = await openUsageStore({ folder }, nodePorts(NOW));
  const plan = planFor(adapter);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  try {
    const current: Digest[] = [];
    const paths = files.map((_text, index) => join(folder, `${index}-${name}`));
    for (const [index, text] of files.entries()) await writeFile(paths[index] ?? '', text);
    for (const some of atOnce ? [paths] : paths.map((path) => [path])) {
      const result = await store.importExport({
        export: of,
        plan,
        files: some,
        current,
        ...(ADAPTERS[adapter as keyof typeof ADAPTERS].facts.needsConversion && { conversion }),
      });
      if (result.kind === 'imported') current.push(result.manifest);
    }
    const ask = async (by: readonly DimensionId[]) =>
      await store.aggregate({
        manifests: current,
        plan,
        period: periodOfDates(dateOf('2026-11-01'), dateOf('2026-12-01'), 'UTC'),
        measures: MEASURES,
        by,
        filter: {},
        include: [],
        asOf: NOW,
      });
    const { total, days } = await ask([]);
    return {
      total: total.measures,
      days,
      groupings: await Promise.all(by.map(async (one) => await ask([one]))),
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const MEASURES = [
  'requests',
  'inputTokens',
  'outputTokens',
  'chargedCost',
  'effectiveCost',
  'listCost',
  'upstreamCost',
  'notionalCost',
] as const satisfies readonly MeasureId[];
const BY = ['day', 'model', 'key', 'project'] as const satisfies readonly DimensionId[];
const dateOf = (text: string) => parsePlainDate(text) ?? ('' as never);

/** A day that replaces its predecessor must be whole, and a session tells its name once. */
function isCuttable(adapter: string, { items }: Parts, cut: number): boolean {
  if (cut === 0 || adapter === 'codex-sessions') return false;
  return adapter !== 'focus' || dayOf(items[cut]) !== dayOf(items[cut - 1]);
}

const dayOf = (line: unknown): string => /2026-\d{2}-\d{2}/.exec(String(line))?.[0] ?? '';

const cases = Object.keys(ADAPTERS).flatMap((adapter) =>
  readdirSync(join(FIXTURES, adapter))
    .filter((name) => name.startsWith('ok-') && name !== 'ok-nothing-used')
    .map((name) => [adapter, name] as const),
);

it.each(cases)(
  '%s %s counts once what is told twice, in any order and cut anywhere, and has one total however it is grouped',
  async (adapter, folder) => {
    const place = join(FIXTURES, adapter, folder);
    const name = readdirSync(place).find((one) => one.startsWith('input.')) ?? '';
    const parts = partsOf(name, await readFile(join(place, name), 'utf8'));
    const { items, write } = parts;
    const { groupings, ...whole } = await answerOf(adapter, {
      name,
      files: [write(items)],
      by: BY,
    });
    expect(whole.days.length).toBeGreaterThan(0);
    for (const { rows } of groupings)
      expect(sumOf(rows)).toEqual(sumOf([{ measures: whole.total }]));
    const cut = Math.floor(items.length / 2);
    const [head, tail] = [items.slice(0, cut), items.slice(cut)];
    const orders = [
      // Other bytes with the same rows, so that the digest of the file does not settle it.
      [items, adapter === 'codex-sessions' ? [...items, '{}'] : items.toReversed()],
      ...(isCuttable(adapter, parts, cut)
        ? [
            [tail, head],
            [head, items],
          ]
        : []),
    ];
    for (const order of orders) {
      const { total, days } = await answerOf(adapter, { name, files: order.map(write) });
      expect({ total, days }).toEqual(whole);
    }
    const files = (orders.at(-1) ?? []).map(write);
    const { total, days } = await answerOf(adapter, { name, files, atOnce: true });
    expect({ total, days }, 'at once').toEqual(whole);
  },
);

/** Values and known rows of every measure. */
const sumOf = (rows: readonly { readonly measures: AggregateRow['measures'] }[]) =>
  MEASURES.map((measure) => {
    const sums = rows.map(({ measures }) => measures[measure]);
    return [
      measure,
      sums.reduce((sum, one) => sum + (one?.value ?? 0n), 0n),
      sums.reduce((sum, one) => sum + (one?.knownRows ?? 0), 0),
    ];
  });

it('looks at every adapter', () => {
  expect(new Set(cases.map(([adapter]) => adapter)).size).toBe(Object.keys(ADAPTERS).length);
});
