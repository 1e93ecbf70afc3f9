import { createReadStream, createWriteStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { AppError, type Digest, digestHex, digestOf, sha256 } from '../core/index.ts';
import { parseExpandedPlan, type Plan } from '../plan/index.ts';
import { writeWhole } from './write-whole.ts';

/** No private file of a conversion is larger. */
const CONVERSION_BYTES_MAX = 65_536;
/** No plan expands to more. */
const PLAN_BYTES_MAX = 16_777_216;

/**
 * Reads the expanded plan that a record names by digest.
 *
 * @throws {AppError} `export-unreadable` when it was not kept here, or is not the one of that digest.
 */
export async function keptPlan(state: string, digest: Digest): Promise<Plan> {
  const path = inputPath(state, `${digestHex(digest)}.json`);
  const text = await unzipped(path, PLAN_BYTES_MAX);
  if (text !== undefined && sha256(text) === digest) {
    const plan = parseExpandedPlan(JSON.parse(text.toString('utf8')));
    if (plan !== undefined) return plan;
  }
  throw new AppError('export-unreadable', {
    message: `Expected the plan ${digest.slice(0, 19)}… that the review was run under`,
    file: path,
    hint: 'Restore .spendproof/inputs; the record itself is intact (`spendproof ledger show`).',
  });
}

/** Keeps the private file of a conversion under its MAC, mode 0600; what stands already is left. */
export async function keepConversion(state: string, mac: string, text: string): Promise<void> {
  const path = inputPath(state, mac);
  if ((await unzipped(path, CONVERSION_BYTES_MAX)) !== undefined) return;
  await writeWhole(path, gzipSync(text), 0o600);
}

/** Reads the kept file of a conversion; `undefined` when it is not there. The caller compares its MAC. */
export async function keptConversion(state: string, mac: string): Promise<string | undefined> {
  return (await unzipped(inputPath(state, mac), CONVERSION_BYTES_MAX))?.toString('utf8');
}

/**
 * Writes the bytes of a kept export to a path.
 *
 * @returns `false` when they were not kept here, or are not those of the digest: then nothing may rest on them.
 */
export async function restoreInput(
  state: string,
  digest: Digest,
  to: { readonly path: string; readonly bytesMax: number },
): Promise<boolean> {
  const hash = createHash('sha256');
  let bytes = 0;
  const [kept, unpack] = await keptExport(state, digest);
  try {
    await pipeline(
      createReadStream(kept),
      unpack(),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.byteLength;
          if (bytes > to.bytesMax) throw new RangeError('more bytes than the manifest says');
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(to.path, { mode: 0o600 }),
    );
  } catch (error) {
    if (error instanceof RangeError || isUnreadable(error)) return false;
    throw error;
  }
  return digestOf(hash.digest()) === digest;
}

/** Exports were gzipped once, and what was kept then is kept. */
async function keptExport(state: string, digest: Digest) {
  const name = digestHex(digest);
  const brotli = join(state, 'inputs', `${name}.br`);
  const isBrotli = await access(brotli).then(
    () => true,
    () => false,
  );
  return isBrotli
    ? ([brotli, createBrotliDecompress] as const)
    : ([inputPath(state, name), createGunzip] as const);
}

/** Reads a small kept input whole; `undefined` when it was not kept here, or is not the one of that digest. */
export async function keptInput(
  state: string,
  digest: Digest,
  bytesMax: number,
): Promise<Buffer | undefined> {
  const bytes = await unzipped(inputPath(state, digestHex(digest)), bytesMax);
  return bytes !== undefined && sha256(bytes) === digest ? bytes : undefined;
}

async function unzipped(path: string, bytesMax: number): Promise<Buffer | undefined> {
  try {
    return gunzipSync(await readFile(path), { maxOutputLength: bytesMax });
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

const UNREADABLE = new Set(['ENOENT', 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'ERR_BUFFER_TOO_LARGE']);

/** Each error of that decoder has a code of its own. */
const BROTLI = /^ERR_(_ERROR|BROTLI)/;

const isUnreadable = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (UNREADABLE.has(String(error.code)) || BROTLI.test(String(error.code)));

const inputPath = (state: string, name: string): string => join(state, 'inputs', `${name}.gz`);
