import { join } from 'node:path';
import type { Ports } from '../core/index.ts';
import { importExport } from './import-export.ts';
import { compactExport } from './compact.ts';
import type { StoreContext } from './store-context.ts';
import { importSummary } from './import-result.ts';
import { loadManifest, tableFiles, tableKey } from './manifest.ts';
import { makeFolders, removeDeadTemps } from './store-files.ts';
import type { UsageStore } from './store-types.ts';
import { aggregateUsage } from './aggregate-shared.ts';
import { explainRows } from './explain.ts';
import { referencesOf } from './references.ts';
import { writeUsage } from './write-usage.ts';
import { rowsOfReference } from './row-facts.ts';

/** Where a store keeps its files. */
export interface StoreOptions {
  /** The project's `.spendproof`: the store uses `usage/` and `inputs/` in it. */
  readonly folder: string;
  /** Where imports are prepared; must be on the same disk. Default: `usage/temp` in the folder. */
  readonly temp?: string;
}

/**
 * Opens the usage store and removes what dead imports left behind.
 *
 * The store keeps no state of its own: every question names the manifests that are the table. Any number of processes may
 * read while one imports.
 *
 * @throws {AppError} `file-not-writable`, `disk-full`.
 */
export async function openUsageStore(options: StoreOptions, ports: Ports): Promise<UsageStore> {
  const { folder } = options;
  const temp = options.temp ?? join(folder, 'usage', 'temp');
  await removeDeadTemps(temp);
  const context: StoreContext = {
    folder,
    temp,
    seen: new Map(),
    reader: { connection: undefined },
    ports,
  };
  const load = async (digests: Parameters<UsageStore['list']>[0]) =>
    await Promise.all(
      digests.map(async (digest) => await loadManifest(folder, digest, ports.files)),
    );
  return {
    importExport: async (request) => {
      await makeFolders(folder, temp);
      return await importExport(context, request);
    },
    aggregate: async (request) => await aggregateUsage(context, request),
    list: async (digests, plan) => {
      const loaded = await load(digests);
      const live = new Set(
        tableFiles(loaded.map(({ manifest }) => manifest)).map(({ manifest, digest }) =>
          tableKey(manifest, digest),
        ),
      );
      return loaded.map((one) =>
        importSummary(
          one,
          plan,
          one.manifest.added.filter(({ digest }) => live.has(tableKey(one.manifest, digest)))
            .length,
        ),
      );
    },
    explain: async (request) => await explainRows(context, request),
    references: async (request) => await referencesOf(context, request),
    compact: async (request) => await compactExport(context, request),
    rowsOf: async (request) => await rowsOfReference(context, request),
    write: async (request) => {
      await makeFolders(folder, temp);
      return await writeUsage(context, request);
    },
    close: async () => {
      const reader = await context.reader.connection;
      context.reader.connection = undefined;
      await reader?.close();
    },
  };
}
