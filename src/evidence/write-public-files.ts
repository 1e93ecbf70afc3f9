import { join } from 'node:path';
import { createSame, type DiskPorts, replaceWhole } from './durable-file.ts';
import { type KeyRing, ringOf } from './key-ring.ts';
import { corrupt, layoutOf } from './layout.ts';
import type { Ledger } from './ledger.ts';

/**
 * Derives the public keys and the policy beside a ledger from its records, for readers; verification compares them.
 *
 * @returns the keys of the ledger.
 * @throws {AppError} `ledger-corrupt` for another file in the place of a key.
 */
export async function writePublicFiles(ledger: Ledger, ports: DiskPorts): Promise<KeyRing> {
  const layout = layoutOf(ledger.folder);
  const ring = ringOf(await ledger.records());
  for (const [name, vkey] of ring.files()) {
    const path = join(layout.keys, name);
    if (await createSame(path, Buffer.from(`${vkey}\n`), ports)) continue;
    throw corrupt('Expected the public key that the records enrol, found another', path);
  }
  await ports.files.syncFolder(layout.keys);
  const policy = Buffer.from(ring.policyText());
  const standing = await ports.files.read(layout.policy);
  if (standing === undefined || !policy.equals(standing)) {
    await replaceWhole(layout.policy, policy, ports);
  }
  return ring;
}
