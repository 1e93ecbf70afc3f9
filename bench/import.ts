import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type Figure, median } from './figure.ts';

const ROUNDS = 5;
const GOAL = 2.5;
const MEMORY_GOAL_MB = 700;

/**
 * Measures the import of 1,000,000 CSV rows through `table` against one bare COPY of the same columns, types, compression
 * and explicit schema, in turn, each in a process of its own; peak memory is that process's.
 */
export async function figures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(resolve('bench'), '.import-'));
  try {
    const worker = join(folder, 'worker.mjs');
    await build({
      entryPoints: [join('bench', 'import', 'worker.ts')],
      outfile: worker,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'error',
    });
    const run = (what: string): { ms: number; peakMb: number } => {
      const script = `import(${JSON.stringify(pathToFileURL(worker).href)}).then((worker) => worker.work(${JSON.stringify(what)}, ${JSON.stringify(folder)}))`;
      const child = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      if (child.status !== 0) throw new Error(child.stderr);
      return JSON.parse(child.stdout) as { ms: number; peakMb: number };
    };
    run('generate');
    const bare: number[] = [];
    const ours: number[] = [];
    const peaks: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(run('bare').ms);
      const import_ = run('import');
      ours.push(import_.ms);
      peaks.push(import_.peakMb);
    }
    const ratio = median(ours) / median(bare);
    const peak = Math.max(...peaks);
    return [
      {
        name: 'import: 1,000,000 rows of CSV, ms, against a bare COPY',
        value: median(ours).toFixed(0),
        reference: median(bare).toFixed(0),
        ratio: ratio.toFixed(2),
        goal: `<= ${GOAL}`,
        ok: ratio <= GOAL,
      },
      {
        name: 'import: peak memory, MB',
        value: peak.toFixed(0),
        reference: String(MEMORY_GOAL_MB),
        ratio: (peak / MEMORY_GOAL_MB).toFixed(2),
        goal: '< 1',
        ok: peak < MEMORY_GOAL_MB,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
