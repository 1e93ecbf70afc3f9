import { join } from 'node:path';
import {
  type LoadedManifest,
  type Manifest,
  manifestBytes,
  manifestPath,
  storePaths,
} from './manifest.ts';
import type { StoreContext } from './store-context.ts';
import { writeByDigest, writing } from './store-files.ts';

/** Writes a manifest by its digest, after the files that it names are on the disk. */
export async function writeManifest(
  { folder, ports }: StoreContext,
  work: string,
  manifest: Manifest,
): Promise<LoadedManifest> {
  const { bytes, digest } = manifestBytes(manifest);
  const paths = storePaths(folder);
  await writing(async () => {
    await ports.files.syncFolder(paths.files);
    await ports.files.syncFolder(paths.inputs);
  });
  await writeByDigest(
    ports.files,
    manifestPath(folder, digest),
    bytes,
    join(work, 'manifest.json'),
  );
  await ports.files.syncFolder(paths.manifests);
  return { digest, manifest };
}
