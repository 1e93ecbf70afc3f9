import { join } from 'node:path';
import { AppError } from '../core/index.ts';
import { type OpenCheckpoint, openCheckpoint } from './checkpoint.ts';
import type { Cosigner } from './cosignature.ts';
import { diskError, type DiskPorts, replaceWhole } from './durable-file.ts';
import { type KeyRing, ringOf } from './key-ring.ts';
import { keyFolder, raiseMark, readMark } from './keys.ts';
import { corrupt, type LedgerLayout, layoutOf } from './layout.ts';
import { LedgerHead } from './ledger-head.ts';
import type { LedgerProblem } from './ledger-problems.ts';
import { consistencyProof, leafHash, verifyConsistency } from './merkle.ts';
import { type LedgerPorts, openLedger } from './open-ledger.ts';
import { readReviewerKey, type ReviewerPlace } from './reviewer-keys.ts';
import { writePublicFiles } from './write-public-files.ts';
import { verifyLedger } from './verify-ledger.ts';
import { bytesAt } from './bytes-at.ts';

/** What a reviewer has put a name to. */
export interface Cosigned {
  readonly origin: string;
  readonly size: number;
  /** The signature line as it stands in the checkpoint, with its newline. */
  readonly line: string;
  /** The size that this machine had cosigned before; 0 for none. */
  readonly before: number;
  /** Records that no checkpoint covers yet: they are not cosigned. */
  readonly beyond: number;
  /** Changes of keys that this cosignature approves, by their records' indexes. */
  readonly approved: readonly number[];
}

/**
 * Cosigns the newest checkpoint as C2SP tlog-witness has it, for a folder: the whole ledger verifies; the tree only grew
 * since what this machine cosigned before (consistency proof); that it did is durable before the signature exists.
 *
 * @param request `approve` says that pending changes of keys or quorum have been read and are meant.
 * @throws {AppError} `key-missing`, `ledger-corrupt` for a ledger that does not verify or is not the one cosigned before,
 * `usage` for changes of keys without `approve`.
 */
export async function cosignLedger(
  request: {
    readonly folder: string;
    readonly home: string;
    readonly role: string;
    readonly approve: boolean;
  },
  ports: LedgerPorts,
): Promise<Cosigned> {
  const { folder, home, role } = request;
  const ledger = await openLedger({ folder }, ports);
  const { origin } = ledger;
  const verdict = await verifyLedger({ folder }, ports);
  const pending = pendingChanges(verdict.problems, folder);
  if (pending.length > 0 && !request.approve) throw notApproved(pending);
  const ring = ringOf(await ledger.records());
  const layout = layoutOf(folder);
  const checkpoint = await readNewest(layout, ring, ports);
  const cosigner = await reviewerOf({ home, origin, role }, { ring, checkpoint }, ports);
  const state = join(keyFolder(home, origin), 'cosigned');
  const before = await refuseRollback({ layout, state, checkpoint }, ports);
  const seconds = Math.floor(ports.clock.ms() / 1000);
  try {
    await ports.files.makeFolder(state, 0o700);
    await raiseMark(state, { size: checkpoint.size, root: checkpoint.root }, ports);
    const line = cosigner.cosign(checkpoint.text, seconds);
    const own = { cosigner, line, checkpoint, ring };
    const dated = join(layout.checkpoints, String(checkpoint.size));
    const standing = await mergeLine(dated, own, ports);
    await mergeLine(layout.checkpoint, own, ports);
    await writePublicFiles(ledger, ports);
    const beyond = verdict.size - checkpoint.size;
    return { origin, size: checkpoint.size, line: standing, before, beyond, approved: pending };
  } catch (error) {
    throw diskError(error, folder);
  }
}

/** A change that waits for its reviewers is what a reviewer is asked about; anything else forbids to sign. */
function pendingChanges(problems: readonly LedgerProblem[], folder: string): readonly number[] {
  const other = problems.find(({ code, index }) => code !== 'quorum' || index === undefined);
  if (other !== undefined) {
    throw corrupt(`Expected a ledger that verifies, got ${other.code}: ${other.message}`, folder);
  }
  return problems.flatMap(({ index }) => index ?? []);
}

