// `npm run torture [-- STEP]`: every system call that writes, with every fault, during appends and imports.
// The whole takes about an hour on two cores; STEP n tries every n-th combination. Needs strace and a built dist/.
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const step = Number(process.argv[2] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'spendproof-torture-program-'));
try {
  for (const name of ['append-records', 'whole']) {
    await build({
      entryPoints: [`test/torture/${name}.ts`],
      outfile: join(folder, `${name}.mjs`),
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['@duckdb/node-api'],
      logLevel: 'error',
    });
  }
  const { torture } = await import(pathToFileURL(join(folder, 'whole.mjs')).href);
  const report = (line) => process.stdout.write(`${line}\n`);
  process.exitCode = await torture(join(folder, 'append-records.mjs'), step, report);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
