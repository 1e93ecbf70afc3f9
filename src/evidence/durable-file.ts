import { dirname, join } from 'node:path';
import { AppError, type ErrorCodeId, type Files, type Ports } from '../core/index.ts';
import { isAnySystemError, isSystemError } from './files-node.ts';
import { sameBytes } from './strict-decoding.ts';

/** A temp that is older than this belongs to a process that is gone. */
const STALE_MS = 3_600_000;

/** What writing a file durably needs of the world. */
export type DiskPorts = Pick<Ports, 'files' | 'clock' | 'random'>;

/** Names a temp beside others in a folder; the time in it tells when it is stale. */
export function tempPath(folder: string, ports: DiskPorts): string {
  const random = Buffer.from(ports.random.bytes(8)).toString('hex');
  return join(folder, `${ports.clock.ms()}-${random}.tmp`);
}

/**
 * Creates a file that others see whole or not at all.
 *
 * @returns `false` when a file with that name stands already; it is left alone.
 */
export async function createWhole(
  path: string,
  data: Uint8Array,
  ports: DiskPorts,
  mode?: number,
): Promise<boolean> {
  const { files } = ports;
  const temp = tempPath(dirname(path), ports);
  await writeTemp(files, temp, data, mode);
  try {
    await files.link(temp, path);
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
    return false;
  } finally {
    await files.remove(temp);
  }
  return true;
}

/** Creates a file, or finds the very same bytes there. @returns `false` when others stand there. */
export async function createSame(
  path: string,
  data: Uint8Array,
  ports: DiskPorts,
): Promise<boolean> {
  const existing = await ports.files.read(path);
  if (existing !== undefined) return sameBytes(existing, data);
  await ports.files.makeFolder(dirname(path));
  if (await createWhole(path, data, ports)) return true;
  const other = await ports.files.read(path);
  return other !== undefined && sameBytes(other, data);
}

/** Puts new content under a name in one step. */
export async function replaceWhole(
  path: string,
  data: Uint8Array,
  ports: DiskPorts,
  mode?: number,
): Promise<void> {
  const temp = tempPath(dirname(path), ports);
  await writeTemp(ports.files, temp, data, mode);
  await ports.files.rename(temp, path);
  await ports.files.syncFolder(dirname(path));
}

/** Writes a temp; what is left of it after an error is removed, and the first error stays the one that is told. */
export async function writeTemp(
  files: Files,
  temp: string,
  data: Uint8Array,
  mode?: number,
): Promise<void> {
  try {
    await files.writeNew(temp, data, mode);
  } catch (error) {
    await files.remove(temp).catch(() => undefined);
    throw error;
  }
}

/** Removes temps of processes that are gone; younger ones may be in use. */
export async function removeStaleTemps(folder: string, ports: DiskPorts): Promise<void> {
  for (const name of await ports.files.list(folder)) {
    const written = /^(\d{1,16})-[0-9a-f]{16}\.tmp$/.exec(name)?.[1];
    if (written !== undefined && Number(written) + STALE_MS < ports.clock.ms()) {
      await ports.files.remove(join(folder, name));
    }
  }
}

/** Says what an error of the disk means to the user; any other error is given back as it is. */
export function diskError(error: unknown, path: string): unknown {
  if (!isAnySystemError(error)) return error;
  const { code } = error;
  const id: ErrorCodeId =
    code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'file-not-writable';
  const message =
    id === 'disk-full'
      ? `Expected room to write ${path}, got ${code}`
      : `Expected to be able to write ${path}, got ${code}`;
  const hint =
    id === 'disk-full'
      ? 'Free some space and run the command again; what was recorded before is untouched.'
      : 'Check the owner and mode of the folder, and that its disk is not read-only.';
  return new AppError(id, { message, hint, file: path, cause: error });
}
