import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parsePlainDate, periodOfDates, type PlainDate } from '../src/core/index.ts';
import { openUsageStore } from '../src/usage/index.ts';
import { nodePorts } from '../test/fixtures/usage/node-ports.ts';
import { type Figure, median } from './figure.ts';
import { benchRows } from './rows.ts';
import { storedTable } from './stored-table.ts';

const ROUNDS = 7;
const FILES = 1000;
const GOAL = 2;

/**
 * Measures sums by day, model and owner over 1,000 import files against the same rows in one, in turn, and after compaction.
 * The digests of the files are checked once, before the first round.
 */
export async function figures(): Promise<readonly Figure[]> {
  const rows = benchRows(2_000_000);
  const folder = mkdtempSync(join(resolve('bench'), '.files-'));
  try {
    const one = await opened(join(folder, 'one'), rows, 1);
    const many = await opened(join(folder, 'many'), rows, FILES);
    const few = await opened(join(folder, 'many'), rows, FILES, many);
    const stores = { one, many, few };
    const times = { one: [] as number[], many: [] as number[], few: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const name of ['one', 'many', 'few'] as const) {
        const start = performance.now();
        await stores[name].ask();
        // The first round checks the digests.
        if (round > 0) times[name].push(performance.now() - start);
      }
    }
    for (const { close } of [one, many, few]) await close();
    const said = rows.toLocaleString('en-US');
    const figure = (name: string, ours: readonly number[]): Figure => ({
      name: `files: ${said} rows in ${name}, ms, against one file`,
      value: median(ours).toFixed(0),
      reference: median(times.one).toFixed(0),
      ratio: (median(ours) / median(times.one)).toFixed(2),
      goal: `<= ${GOAL}`,
      ok: median(ours) / median(times.one) <= GOAL,
    });
    return [
      figure(`${FILES.toLocaleString('en-US')} import files`, times.many),
      figure('the same after usage compact', times.few),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A store with its table: filled anew, or another's after compaction. */
async function opened(
  folder: string,
  rows: number,
  files: number,
  full?: { readonly table: Awaited<ReturnType<typeof storedTable>> },
) {
  mkdirSync(folder, { recursive: true });
  const base = full?.table ?? (await storedTable(folder, { rows, files }));
  const store = await openUsageStore({ folder }, nodePorts('2027-11-23T09:00:00Z'));
  const done =
    full === undefined
      ? undefined
      : await store.compact({ export: 'app', manifests: base.manifests });
  const manifests = done === undefined ? base.manifests : [...base.manifests, done.loaded.digest];
  const [from, until] = ['2026-10-01', '2026-11-01'].map((text) => parsePlainDate(text));
  return {
    table: base,
    close: store.close,
    ask: async () => {
      await store.aggregate({
        manifests,
        plan: base.plan,
        period: periodOfDates(from as PlainDate, until as PlainDate, base.plan.timezone),
        measures: ['requests', 'tokens', 'chargedCost'],
        by: ['day', 'model', 'owner'],
        filter: {},
        include: [],
        asOf: '2027-11-23T09:00:00Z',
      });
    },
  };
}
