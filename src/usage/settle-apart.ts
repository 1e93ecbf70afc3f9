import type { Digest } from '../core/index.ts';
import type { Connection } from './engines/duckdb/connection.ts';
import { sqlPath, sqlText } from './engines/duckdb/quote.ts';
import { copyOf } from './engines/duckdb/stage.ts';
import { parquetPath } from './manifest.ts';
import { settleParquet } from './store-files.ts';

/** A written Parquet file, and the digests that name another file of the table. */
interface Apart {
  readonly folder: string;
  readonly path: string;
  /** The new digest is added to it. */
  readonly taken: Set<Digest>;
}

/**
 * Gives a written Parquet file the name of its digest, and of no other file of the table.
 *
 * Rows without a key may be equal: two files of them that hold the same bytes are two files all the same, and one name would
 * count them once. The later one says which copy it is.
 */
export async function settleApart(
  connection: Connection,
  { folder, path, taken }: Apart,
): Promise<Digest> {
  let digest = await settleParquet(folder, path);
  for (let copy = 2; taken.has(digest); copy += 1) {
    const rows = `FROM read_parquet(${sqlPath(parquetPath(folder, digest))})`;
    await connection.run(`COPY (${rows}) TO ${sqlText(path)} ${copyOf(copy)}`);
    digest = await settleParquet(folder, path);
  }
  taken.add(digest);
  return digest;
}
