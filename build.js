// Bundles the command line into dist/: own code and pure JavaScript dependencies in a few chunks, so that
// `--help` reads two files; the engine's native code stays a dependency that npm installs.
import { build } from 'esbuild';
import { readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleOptions } from './bundle.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });
const result = await build({
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  ...bundleOptions,
  splitting: true,
  legalComments: 'none',
  metafile: true,
  define: { SPENDPROOF_VERSION: JSON.stringify(version) },
});
chmodSync('dist/main.js', 0o755);
writeThirdParty(Object.keys(result.metafile.inputs));

/** Keeps the licence texts of everything that was bundled beside it, as those licences ask. */
function writeThirdParty(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) folders.add(match[1]);
  }
  const parts = [...folders]
    .toSorted((left, right) => left.localeCompare(right))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${licenceOf(folder)}`;
    });
  writeFileSync(join('dist', 'THIRD-PARTY.txt'), parts.join(`\n${'-'.repeat(78)}\n`));
}

function licenceOf(folder) {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE']) {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return `See ${dirname(folder)}.`;
}
