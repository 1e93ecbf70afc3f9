import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** The most bytes a page may have after decompression. */
export const BODY_MAX_BYTES = 10 * 1024 * 1024;
/** The most a body may grow by decompression; below {@link RATIO_FROM_BYTES} the ratio says nothing. */
const RATIO_MAX = 100;
const RATIO_FROM_BYTES = 256 * 1024;

/** Says that a body is not what it claims to be, or too much. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly failure: 'too-large' | 'encoding' | 'truncated';

  constructor(failure: 'too-large' | 'encoding' | 'truncated', cause?: unknown) {
    super(`The body was refused (${failure})`, cause === undefined ? {} : { cause });
    this.failure = failure;
  }
}

/**
 * Reads a body whole and undoes gzip, deflate or br, 10 MiB and 100:1 at most.
 *
 * @throws {BodyRefused} beyond a bound, for another encoding, and for compressed data that is broken or cut off; errors of the
 * connection pass through.
 */
export async function readBody(stream: Readable, encoding: string): Promise<Uint8Array> {
  const decoder = decoderOf(encoding.trim().toLowerCase());
  const counter = { received: 0, decoded: 0 };
  const chunks: Uint8Array[] = [];
  const keep = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of source) {
      counter.decoded += chunk.length;
      checkBounds(counter);
      chunks.push(chunk);
    }
  };
  const count = async function* count(
    source: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      counter.received += chunk.length;
      yield chunk;
    }
  };
  try {
    await (decoder === undefined
      ? pipeline(stream, count, keep)
      : pipeline(stream, count, decoder, keep));
  } catch (error) {
    throw refusalOf(error);
  }
  return Buffer.concat(chunks);
}

function checkBounds(counter: { readonly received: number; readonly decoded: number }): void {
  const inflated =
    counter.decoded > RATIO_FROM_BYTES && counter.decoded > RATIO_MAX * counter.received;
  if (inflated || counter.decoded > BODY_MAX_BYTES) throw new BodyRefused('too-large');
}

function decoderOf(encoding: string) {
  if (encoding === '' || encoding === 'identity') return undefined;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  if (encoding === 'br') return createBrotliDecompress();
  throw new BodyRefused('encoding');
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') {
    return error;
  }
  if (error.code === 'Z_BUF_ERROR') return new BodyRefused('truncated', error);
  return /^(?:Z_|ERR_(?:_?BROTLI|PADDING))/.test(error.code)
    ? new BodyRefused('encoding', error)
    : error;
}
