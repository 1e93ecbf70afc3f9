import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from '../core/index.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { startMeter } from './import-progress.ts';
import type { Work } from './import-work.ts';
import { storePaths } from './manifest.ts';
import { writing } from './store-files.ts';

/** Gives an import its folder, its engine and its meter, and leaves nothing of them behind. */
export async function withWork<T>(
  parts: Pick<Work, 'context' | 'request' | 'current' | 'fresh'>,
  use: (work: Work) => Promise<T>,
): Promise<T> {
  const { context, request, fresh } = parts;
  const { clock, random } = context.ports;
  const work = join(context.temp, `${process.pid}-${ulid(clock.ms(), random.bytes(10))}`);
  await writing(async () => await mkdir(work, { recursive: true }));
  try {
    const connection = await openConnection({
      files: fresh.map(({ path }) => path),
      folders: [work, storePaths(context.folder).files],
      spill: join(work, 'spill'),
    });
    const bytes = fresh.reduce((sum, one) => sum + one.bytes, 0);
    const watched = { label: `usage ${request.export.id}`, bytes, share: connection.share };
    const meter = startMeter(watched, context.ports);
    try {
      return await use({ ...parts, connection, work, meter });
    } finally {
      meter.stop();
      await connection.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