function notApproved(pending: readonly number[]): AppError {
  return new AppError('usage', {
    message: `Expected --approve: the records ${pending.join(', ')} change keys or the quorum, and a cosignature approves them`,
    hint: 'Read them with `spendproof key list` first.',
  });
}

async function readNewest(
  layout: LedgerLayout,
  ring: KeyRing,
  ports: DiskPorts,
): Promise<OpenCheckpoint> {
  const bytes = await bytesAt(layout.checkpoint, ports.files);
  const checkpoint = openCheckpoint(bytes, ring.ever('log'), ring.ever('reviewer'));
  if (checkpoint !== undefined) return checkpoint;
  throw corrupt('Expected a signed checkpoint, got none', layout.checkpoint);
}

async function reviewerOf(
  place: ReviewerPlace,
  world: { readonly ring: KeyRing; readonly checkpoint: OpenCheckpoint },
  ports: DiskPorts,
): Promise<Cosigner> {
  const cosigner = await readReviewerKey(place, ports);
  const { ring, checkpoint } = world;
  const counted = ring.changes.flatMap(({ reviewers }) => reviewers);
  const known = [...ring.at('reviewer', checkpoint.size - 1), ...counted];
  if (cosigner !== undefined && known.some(({ vkey }) => vkey === cosigner.verifier.vkey)) {
    return cosigner;
  }
  const what =
    cosigner === undefined ? 'found none on this machine' : 'the ledger does not enrol it';
  throw new AppError('key-missing', {
    message: `Expected the key of the reviewer ${place.role} for the ledger ${place.origin}, ${what}; run \`spendproof key enrol --reviewer ${place.role}\``,
    hint: 'Whoever operates the ledger then records the key that this prints: `spendproof key enrol --key VKEY`.',
  });
}

/** Proves that the tree only grew since this machine cosigned it. @returns the size cosigned before. */
async function refuseRollback(
  of: {
    readonly layout: LedgerLayout;
    readonly state: string;
    readonly checkpoint: OpenCheckpoint;
  },
  ports: DiskPorts,
): Promise<number> {
  const { layout, checkpoint } = of;
  const known = await readMark(of.state, ports);
  if (known === undefined) return 0;
  const { size, root } = checkpoint;
  const head = new LedgerHead(layout, ports.files);
  await head.load(size);
  const hashes: Uint8Array[] = [];
  for await (const leaf of head.leaves(0, size)) hashes.push(leafHash(leaf));
  const grew =
    known.size <= size &&
    verifyConsistency(
      { oldSize: known.size, oldRoot: known.root, newSize: size, newRoot: root },
      consistencyProof(hashes, known.size),
    );
  if (grew) return known.size;
  throw corrupt(
    `Expected a ledger that grew from the ${known.size} records that were cosigned here before, got ${size} of another or older history`,
    layout.checkpoint,
  );
}

/**
 * Adds a signature line to a checkpoint of the same text; a newer one that a writer has put there meanwhile is left.
 *
 * @returns the line of this key that stands there then.
 */
async function mergeLine(
  path: string,
  own: {
    readonly cosigner: Cosigner;
    readonly line: string;
    readonly checkpoint: OpenCheckpoint;
    readonly ring: KeyRing;
  },
  ports: DiskPorts,
): Promise<string> {
  const bytes = await bytesAt(path, ports.files);
  const standing = openCheckpoint(bytes, own.ring.ever('log'), own.ring.ever('reviewer'));
  if (standing?.text !== own.checkpoint.text) return own.line;
  const { name, keyId, vkey } = own.cosigner.verifier;
  if (standing.cosigners.some((key) => key.vkey === vkey)) {
    const id = Buffer.from(keyId, 'hex').toString('base64').slice(0, 5);
    const lines = Buffer.from(bytes)
      .toString('utf8')
      .split(/(?<=\n)/);
    return lines.find((line) => line.startsWith(`— ${name} ${id}`)) ?? own.line;
  }
  await replaceWhole(path, Buffer.concat([bytes, Buffer.from(own.line)]), ports);
  return own.line;
}
