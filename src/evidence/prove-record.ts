import { join } from 'node:path';
import { AppError, type Digest, digestOf, type Files, type Ports } from '../core/index.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { parseEnvelope } from './dsse.ts';
import { corrupt, type LedgerLayout, layoutOf } from './layout.ts';
import type { Ledger } from './ledger.ts';
import { LedgerHead } from './ledger-head.ts';
import { inclusionProof, leafHash, verifyInclusion } from './merkle.ts';
import { type NoteVerifier, parseVerifierKey } from './note.ts';
import { readCheckpoint, readPublicKeys } from './public-files.ts';
import { parseStatement } from './statement.ts';
import { decodeBase64, decodeUtf8, encodeBase64 } from './strict-decoding.ts';
import type { StoredRecord } from './stored-records.ts';
import { parseTrustPolicy, type TrustPolicy } from './trust-policy.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** What a proof shows when it holds. */
export interface ProofVerdict {
  readonly kind: 'holds';
  readonly record: StoredRecord;
  readonly origin: string;
  readonly size: number;
  readonly root: Digest;
  /** Names of the policy's witnesses that have cosigned; empty when only a key was given. */
  readonly cosigners: readonly string[];
}

/** Why a proof shows nothing. */
export interface ProofRefusal {
  readonly kind: 'refused';
  readonly reason: 'form' | 'key' | 'policy' | 'checkpoint' | 'quorum' | 'inclusion' | 'record';
}

/**
 * Writes the proof that a record stands in the ledger, in the form of C2SP tlog-proof; `extra` holds the record's leaf, so
 * that the text needs nothing beside the log's public key.
 *
 * @param at the size whose checkpoint the proof ends in, such as one that reviewers have cosigned; default the newest.
 * @throws {AppError} `record-unknown`, `usage` when no checkpoint of that size covers the record, or `key-missing` when the record is not under a signed checkpoint yet and no key is here.
 */
export async function proveRecord(
  ledger: Ledger,
  refOrPrefix: string,
  ports: Pick<Ports, 'files'>,
  at?: number,
): Promise<string> {
  const { index } = await ledger.get(refOrPrefix);
  await ledger.publish();
  const layout = layoutOf(ledger.folder);
  const known = await readPublicKeys(layout, ports.files);
  const { note, checkpoint } = await noteOver(layout, { known, index, at }, ports.files);
  const head = new LedgerHead(layout, ports.files);
  await head.load((await readCheckpoint(layout, known, ports.files))?.size ?? checkpoint.size);
  const hashes: Uint8Array[] = [];
  let entry: Uint8Array | undefined;
  for await (const leaf of head.leaves(0, checkpoint.size)) {
    if (hashes.length === index) entry = leaf;
    hashes.push(leafHash(leaf));
  }
  if (entry === undefined)
    throw corrupt('Expected the entry in its bundle', join(layout.folder, 'tile'));
  const hops = inclusionProof(hashes, index).map((hash) => `${encodeBase64(hash)}\n`);
  return `${HEADER}\nextra ${encodeBase64(entry)}\nindex ${index}\n${hops.join('')}\n${decodeUtf8(note) ?? ''}`;
}

async function noteOver(
  layout: LedgerLayout,
  wanted: {
    readonly known: readonly NoteVerifier[];
    readonly index: number;
    readonly at: number | undefined;
  },
  files: Files,
): Promise<{ readonly note: Uint8Array; readonly checkpoint: Checkpoint }> {
  const { index, at } = wanted;
  const path = at === undefined ? layout.checkpoint : join(layout.checkpoints, String(at));
  const note = await files.read(path);
  const checkpoint = note === undefined ? undefined : openCheckpoint(note, wanted.known);
  if (note !== undefined && checkpoint === undefined) {
    throw corrupt('Expected a checkpoint signed by the key of its log', path);
  }
  if (note !== undefined && checkpoint !== undefined && checkpoint.size > index) {
    return { note, checkpoint };
  }
  if (at !== undefined) {
    const found = checkpoint === undefined ? 'found none' : 'it is not among them';
    throw new AppError('usage', {
      message: `Expected record ${index} under a checkpoint of ${at} records, ${found}`,
      hint: 'The sizes of checkpoints are the names in checkpoint.d of the ledger.',
    });
  }
  throw new AppError('key-missing', {
    message: `Expected record ${index} under a signed checkpoint, and there is no key here to sign one; run \`spendproof key enrol\``,
  });
}

/**
 * Checks a proof with nothing but the log's public key: the checkpoint's signature, the inclusion, the record's form.
 *
 * The record's own signature is that of a runner key, which the ledger enrols; `verifyLedger` checks those.
 */
export function verifyProof(text: string, vkey: string): ProofVerdict | ProofRefusal {
  const key = parseVerifierKey(vkey.trim());
  if (key === undefined) return refused('key');
  return judgeProof(text, { logs: [key], witnesses: [], isQuorum: () => true });
}

/** Checks a proof by a C2SP tlog-policy: any of its logs may have signed, and its quorum must have cosigned. */
export function verifyProofByPolicy(text: string, policy: Uint8Array): ProofVerdict | ProofRefusal {
  const trust = parseTrustPolicy(policy);
  return trust === undefined ? refused('policy') : judgeProof(text, trust);
}

function judgeProof(text: string, trust: TrustPolicy): ProofVerdict | ProofRefusal {
  const parts = parseProof(text);
  if (parts === undefined) return refused('form');
  const checkpoint = openCheckpoint(Buffer.from(parts.note), trust.logs, trust.witnesses);
  if (checkpoint === undefined) return refused('checkpoint');
  const { cosigners } = checkpoint;
  if (!trust.isQuorum(new Set(cosigners.map(({ vkey }) => vkey)))) return refused('quorum');
  const { index, leaf } = parts;
  const { origin, root, size } = checkpoint;
  const hash = leafHash(leaf);
  if (!verifyInclusion({ index, size, root, leaf: hash }, parts.path)) return refused('inclusion');
  const payload = parseEnvelope(leaf)?.payload;
  const stated = payload === undefined ? undefined : parseStatement(payload, origin);
  if (stated === undefined) return refused('record');
  const record = { ref: digestOf(hash), index, ...stated };
  const names = cosigners.map(({ name }) => name);
  return { kind: 'holds', record, origin, size, root: digestOf(root), cosigners: names };
}

function parseProof(text: string):
  | {
      readonly leaf: Uint8Array;
      readonly index: number;
      readonly path: readonly Uint8Array[];
      readonly note: string;
    }
  | undefined {
  const split = text.indexOf('\n\n');
  const [header, extra, place, ...lines] = text.slice(0, Math.max(0, split)).split('\n');
  const leaf = decodeBase64(/^extra (.+)$/.exec(extra ?? '')?.[1] ?? '*');
  const index = /^index (0|[1-9]\d{0,14})$/.exec(place ?? '')?.[1];
  const path = lines.flatMap((line) => decodeBase64(line) ?? []);
  if (header !== HEADER || leaf === undefined || index === undefined) return undefined;
  if (path.length !== lines.length || path.some((hash) => hash.byteLength !== 32)) return undefined;
  return { leaf, index: Number(index), path, note: text.slice(split + 2) };
}

const refused = (reason: ProofRefusal['reason']): ProofRefusal => ({ kind: 'refused', reason });
