import { join } from 'node:path';
import { AppError } from '../core/index.ts';
import { type Cosigner, cosignerFromSeed, parseCosignerSecret } from './cosignature.ts';
import { createWhole, diskError, type DiskPorts } from './durable-file.ts';
import { keyFolder, unreadableKey } from './keys.ts';
import { decodeLine } from './strict-decoding.ts';

/** A record's text holds 128 characters at most; the key's id and body take 54 of them and one plus sign. */
const NAME_MAX = 71;

/** Names one reviewer's key: of which ledger, in which role. */
export interface ReviewerPlace {
  readonly home: string;
  readonly origin: string;
  readonly role: string;
}

/**
 * Makes a reviewer's key on the reviewer's own machine, mode 0600, or finds the one that stands there.
 *
 * Its name is `<origin>/<role>`, so that a cosignature says in which role it was given.
 * @throws {AppError} `usage` when that name is longer than a record can hold, `file-not-writable`, `disk-full`.
 */
export async function makeReviewerKey(place: ReviewerPlace, ports: DiskPorts): Promise<Cosigner> {
  const existing = await readReviewerKey(place, ports);
  if (existing !== undefined) return existing;
  const name = `${place.origin}/${place.role}`;
  if (name.length > NAME_MAX || !/^[a-z0-9][a-z0-9-]*$/.test(place.role)) {
    throw new AppError('usage', {
      message: `Expected a role whose name with that of the ledger has up to ${NAME_MAX} characters, got ${name.length}`,
    });
  }
  const folder = keyFolder(place.home, place.origin);
  const cosigner = cosignerFromSeed(name, ports.random.bytes(32));
  try {
    await ports.files.makeFolder(folder, 0o700);
    await createWhole(pathOf(place), Buffer.from(`${cosigner.skey}\n`), ports, 0o600);
    await ports.files.syncFolder(folder);
  } catch (error) {
    throw diskError(error, folder);
  }
  return (await readReviewerKey(place, ports)) ?? cosigner;
}

/** Reads a reviewer's key; `undefined` when this machine has none. @throws {AppError} `key-missing` for another form. */
export async function readReviewerKey(
  place: ReviewerPlace,
  ports: Pick<DiskPorts, 'files'>,
): Promise<Cosigner | undefined> {
  const bytes = await ports.files.read(pathOf(place));
  if (bytes === undefined) return undefined;
  const cosigner = parseCosignerSecret(decodeLine(bytes));
  if (cosigner === undefined) throw unreadableKey(keyFolder(place.home, place.origin));
  return cosigner;
}

const pathOf = ({ home, origin, role }: ReviewerPlace): string =>
  join(keyFolder(home, origin), `reviewer-${role}.key`);
