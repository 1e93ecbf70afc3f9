import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

/** Bundles what a bench runs in a process of its own, as the release is bundled: it starts as fast. */
export async function bundleWorker(source: string, outfile: string): Promise<void> {
  const shared = (await import(pathToFileURL(resolve('bundle.js')).href)) as {
    readonly bundleOptions: BuildOptions;
  };
  await build({ ...shared.bundleOptions, entryPoints: [source], outfile, logLevel: 'error' });
}
