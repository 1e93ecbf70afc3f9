// `npm run bench -- NAME… [--json]`: prints one line a figure: name, value, reference, ratio, goal, ok.
// A reference is measured in the same run, in turn with the value, because these machines are shared and noisy.
import { build } from 'esbuild';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const HELPERS = ['bundle-worker.ts', 'figure.ts', 'rows.ts', 'stored-table.ts'];
const known = readdirSync('bench')
  .filter((name) => name.endsWith('.ts') && !HELPERS.includes(name))
  .map((name) => name.slice(0, -3));
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: no bench named ${unknown.join(', ')}; there are: ${known.join(', ')}\n`,
  );
  process.exit(2);
}
// Beside the sources, so that the bundle finds node_modules.
const folder = mkdtempSync(join(resolve('bench'), '.build-'));
try {
  for (const name of asked.length > 0 ? asked : known) await runOne(name);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runOne(name) {
  const outfile = join(folder, `${name}.js`);
  await build({
    entryPoints: [join('bench', `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  const { figures } = await import(pathToFileURL(outfile).href);
  for (const figure of await figures()) process.stdout.write(lineOf(figure));
}

function lineOf(figure) {
  if (process.argv.includes('--json')) return `${JSON.stringify(figure)}\n`;
  const { name, value, reference, ratio, goal, ok } = figure;
  return `${[name, value, reference, ratio, goal, ok ? 'ok' : 'MISSED'].join('\t')}\n`;
}
