import { join } from 'node:path';
import { openCheckpoint } from './checkpoint.ts';
import { type DiskPorts, replaceWhole } from './durable-file.ts';
import type { KeyRing } from './key-ring.ts';
import { layoutOf } from './layout.ts';
import { type NoteSigner, signatureLine } from './note.ts';
import { bytesAt } from './bytes-at.ts';

/**
 * Adds the signature of another log key to the newest checkpoint, beside those that stand there.
 *
 * At a rotation the checkpoint over the record that enrols the new key carries both signatures (C2SP signed-note allows
 * several), so that who knows only one of the two keys can check it.
 */
export async function addLogSignature(
  folder: string,
  of: { readonly signer: NoteSigner; readonly ring: KeyRing },
  ports: DiskPorts,
): Promise<void> {
  const layout = layoutOf(folder);
  const { verifier, sign } = of.signer;
  const newest = await bytesAt(layout.checkpoint, ports.files);
  const checkpoint = openCheckpoint(newest, of.ring.ever('log'), of.ring.ever('reviewer'));
  if (checkpoint === undefined) return;
  const line = Buffer.from(signatureLine(verifier, sign(Buffer.from(checkpoint.text))));
  const dated = join(layout.checkpoints, String(checkpoint.size));
  for (const path of [dated, layout.checkpoint]) {
    const bytes = await bytesAt(path, ports.files);
    const standing = openCheckpoint(bytes, of.ring.ever('log'), of.ring.ever('reviewer'));
    // Another process may have published a newer one meanwhile.
    if (standing?.text !== checkpoint.text) continue;
    if (standing.signers.some(({ vkey }) => vkey === verifier.vkey)) continue;
    await replaceWhole(path, Buffer.concat([bytes, line]), ports);
  }
}
