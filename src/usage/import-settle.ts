import { join } from 'node:path';
import type { Digest } from '../core/index.ts';
import type { ColumnId } from './columns.ts';
import type { Merged } from './engines/duckdb/merged.ts';
import { describeParquet } from './engines/duckdb/stage.ts';
import type { Work } from './import-work.ts';
import { type LoadedManifest, type Manifest, parquetPath, tableFiles } from './manifest.ts';
import { settleApart } from './settle-apart.ts';
import { compressInput, settleInput } from './store-files.ts';
import { writeManifest } from './write-manifest.ts';

/** Gives every new file the name of its digest. Until a manifest names them they belong to no table. */
export async function settleFiles(
  { context, connection, current }: Work,
  merged: Merged,
  filled: readonly ColumnId[],
): Promise<Pick<Manifest, 'added' | 'removed'>> {
  const added: Manifest['added'][number][] = [];
  const files = tableFiles(current.map(({ manifest }) => manifest));
  const taken = new Set(files.map(({ digest }) => digest));
  const add = async (path: string, known: readonly ColumnId[]) => {
    const { rows, columns } = await describeParquet(connection, path);
    if (rows === 0) return;
    const digest = await settleApart(connection, { folder: context.folder, path, taken });
    added.push({
      digest,
      rows,
      columns,
      filled: columns.filter((column) => known.includes(column)),
    });
  };
  for (const path of merged.fresh) await add(path, filled);
  const removed: Digest[] = [];
  // Files of which nothing is left stand last, so that what is left stands at the place of its own file.
  const replaced = merged.replaced.toSorted(
    (one, other) => Number(one.path === undefined) - Number(other.path === undefined),
  );
  for (const { old, path } of replaced) {
    const file = files.find(({ digest }) => parquetPath(context.folder, digest) === old);
    if (file === undefined) throw new TypeError('A replaced file belongs to the table');
    removed.push(file.digest);
    if (path !== undefined) await add(path, file.filled);
  }
  return { added, removed };
}

/** A compressed input that has no name yet. */
export interface KeptInput {
  readonly temp: string;
  readonly digest: Digest;
}

/** Compresses the inputs beside the import; they get their names when it is settled. */
export async function keepInputs({ work, fresh }: Work): Promise<KeptInput[]> {
  const kept: KeptInput[] = [];
  for (const [index, { path, scan }] of fresh.entries()) {
    const temp = join(work, `input-${index}.br`);
    // A file that holds a key is refused by its scan, and not even a temporary copy of it is made.
    const { digest } = await scan;
    await compressInput(path, temp);
    kept.push({ temp, digest });
  }
  return kept;
}

/** Gives the kept copies of the inputs their names. */
export async function settleInputs({ context }: Work, inputs: readonly KeptInput[]): Promise<void> {
  for (const { temp, digest } of inputs) await settleInput(context.folder, temp, digest);
}

/** Writes the manifest last: it is what makes the files an import. */
export async function settleManifest(
  { context, work }: Work,
  manifest: Manifest,
): Promise<LoadedManifest> {
  const loaded = await writeManifest(context, work, manifest);
  context.ports.log.info('usage.imported', {
    export: manifest.export,
    accepted: manifest.counts.accepted,
    quarantined: manifest.counts.quarantined,
    duplicate: manifest.counts.duplicate,
    superseded: manifest.counts.superseded,
  });
  return loaded;
}
