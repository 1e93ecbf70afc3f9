import type { PlainDate } from '../core/index.ts';
import { parsePlainDate } from '../core/index.ts';
import type { ColumnId } from './columns.ts';
import { listLiterals } from './engines/duckdb/list-literals.ts';
import { countMatches } from './engines/duckdb/matches.ts';
import type { StoreContext } from './store-context.ts';
import { loadManifest, type LoadedManifest, tableFiles } from './manifest.ts';
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
      // A compaction read nothing: its rows came from the inputs of the imports before it.
      inputs: manifest.inputs.length > 0 ? manifest.inputs : inputsBefore(asked, source),
      file: file.digest,
      rows,
      literals: await listLiterals(connection, { path, columns: file.filled }, wanted),
      zone: manifest.constants.zone,
      restatement: manifest.constants.restatement,
      key: manifest.constants.key,
    });
  }
  return found;
}

/** Lists the inputs of the imports of one export before a compaction, each once. */
function inputsBefore(all: readonly LoadedManifest[], source: LoadedManifest) {
  const earlier = all.slice(0, all.indexOf(source));
  const inputs = earlier
    .filter(({ manifest }) => manifest.export === source.manifest.export)
    .flatMap(({ manifest }) => manifest.inputs);
  return [...new Map(inputs.map((input) => [input.digest, input])).values()];
}
