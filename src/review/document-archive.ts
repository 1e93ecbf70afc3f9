import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type Digest,
  digestHex,
  durationMs,
  type Instant,
  instantMs,
  sha256,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { writeWhole } from './write-whole.ts';

/** The body of a page must not be larger when it is read back. */
const BODY_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Archives the body of a page by its digest, gzipped, in `.spendproof/documents/bodies/`.
 *
 * The folder is ignored by git and no part of a handoff: the text belongs to its publisher.
 */
export async function archiveBody(
  state: string,
  raw: Digest,
  body: Uint8Array,
  at: Instant,
): Promise<void> {
  const path = pathOf(state, raw);
  await writeWhole(path, gzipSync(body));
  // The retention counts from when the page was last seen like this, by the clock of the run.
  const seen = instantMs(at) / 1000;
  await utimes(path, seen, seen);
}

/** Reads an archived body; `undefined` when it is not there or not the one of that digest. */
export async function readBody(state: string, raw: Digest): Promise<Uint8Array | undefined> {
  try {
    const body = gunzipSync(await readFile(pathOf(state, raw)), {
      maxOutputLength: BODY_MAX_BYTES,
    });
    return sha256(body) === raw ? body : undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ERR_BUFFER_TOO_LARGE' || code.startsWith('Z_')) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Deletes archived bodies that were last seen longer ago than the plan keeps them: the longest retention of a document that
 * keeps bodies; all of them when none does.
 *
 * @returns how many were deleted.
 */
export async function pruneBodies(state: string, plan: Plan, now: Instant): Promise<number> {
  const keeping = plan.documents.filter(({ keep }) => keep === 'local');
  const longestMs = Math.max(0, ...keeping.map(({ retention }) => durationMs(retention)));
  const oldestMs = instantMs(now) - longestMs;
  let pruned = 0;
  for (const name of await namesIn(folderOf(state))) {
    const path = join(folderOf(state), name);
    const { mtimeMs } = await stat(path);
    if (keeping.length > 0 && mtimeMs >= oldestMs) continue;
    await rm(path, { force: true });
    pruned += 1;
  }
  return pruned;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const folderOf = (state: string): string => join(state, 'documents', 'bodies');
const pathOf = (state: string, raw: Digest): string =>
  join(folderOf(state), `${digestHex(raw)}.gz`);
