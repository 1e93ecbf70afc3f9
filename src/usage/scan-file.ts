import { createHash } from 'node:crypto';
import { type Digest, digestOf } from '../core/index.ts';
import { KEY_MARKS, KEY_SHAPE } from './key-shape.ts';
import { readChunks } from './read-chunks.ts';

/** What the bytes of a file say without being understood. */
export interface FileScan {
  readonly digest: Digest;
  readonly bytes: number;
  /**
   * A text shaped like an API key stands somewhere, in a column that is kept or in one that is dropped; true also where nobody
   * has looked.
   */
  readonly hasKeyShape: boolean;
  /** The number of double quotes is odd: in a CSV one opens and never closes. */
  readonly hasOpenQuote: boolean;
  /** More than a megabyte in one piece holds nothing but blanks, ends of lines or zeros. */
  readonly hasGap: boolean;
  /** Of a text that begins as JSON, lines that are not blank. */
  readonly jsonLines: number;
}

/** Behind a longer one the engine's CSV reader loses rows, without a word or with a wrong one (DuckDB 1.5.6, from 3 MB on). */
const GAP_BYTES = 1_048_576;
/** A key may lie across two chunks. */
const SEAM_BYTES = 64;
const SHAPE = new RegExp(KEY_SHAPE);

/** What is looked for beside the digest. */
export interface ScanOptions {
  /** Default: true. It takes longer than the digest, so it is left out where rows are looked at anyway. */
  readonly keys?: boolean;
  /** Of `chunkMemory`. */
  readonly memory?: Buffer;
}

/** Reads a file once: digest, size and whether it holds a key. */
export async function scanFile(
  path: string,
  { keys = true, memory }: ScanOptions = {},
): Promise<FileScan> {
  const hash = createHash('sha256');
  let bytes = 0;
  let hasKeyShape = !keys;
  let quotes = 0;
  let lines: LineCount | undefined;
  let blank = 0;
  let hasGap = false;
  // Before the first byte stands no word that a key could continue.
  let end = Buffer.from(' ');
  await readChunks(
    path,
    (chunk) => {
      if (bytes === 0 && startsJson(chunk)) lines = { whole: 0, isInked: false };
      hash.update(chunk);
      bytes += chunk.length;
      blank = isBlank(chunk) ? blank + chunk.length : 0;
      hasGap ||= blank > GAP_BYTES;
      // Only a CSV can hide rows behind a quote, and JSON is full of them.
      if (lines === undefined) quotes += countQuotes(chunk);
      else countLines(chunk, lines);
      hasKeyShape ||= holdsKey(end, chunk);
      if (keys) end = Buffer.from(chunk.subarray(Math.max(0, chunk.length - SEAM_BYTES)));
    },
    memory,
  );
  return {
    digest: digestOf(hash.digest()),
    bytes,
    hasKeyShape,
    hasOpenQuote: quotes % 2 === 1,
    hasGap,
    jsonLines: lines === undefined ? 0 : lines.whole + (lines.isInked ? 1 : 0),
  };
}

function holdsKey(end: Buffer, chunk: Buffer): boolean {
  const seam = Buffer.concat([end, chunk.subarray(0, SEAM_BYTES)]);
  if (!KEY_MARKS.some((mark) => chunk.includes(mark) || seam.includes(mark))) return false;
  return SHAPE.test(Buffer.concat([end, chunk]).toString('latin1'));
}

/** Gives the digest of a file's bytes and nothing else. */
export async function digestFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await readChunks(path, (chunk) => {
    hash.update(chunk);
  });
  return digestOf(hash.digest());
}

const startsJson = (chunk: Buffer): boolean =>
  /^\uFEFF?\s*[[{]/.test(chunk.subarray(0, 256).toString('utf8'));

interface LineCount {
  whole: number;
  /** The line that is open holds more than blanks. */
  isInked: boolean;
}

const BREAK = 0x0a;
const BLANK = 0x20;

/** The first byte tells almost always. */
const isBlank = (chunk: Buffer): boolean => !chunk.some((byte) => byte > BLANK);

function countLines(chunk: Buffer, lines: LineCount): void {
  for (let at = 0; at < chunk.length;) {
    const found = chunk.indexOf(BREAK, at);
    const end = found === -1 ? chunk.length : found;
    // The first mark of a line tells almost always.
    for (let mark = at; !lines.isInked && mark < end; mark += 1) {
      lines.isInked = (chunk[mark] ?? BLANK) > BLANK;
    }
    if (found !== -1 && lines.isInked) {
      lines.whole += 1;
      lines.isInked = false;
    }
    at = end + 1;
  }
}

const QUOTE = 0x22;

function countQuotes(chunk: Buffer): number {
  if (!chunk.includes(QUOTE)) return 0;
  let count = 0;
  for (const byte of chunk) if (byte === QUOTE) count += 1;
  return count;
}
