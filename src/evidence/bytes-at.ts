import type { Files } from '../core/index.ts';

/** Reads a file in which an empty one and none are equally no answer, such as a checkpoint that a signature opens. */
export const bytesAt = async (path: string, files: Pick<Files, 'read'>): Promise<Uint8Array> =>
  (await files.read(path)) ?? new Uint8Array();
