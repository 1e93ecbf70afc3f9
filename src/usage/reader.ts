import { join } from 'node:path';
import { type Connection, openConnection } from './engines/duckdb/connection.ts';
import type { StoreContext } from './store-context.ts';
import { storePaths } from './manifest.ts';

/** Gives the store's one reading connection, opened on the first question. */
export async function readerOf(context: StoreContext): Promise<Connection> {
  context.reader.connection ??= openConnection({
    files: [],
    folders: [storePaths(context.folder).files],
    spill: join(context.temp, `${process.pid}-reader`),
  });
  return await context.reader.connection;
}
