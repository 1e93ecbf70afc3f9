import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleWorker } from './bundle-worker.ts';
import { type Figure, timeFigure } from './figure.ts';
import { benchRows } from './rows.ts';

const ROUNDS = 5;
const GOAL = 1.8;
const DEDUP_GOAL = 2.2;
const MEMORY_GOAL_MB = 1200;

/**
 * Measures the import of 10,000,000 CSV rows through `table` against one bare COPY of the same columns, types, compression
 * and explicit schema, into an empty store and into one that holds as many rows, in turn, each in a process of its own; peak
 * memory is that process's. `BENCH_ROWS` makes it smaller.
 */
export async function figures(): Promise<readonly Figure[]> {
  const rows = benchRows(10_000_000);
  const folder = mkdtempSync(join(resolve('bench'), '.import-'));
  try {
    const worker = join(folder, 'worker.mjs');
    await bundleWorker(join('bench', 'import', 'worker.ts'), worker);
    const run = (what: string): { ms: number; peakMb: number } => {
      const piece = JSON.stringify({ what, folder, rows });
      const script = `import(${JSON.stringify(pathToFileURL(worker).href)}).then((worker) => worker.work(${piece}))`;
      const child = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      if (child.status !== 0) throw new Error(child.stderr);
      return JSON.parse(child.stdout) as { ms: number; peakMb: number };
    };
    run('generate');
    const ms: Record<'bare' | 'import' | 'dedup', number[]> = { bare: [], import: [], dedup: [] };
    let peakMb = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const what of ['bare', 'import', 'dedup'] as const) {
        const done = run(what);
        ms[what].push(done.ms);
        if (what !== 'bare') peakMb = Math.max(peakMb, done.peakMb);
      }
    }
    const said = rows.toLocaleString('en-US');
    return [
      timeFigure(`import: ${said} rows of CSV, ms, against a bare COPY`, ms.import, ms.bare, GOAL),
      timeFigure(`import: ${said} rows against ${said} stored, ms`, ms.dedup, ms.bare, DEDUP_GOAL),
      {
        name: 'import: peak memory, MB',
        value: peakMb.toFixed(0),
        reference: String(MEMORY_GOAL_MB),
        ratio: (peakMb / MEMORY_GOAL_MB).toFixed(2),
        goal: '< 1',
        ok: peakMb < MEMORY_GOAL_MB,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
