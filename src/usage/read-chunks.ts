import { closeSync, openSync, readSync } from 'node:fs';

/** It stays in a core's own cache, where it is looked at several times. */
const CHUNK_BYTES = 262_144;

/** Memory for {@link readChunks}: whoever reads many files in a row gives it, and each of them finds it warm. */
export const chunkMemory = (): Buffer => Buffer.allocUnsafeSlow(CHUNK_BYTES);

/**
 * Gives the bytes of a file, one chunk after the other in the same memory: whoever keeps any of them copies them. Two readers
 * may share it, as nothing waits between reading a chunk and using it.
 *
 * Each chunk is read in place and in turn with other work: a stream takes twice the time of what SHA-256 takes.
 */
export async function readChunks(
  path: string,
  use: (chunk: Buffer) => void,
  memory = chunkMemory(),
): Promise<void> {
  for await (const chunk of chunksOf(path, memory)) use(chunk);
}

/** Gives the same chunks to a reader that may stop before the end. */
export async function* chunksOf(path: string, memory = chunkMemory()): AsyncGenerator<Buffer> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const bytes = readSync(file, memory, 0, memory.length, null);
      if (bytes === 0) return;
      yield memory.subarray(0, bytes);
      await otherWork();
    }
  } finally {
    closeSync(file);
  }
}

const otherWork = async (): Promise<void> =>
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
