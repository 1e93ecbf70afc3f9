import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Ports } from '../core/index.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { lookAlone } from './look-alone.ts';
import type { LookOptions } from './look-options.ts';
import type { LookResult } from './look-result.ts';
import { lookTogether } from './look-together.ts';
import { recogniseAll } from './recognise-all.ts';

/**
 * Says what usage exports hold: totals by day and by model or key, unit costs, missing days, and what cannot be told.
 *
 * Needs no plan and no key, records nothing and leaves no file.
 *
 * @throws {AppError} `file-missing`, `export-unknown`, `header-mismatch`, `export-unreadable`, `leak-blocked`.
 */
export async function look(
  files: readonly string[],
  options: LookOptions,
  ports: Pick<Ports, 'log'>,
): Promise<readonly LookResult[]> {
  const spill = await mkdtemp(join(await realpath(tmpdir()), 'spendproof-look-'));
  try {
    const paths = files.map((file) => resolve(file));
    const connection = await openConnection({ files: paths, folders: [], spill });
    try {
      const { recognised, refused } = await recogniseAll(connection, paths, options);
      const together = await lookTogether(connection, recognised, options);
      const results: LookResult[] = [];
      for (const [index, file] of recognised.entries()) {
        ports.log.progress(`Reading ${files[index] ?? file.path}`);
        results.push(
          together.get(file.path) ?? (await lookAlone(connection, file, `look_${index}`, options)),
        );
      }
      // What is wrong with a file is said after what is wrong with those before it.
      if (refused !== undefined) throw refused;
      return results;
    } finally {
      await connection.close();
    }
  } finally {
    await rm(spill, { recursive: true, force: true });
  }
}
