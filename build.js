// Bundles the command line into dist/: own code and pure JavaScript dependencies in a few chunks, so that
// `--help` reads two files; the native engine stays a dependency that npm installs.
import { build } from 'esbuild';
import { readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });
const result = await build({
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['@duckdb/node-api'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  // Half of zod are its messages in other languages, and every command would read them.
  plugins: [
    {
      name: 'one-language',
      setup: (bundle) =>
        bundle.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
          contents: 'export {};',
        })),
    },
  ],
  define: { SPENDPROOF_VERSION: JSON.stringify(version) },
  // Some dependencies are CommonJS and require node's own modules.
  banner: {
    js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
  },
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
