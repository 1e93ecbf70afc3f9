import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Digest, digestOf } from '../core/index.ts';

/** What the bytes of a file say without being understood. */
export interface FileScan {
  readonly digest: Digest;
  readonly bytes: number;
  /** `sk-` occurs somewhere: whether it is a key is looked at later, in the columns that would be kept. */
  readonly hasKeyMark: boolean;
  /** The number of double quotes is odd: in a CSV one opens and never closes. */
  readonly hasOpenQuote: boolean;
}

const CHUNK_BYTES = 1_048_576;
const MARK = Buffer.from('sk-');

/** Reads a file once: digest, size and whether the mark of a key occurs; `each` sees every chunk. */
export async function scanFile(path: string, each?: (chunk: Buffer) => unknown): Promise<FileScan> {
  const hash = createHash('sha256');
  let bytes = 0;
  let hasKeyMark = false;
  let quotes = 0;
  let end = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('Expected bytes');
    hash.update(chunk);
    bytes += chunk.length;
    quotes += countQuotes(chunk);
    const seam = Buffer.concat([end, chunk.subarray(0, MARK.length - 1)]);
    hasKeyMark ||= chunk.includes(MARK) || seam.includes(MARK);
    end = Buffer.from(chunk.subarray(Math.max(0, chunk.length - MARK.length + 1)));
    await each?.(chunk);
  }
  return { digest: digestOf(hash.digest()), bytes, hasKeyMark, hasOpenQuote: quotes % 2 === 1 };
}

const QUOTE = 0x22;

function countQuotes(chunk: Buffer): number {
  if (!chunk.includes(QUOTE)) return 0;
  let count = 0;
  for (const byte of chunk) if (byte === QUOTE) count += 1;
  return count;
}
