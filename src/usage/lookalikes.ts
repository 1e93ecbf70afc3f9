import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { sha256 } from '../core/index.ts';
import type { FileScan } from './scan-file.ts';

interface Known {
  readonly path: string;
  readonly scan: Promise<FileScan>;
  edges: string | undefined;
}

/** Bytes at either end of a file that are compared. */
const EDGE_BYTES = 4096;

/**
 * Remembers files whose bytes are still scanned, and tells which of them may hold the bytes of another file: those of its size
 * that begin and end as it does. Of a thousand sessions many have a size in common, and each begins with its own name.
 */
export class Lookalikes {
  readonly #bySize = new Map<number, Known[]>();

  add(path: string, bytes: number, scan: Promise<FileScan>): void {
    const known = { path, scan, edges: undefined };
    const others = this.#bySize.get(bytes);
    if (others === undefined) this.#bySize.set(bytes, [known]);
    else others.push(known);
  }

  /** Gives the scans that tell whether a file is one of them; edges are read only where sizes are equal. */
  of(path: string, bytes: number): readonly Promise<FileScan>[] {
    const others = this.#bySize.get(bytes);
    if (others === undefined) return [];
    const edges = edgesOf(path);
    return others
      .filter((other) => (other.edges ??= edgesOf(other.path)) === edges)
      .map(({ scan }) => scan);
  }
}

function edgesOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const memory = Buffer.alloc(2 * EDGE_BYTES);
    readSync(file, memory, 0, EDGE_BYTES, 0);
    const end = Math.max(0, fstatSync(file).size - EDGE_BYTES);
    readSync(file, memory, EDGE_BYTES, EDGE_BYTES, end);
    return sha256(memory);
  } finally {
    closeSync(file);
  }
}
