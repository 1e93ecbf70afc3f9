import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress } from 'node:zlib';
import { AppError, type Digest, digestHex, type Files, systemCode } from '../core/index.ts';
import { gap, parquetPath, storePaths } from './manifest.ts';
import { digestFile } from './scan-file.ts';

/** Makes the folders of a store. @throws {AppError} `file-not-writable`, `disk-full`. */
export async function makeFolders(folder: string, temp: string): Promise<void> {
  const { files, manifests, inputs } = storePaths(folder);
  await writing(async () => {
    for (const path of [files, manifests, inputs, temp]) await mkdir(path, { recursive: true });
  });
}

/** Removes what imports left behind that did not end: their process is gone. */
export async function removeDeadTemps(temp: string): Promise<void> {
  for (const name of await namesIn(temp)) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    if (!isAlive(pid)) await rm(join(temp, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too; only "no such process" is not.
    return systemCode(error) !== 'ESRCH';
  }
}

/** Moves a written Parquet file to the name of its digest; the bytes are on the disk before the name is. */
export async function settleParquet(folder: string, path: string): Promise<Digest> {
  return await writing(async () => {
    const digest = await digestFile(path);
    await syncFile(path);
    await rename(path, parquetPath(folder, digest));
    return digest;
  });
}

const QUICK = { [constants.BROTLI_PARAM_QUALITY]: 0, [constants.BROTLI_PARAM_LGWIN]: 16 };

/** Compresses an input into a temporary file, on the disk when it resolves; it gets its name when the import is settled. */
export async function compressInput(from: string, to: string): Promise<void> {
  await writing(async () => {
    // The input is kept for proof, and the import should not wait for it: this takes two thirds of gzip's shortest time.
    await pipeline(
      createReadStream(from, { highWaterMark: 1_048_576 }),
      createBrotliCompress({ chunkSize: 1_048_576, params: QUICK }),
      createWriteStream(to),
    );
    // It waits for the disk here, while the engine still reads.
    await syncFile(to);
  });
}

/** Gives a compressed input its name. */
export async function settleInput(folder: string, path: string, digest: Digest): Promise<void> {
  await writing(async () => {
    await rename(path, join(storePaths(folder).inputs, `${digestHex(digest)}.br`));
  });
}

/** Writes a file that a digest names: first under a temporary name, then whole or not at all. */
export async function writeByDigest(
  files: Files,
  path: string,
  bytes: Uint8Array,
  temp: string,
): Promise<void> {
  await writing(async () => {
    await files.writeNew(temp, bytes);
    await files.rename(temp, path);
  });
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Checks that a Parquet file of the table is the one its digest names; what was checked once and has not changed since by
 * size and time is taken.
 *
 * @throws {AppError} `export-unreadable` naming the file.
 */
export async function verifyParquet(
  folder: string,
  digest: Digest,
  seen: Map<string, string>,
): Promise<string> {
  const path = parquetPath(folder, digest);
  let info;
  try {
    info = await stat(path);
  } catch (cause) {
    throw gap(`The usage file ${digest} is missing`, cause);
  }
  const mark = `${info.size}:${info.mtimeMs}:${info.ino}`;
  if (seen.get(path) === mark) return path;
  if ((await digestFile(path)) !== digest) throw gap(`The usage file ${digest} was changed`);
  seen.set(path, mark);
  return path;
}

/** Runs a step that writes, and turns the disk's answers into errors with a code. */
export async function writing<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new AppError('disk-full', {
        message: 'There was no space left while usage was written; nothing was imported',
        hint: 'Free some space and run the command again.',
        cause: error,
      });
    }
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
      throw new AppError('file-not-writable', {
        message: 'The folder of the usage store cannot be written',
        hint: 'Make the .spendproof folder writable for this user.',
        cause: error,
      });
    }
    throw error;
  }
}
