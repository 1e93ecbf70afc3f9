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
/** As many small files as an import leaves (`src/review/compact.ts`). */
const FILES_MAX = 64;
const GOAL = 2;

/**
 * Measures sums by day, model and owner over 1,000 import files against the same rows in one, in turn: as imports leave them,
 * and, to show what that spares, as they would stand without a compaction. The digests of the files are checked once, before
 * the first round.
 */
export async function figures(): Promise<readonly Figure[]> {
  const rows = benchRows(2_000_000);
  const folder = mkdtempSync(join(resolve('bench'), '.files-'));
  try {
    const stores = {
      one: await opened(join(folder, 'one'), { rows, files: 1 }),
      left: await opened(join(folder, 'left'), { rows, files: FILES, filesMax: FILES_MAX }),
      many: await opened(join(folder, 'many'), { rows, files: FILES }),
    };
    const times = { one: [] as number[], left: [] as number[], many: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const name of ['one', 'left', 'many'] as const) {
        const start = performance.now();
        await stores[name].ask();
        // The first round checks the digests.
        if (round > 0) times[name].push(performance.now() - start);
      }
    }
    for (const { close } of Object.values(stores)) await close();
    const said = `${rows.toLocaleString('en-US')} rows from ${FILES.toLocaleString('en-US')} import files`;
    const figure = (name: string, ours: readonly number[]) => ({
      name: `files: ${said}${name}, ms, against one file`,
      value: median(ours).toFixed(0),
      reference: median(times.one).toFixed(0),
      ratio: (median(ours) / median(times.one)).toFixed(2),
    });
    const ratio = median(times.left) / median(times.one);
    return [
      { ...figure('', times.left), goal: `<= ${GOAL}`, ok: ratio <= GOAL },
      { ...figure(' without compaction', times.many), goal: 'none', ok: true },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function opened(folder: string, size: Parameters<typeof storedTable>[1]) {
  mkdirSync(folder, { recursive: true });
  const { plan, manifests } = await storedTable(folder, size);
  const store = await openUsageStore({ folder }, nodePorts('2027-11-23T09:00:00Z'));
  const [from, until] = ['2026-10-01', '2026-11-01'].map((text) => parsePlainDate(text));
  return {
    close: store.close,
    ask: async () => {
      await store.aggregate({
        manifests,
        plan,
        period: periodOfDates(from as PlainDate, until as PlainDate, plan.timezone),
        measures: ['requests', 'tokens', 'chargedCost'],
        by: ['day', 'model', 'owner'],
        filter: {},
        include: [],
        asOf: '2027-11-23T09:00:00Z',
      });
    },
  };
}
