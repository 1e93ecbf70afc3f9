import { join } from 'node:path';
import { AppError, type Digest, digestOf, type Ports } from '../core/index.ts';
import { openCheckpoint } from './checkpoint.ts';
import { parseEnvelope } from './dsse.ts';
import { corrupt, layoutOf } from './layout.ts';
import type { Ledger } from './ledger.ts';
import { LedgerHead } from './ledger-head.ts';
import { inclusionProof, leafHash, verifyInclusion } from './merkle.ts';
import { parseVerifierKey } from './note.ts';
import { readCheckpoint, readPublicKeys } from './public-files.ts';
import { parseStatement } from './statement.ts';
import { decodeBase64, decodeUtf8, encodeBase64 } from './strict-decoding.ts';
import type { StoredRecord } from './stored-records.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** What a proof shows when it holds. */
export interface ProofVerdict {
  readonly kind: 'holds';
  readonly record: StoredRecord;
  readonly origin: string;
  readonly size: number;
  readonly root: Digest;
}

/** Why a proof shows nothing. */
export interface ProofRefusal {
  readonly kind: 'refused';
  readonly reason: 'form' | 'key' | 'checkpoint' | 'inclusion' | 'record';
}

/**
 * Writes the proof that a record stands in the ledger, in the form of C2SP tlog-proof; `extra` holds the record's leaf, so
 * that the text needs nothing beside the log's public key.
 *
 * @throws {AppError} `record-unknown`, or `key-missing` when the record is not under a signed checkpoint yet and no key is here.
 */
export async function proveRecord(
  ledger: Ledger,
  refOrPrefix: string,
  ports: Pick<Ports, 'files'>,
): Promise<string> {
  const { index } = await ledger.get(refOrPrefix);
  await ledger.publish();
  const layout = layoutOf(ledger.folder);
  const known = await readPublicKeys(layout, ports.files);
  const checkpoint = await readCheckpoint(layout, known, ports.files);
  const note = await ports.files.read(layout.checkpoint);
  if (checkpoint === undefined || note === undefined || checkpoint.size <= index) {
    throw new AppError('key-missing', {
      message: `Expected record ${index} under a signed checkpoint, and there is no key here to sign one; run \`spendproof key enrol\``,
    });
  }
  const head = new LedgerHead(layout, ports.files);
  await head.load(checkpoint.size);
  const hashes: Uint8Array[] = [];
  let entry: Uint8Array | undefined;
  for await (const leaf of head.leaves(0, checkpoint.size)) {
    if (hashes.length === index) entry = leaf;
    hashes.push(leafHash(leaf));
  }
  if (entry === undefined)
    throw corrupt('Expected the entry in its bundle', join(layout.folder, 'tile'));
  const path = inclusionProof(hashes, index).map((hash) => `${encodeBase64(hash)}\n`);
  return `${HEADER}\nextra ${encodeBase64(entry)}\nindex ${index}\n${path.join('')}\n${decodeUtf8(note) ?? ''}`;
}

/**
 * Checks a proof with nothing but the log's public key: the checkpoint's signature, the inclusion, the record's form.
 *
 * The record's own signature is that of a runner key, which the ledger enrols; `verifyLedger` checks those.
 */
export function verifyProof(text: string, vkey: string): ProofVerdict | ProofRefusal {
  const key = parseVerifierKey(vkey.trim());
  if (key === undefined) return refused('key');
  const parts = parseProof(text);
  if (parts === undefined) return refused('form');
  const checkpoint = openCheckpoint(Buffer.from(parts.note), [key]);
  if (checkpoint === undefined) return refused('checkpoint');
  const { index, leaf } = parts;
  const { origin, root, size } = checkpoint;
  const hash = leafHash(leaf);
  if (!verifyInclusion({ index, size, root, leaf: hash }, parts.path)) return refused('inclusion');
  const payload = parseEnvelope(leaf)?.payload;
  const stated = payload === undefined ? undefined : parseStatement(payload, origin);
  if (stated === undefined) return refused('record');
  const record = { ref: digestOf(hash), index, ...stated };
  return { kind: 'holds', record, origin, size, root: digestOf(root) };
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
