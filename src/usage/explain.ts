import type { PlainDate } from '../core/index.ts';
import { parsePlainDate } from '../core/index.ts';
import type { ColumnId } from './columns.ts';
import { listLiterals } from './engines/duckdb/list-literals.ts';
import { countMatches } from './engines/duckdb/matches.ts';
import type { StoreContext } from './store-context.ts';
import { loadManifest, type Manifest, readFiles, tableFiles, tableKey } from './manifest.ts';
import { readerOf } from './reader.ts';
import { verifyParquet } from './store-files.ts';
import type { Explanation, ExplainRequest } from './store-types.ts';

/** Finds the files of the table that hold matching rows, with the import and the inputs they came from. */
export async function explainRows(
  context: StoreContext,
  request: ExplainRequest,
): Promise<readonly Explanation[]> {
  const loaded = await Promise.all(
    request.manifests.map(
      async (digest) => await loadManifest(context.folder, digest, context.ports.files),
    ),
  );
  const asked = loaded.filter(
    ({ manifest }) => request.export === undefined || manifest.export === request.export,
  );
  const connection = await readerOf(context);
  const date: PlainDate | undefined =
    request.date === undefined ? undefined : parsePlainDate(request.date);
  const origins = originsOf(asked.map(({ manifest }) => manifest));
  const found: Explanation[] = [];
  for (const file of tableFiles(asked.map(({ manifest }) => manifest))) {
    const source = asked.find(({ manifest }) => manifest === file.manifest);
    if (source === undefined) continue;
    const path = await verifyParquet(context.folder, file.digest, context.seen);
    const columns: readonly ColumnId[] = file.columns;
    const wanted = { ref: request.ref, date };
    const rows = await countMatches(connection, { path, columns }, wanted);
    if (rows === 0) continue;
    const { manifest, digest } = source;
    found.push({
      export: manifest.export,
      adapter: manifest.adapter,
      manifest: digest,
      inputs: origins.get(tableKey(manifest, file.digest)) ?? [],
      file: file.digest,
      rows,
      literals: await listLiterals(connection, { path, columns: file.filled }, wanted),
      zone: file.constants.zone,
      restatement: file.constants.restatement,
      key: file.constants.key,
    });
  }
  return found;
}

type Inputs = Manifest['inputs'];

/**
 * Says of each file of the table, and of those before it, from which inputs its rows came.
 *
 * What a manifest adds beyond what it read stood in the table before: in the files that it removed, so it came from their
 * inputs.
 */
function originsOf(manifests: readonly Manifest[]): ReadonlyMap<string, Inputs> {
  const origins = new Map<string, Inputs>();
  for (const manifest of manifests) {
    const { added, removed, inputs } = manifest;
    const before = removed.flatMap((digest) => origins.get(tableKey(manifest, digest)) ?? []);
    const older = [...new Map(before.map((input) => [input.digest, input])).values()];
    const read = readFiles(manifest);
    for (const [place, { digest }] of added.entries())
      origins.set(tableKey(manifest, digest), place < read ? inputs : older);
  }
  return origins;
}
