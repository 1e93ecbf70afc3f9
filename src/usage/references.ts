import type { Digest, Instant } from '../core/index.ts';
import { listReferences } from './engines/duckdb/matches.ts';
import type { StoreContext } from './store-context.ts';
import { loadManifest, tableFiles } from './manifest.ts';
import { readerOf } from './reader.ts';
import { verifyParquet } from './store-files.ts';

/** Asks for the request and trace references of one export in `[start, end)`. */
export interface ReferenceRequest {
  readonly manifests: readonly Digest[];
  readonly export: string;
  readonly start: Instant;
  readonly end: Instant;
}

/** A reference of a row and the model that the row names. */
export interface RowReference {
  readonly ref: string;
  readonly model: string | null;
}

/** More references than this in one window are not compared: a smoke test has an environment with little traffic. */
const REFERENCES_MAX = 200_000;

/**
 * Lists references around a time, so that a smoke test's trace can be found again by its MAC; rows without a reference are
 * not in it. At most 200,000, the newest first.
 *
 * @throws {AppError} `export-unreadable` naming a missing or changed manifest or file.
 */
export async function referencesOf(
  context: StoreContext,
  request: ReferenceRequest,
): Promise<readonly RowReference[]> {
  const loaded = await Promise.all(
    request.manifests.map(
      async (digest) => await loadManifest(context.folder, digest, context.ports.files),
    ),
  );
  const manifests = loaded
    .map(({ manifest }) => manifest)
    .filter((manifest) => manifest.export === request.export);
  const connection = await readerOf(context);
  const found: RowReference[] = [];
  for (const file of tableFiles(manifests).toReversed()) {
    const path = await verifyParquet(context.folder, file.digest, context.seen);
    const room = REFERENCES_MAX - found.length;
    if (room <= 0) break;
    const span = { start: request.start, end: request.end };
    const rows = await listReferences(connection, { path, columns: file.columns }, { span, room });
    found.push(...rows);
  }
  return found;
}
