import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parsePlainDate, periodOfDates, type PlainDate } from '../src/core/index.ts';
import { openUsageStore, type UsageStore } from '../src/usage/index.ts';
import { nodePorts } from '../test/fixtures/usage/node-ports.ts';
import { type Figure, median } from './figure.ts';
import { benchRows } from './rows.ts';
import { storedTable } from './stored-table.ts';

const ROUNDS = 7;
const GOAL = 1.5;

/**
 * Measures sums by day in the plan's zone, model and owner over 10,000,000 stored rows, against bare DuckDB by UTC day, model
 * and workload over one Parquet file of the same rows, in turn. The files' digests are checked once, before the first round.
 */
export async function figures(): Promise<readonly Figure[]> {
  const rows = benchRows(10_000_000);
  const folder = mkdtempSync(join(resolve('bench'), '.aggregate-'));
  const store = await openUsageStore({ folder }, nodePorts('2027-11-23T09:00:00Z'));
  try {
    const table = await storedTable(folder, { rows, files: 1 });
    const bare = await bareQuery(join(folder, 'bare.parquet'));
    const [first] = await timed(async () => await ask(store, table));
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      times[0].push((await timed(bare))[0]);
      times[1].push((await timed(async () => await ask(store, table)))[0]);
    }
    const ratio = median(times[1]) / median(times[0]);
    const said = rows.toLocaleString('en-US');
    return [
      {
        name: `aggregate: ${said} rows by day, model and owner, ms, against bare DuckDB`,
        value: median(times[1]).toFixed(0),
        reference: median(times[0]).toFixed(0),
        ratio: ratio.toFixed(2),
        goal: `<= ${GOAL}`,
        ok: ratio <= GOAL,
      },
      {
        name: 'aggregate: the first question, with the digests of the files checked, ms',
        value: first.toFixed(0),
        reference: median(times[0]).toFixed(0),
        ratio: (first / median(times[0])).toFixed(2),
        goal: 'none',
        ok: true,
      },
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(
  store: UsageStore,
  { plan, manifests }: Awaited<ReturnType<typeof storedTable>>,
): Promise<void> {
  const [from, until] = ['2026-10-01', '2027-06-01'].map((text) => parsePlainDate(text));
  const answer = await store.aggregate({
    manifests,
    plan,
    period: periodOfDates(from as PlainDate, until as PlainDate, plan.timezone),
    measures: ['requests', 'tokens', 'chargedCost'],
    by: ['day', 'model', 'owner'],
    filter: {},
    include: [],
    asOf: '2027-11-23T09:00:00Z',
  });
  if (answer.rows.length === 0) throw new Error('Expected an answer');
}

async function bareQuery(path: string): Promise<() => Promise<void>> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  return async () => {
    const reader = await connection.runAndReadAll(
      `SELECT CAST(start_at AS DATE) AS day, model, workload, count(*) AS requests, sum(in_unsplit + out_unsplit) AS tokens,
         sum(cost_charged) AS cost FROM read_parquet('${path}') GROUP BY ALL`,
    );
    reader.getRowObjectsJson();
  };
}

async function timed(step: () => Promise<void>): Promise<readonly [ms: number]> {
  const start = performance.now();
  await step();
  return [performance.now() - start];
}
