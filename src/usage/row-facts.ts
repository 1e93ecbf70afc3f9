import type { Digest } from '../core/index.ts';
import { listRows, type StoredRow } from './engines/duckdb/matches.ts';
import type { StoreContext } from './store-context.ts';
import { loadManifest, tableFiles } from './manifest.ts';
import { readerOf } from './reader.ts';
import { verifyParquet } from './store-files.ts';

/** Asks for the rows that carry a request's or trace's reference. */
export interface RowRequest {
  readonly manifests: readonly Digest[];
  readonly ref: string;
}

/** One row, as far as allocation looks at it. */
export type UsageRow = StoredRow & {
  readonly export: string;
  readonly provider: string | null;
  readonly environment: string;
  readonly currency: string | null;
};

/** More rows of one reference than this are not listed. */
const ROWS_MAX = 20;

/** Lists the rows of a reference with what allocation looks at; 20 at most. */
export async function rowsOfReference(
  context: StoreContext,
  { manifests, ref }: RowRequest,
): Promise<readonly UsageRow[]> {
  const loaded = await Promise.all(
    manifests.map(
      async (digest) => (await loadManifest(context.folder, digest, context.ports.files)).manifest,
    ),
  );
  const connection = await readerOf(context);
  const found: UsageRow[] = [];
  for (const file of tableFiles(loaded)) {
    const room = ROWS_MAX - found.length;
    if (room <= 0) break;
    const path = await verifyParquet(context.folder, file.digest, context.seen);
    const { export: id } = file.manifest;
    const { provider, environment, currency } = file.constants;
    const rows = await listRows(connection, { path, columns: file.columns }, { ref, room });
    found.push(...rows.map((row) => ({ ...row, export: id, provider, environment, currency })));
  }
  return found;
}
