import { createHmac, createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError, canonicalJson, itemAt } from '../core/index.ts';
import { createWhole, diskError, type DiskPorts, replaceWhole } from './durable-file.ts';
import { type NoteSigner, parseSignerKey, signerFromSeed } from './note.ts';
import { isKeyName } from './note-keys.ts';
import { decodeBase64, decodeLine, encodeBase64, parseCanonicalJson } from './strict-decoding.ts';

/** Holds what signs a ledger, outside the project. */
export interface LedgerKeys {
  readonly log: NoteSigner;
  readonly runner: NoteSigner;
  /** 32 bytes; keys the MACs of this ledger's records. */
  readonly salt: Uint8Array;
}

/** The largest head that this machine has seen of a ledger. */
export interface HighWaterMark {
  readonly size: number;
  readonly root: Uint8Array;
}

const Mark = z.strictObject({ root: z.string(), size: z.int().min(0) });

/**
 * Names the folder of a ledger's keys under `$SPENDPROOF_HOME`; the digest keeps similar origins apart.
 */
export function keyFolder(home: string, origin: string): string {
  const words = origin
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 64);
  const digest = createHash('sha256').update(origin).digest('hex').slice(0, 8);
  return join(home, `${words}-${digest}`);
}

/**
 * Makes the keys and the salt of a ledger, mode 0600 in a folder of mode 0700; what stands already is kept.
 *
 * @throws {AppError} `usage` for an origin that cannot name a key, `file-not-writable`, `disk-full`.
 */
export async function enrolKeys(
  place: { readonly home: string; readonly origin: string },
  ports: DiskPorts,
): Promise<LedgerKeys> {
  const { home, origin } = place;
  if (!/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,63}$/.test(origin) || !isKeyName(origin)) {
    throw new AppError('usage', {
      message: `Expected an origin such as example.com/team of up to 64 characters, got one of ${origin.length}`,
    });
  }
  const folder = keyFolder(home, origin);
  const random = (): Uint8Array => ports.random.bytes(32);
  try {
    await ports.files.makeFolder(folder, 0o700);
    const secrets: readonly (readonly [string, () => string])[] = [
      ['log.key', () => signerFromSeed(origin, random()).skey],
      ['runner.key', () => signerFromSeed(`${origin}/runner`, random()).skey],
      ['salt', () => encodeBase64(random())],
    ];
    for (const [name, make] of secrets) {
      const path = join(folder, name);
      if ((await ports.files.read(path)) !== undefined) continue;
      await createWhole(path, Buffer.from(`${make()}\n`), ports, 0o600);
    }
    // All of these may be new, and each name stands in the folder above: lost keys could never be made again.
    for (const made of [folder, home, dirname(home)]) await ports.files.syncFolder(made);
  } catch (error) {
    throw diskError(error, folder);
  }
  const keys = await readKeys(place, ports);
  if (keys === undefined) throw unreadableKey(folder);
  return keys;
}

/**
 * Reads the keys of a ledger; `undefined` when there are none.
 *
 * @throws {AppError} `key-missing` for a file that holds no key of this ledger.
 */
export async function readKeys(
  place: { readonly home: string; readonly origin: string },
  ports: Pick<DiskPorts, 'files'>,
): Promise<LedgerKeys | undefined> {
  const folder = keyFolder(place.home, place.origin);
  const lines: string[] = [];
  for (const name of ['log.key', 'runner.key', 'salt']) {
    const bytes = await ports.files.read(join(folder, name));
    if (bytes === undefined) return undefined;
    lines.push(decodeLine(bytes));
  }
  const log = parseSignerKey(itemAt(lines, 0));
  const runner = parseSignerKey(itemAt(lines, 1));
  const salt = decodeBase64(itemAt(lines, 2));
  if (log?.verifier.name !== place.origin || runner === undefined || salt?.byteLength !== 32) {
    throw unreadableKey(folder);
  }
  return { log, runner, salt };
}

/**
 * Says that the keys of a ledger are not here: others would not be believed, so that they can only be brought.
 *
 * @param folder where they were looked for.
 */
export function keyMissing(origin: string, folder: string): AppError {
  return new AppError('key-missing', {
    message: `Expected the keys of the ledger ${origin}, found none in ${folder}`,
    hint: 'Copy this folder from the machine that made the ledger, mode 0700, never through the repository; or set SPENDPROOF_HOME to the folder that holds it.',
  });
}

/**
 * Stands for a value that must not be guessed: HMAC-SHA-256 with the ledger's salt, cut to 16 bytes, base64url.
 *
 * @returns 22 characters, the form of a record's `mac` field.
 */
export function macOf(salt: Uint8Array, value: string): string {
  return createHmac('sha256', salt).update(value).digest().subarray(0, 16).toString('base64url');
}

/** Reads the high-water mark; `undefined` when this machine has never written the ledger. */
export async function readMark(
  folder: string,
  ports: Pick<DiskPorts, 'files'>,
): Promise<HighWaterMark | undefined> {
  const bytes = await ports.files.read(join(folder, 'mark'));
  if (bytes === undefined) return undefined;
  const mark = Mark.safeParse(parseCanonicalJson(decodeLine(bytes)));
  const root = mark.success ? decodeBase64(mark.data.root) : undefined;
  if (!mark.success || root?.byteLength !== 32) {
    throw new AppError('ledger-corrupt', {
      message: 'Expected the high-water mark to hold a size and a root, got another form',
      file: join(folder, 'mark'),
    });
  }
  return { size: mark.data.size, root };
}

/** Raises the high-water mark; a lower one never replaces a higher one. */
export async function raiseMark(
  folder: string,
  mark: HighWaterMark,
  ports: DiskPorts,
): Promise<void> {
  const known = await readMark(folder, ports);
  if (known !== undefined && known.size >= mark.size) return;
  const text = canonicalJson({ root: encodeBase64(mark.root), size: mark.size });
  await replaceWhole(join(folder, 'mark'), Buffer.from(`${text}\n`), ports, 0o600);
}

/** Says that a key file holds no key. */
export function unreadableKey(folder: string): AppError {
  return new AppError('key-missing', {
    message: `Expected keys of this ledger in ${folder}, got files of another form; run \`spendproof key enrol\``,
    hint: 'Move the folder away and run `spendproof key enrol`.',
  });
}
