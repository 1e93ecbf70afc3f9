import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Digest, digestOf } from '../core/index.ts';
import { KEY_MARKS, KEY_SHAPE } from './key-shape.ts';

/** What the bytes of a file say without being understood. */
export interface FileScan {
  readonly digest: Digest;
  readonly bytes: number;
  /** A text shaped like an API key stands somewhere, in a column that is kept or in one that is dropped. */
  readonly hasKeyShape: boolean;
  /** The number of double quotes is odd: in a CSV one opens and never closes. */
  readonly hasOpenQuote: boolean;
}

const CHUNK_BYTES = 1_048_576;
/** A key may lie across two chunks. */
const SEAM_BYTES = 64;
const SHAPE = new RegExp(KEY_SHAPE);

/** Reads a file once: digest, size and whether it holds a key; `each` sees every chunk. */
export async function scanFile(path: string, each?: (chunk: Buffer) => unknown): Promise<FileScan> {
  const hash = createHash('sha256');
  let bytes = 0;
  let hasKeyShape = false;
  let quotes = 0;
  // Before the first byte stands no word that a key could continue.
  let end = Buffer.from(' ');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('Expected bytes');
    hash.update(chunk);
    bytes += chunk.length;
    quotes += countQuotes(chunk);
    hasKeyShape ||= holdsKey(end, chunk);
    end = Buffer.from(chunk.subarray(Math.max(0, chunk.length - SEAM_BYTES)));
    await each?.(chunk);
  }
  return { digest: digestOf(hash.digest()), bytes, hasKeyShape, hasOpenQuote: quotes % 2 === 1 };
}

function holdsKey(end: Buffer, chunk: Buffer): boolean {
  const seam = Buffer.concat([end, chunk.subarray(0, SEAM_BYTES)]);
  if (!KEY_MARKS.some((mark) => chunk.includes(mark) || seam.includes(mark))) return false;
  return SHAPE.test(Buffer.concat([end, chunk]).toString('latin1'));
}

const QUOTE = 0x22;

function countQuotes(chunk: Buffer): number {
  if (!chunk.includes(QUOTE)) return 0;
  let count = 0;
  for (const byte of chunk) if (byte === QUOTE) count += 1;
  return count;
}
