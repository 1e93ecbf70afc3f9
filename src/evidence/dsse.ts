import { verify } from 'node:crypto';
import { canonicalJson } from '../core/index.ts';
import type { NoteSigner, NoteVerifier } from './note.ts';
import { decodeBase64, encodeBase64 } from './strict-decoding.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/**
 * The one form of an envelope in canonical JSON. A pattern says it exactly, and verification reads every envelope: it is
 * several times faster than to parse, judge and write it again.
 */
const ENVELOPE =
  /^\{"payload":"([A-Za-z0-9+/]+={0,2})","payloadType":"application\/vnd\.in-toto\+json","signatures":\[\{"keyid":"([!#-[\]-~]+)","sig":"([A-Za-z0-9+/]+={0,2})"\}\]\}$/;

/** Holds what an envelope says, before its signature is checked. */
export interface OpenEnvelope {
  readonly payload: Uint8Array;
  /** `name+keyId` of the key that is said to have signed. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Encodes type and payload so that neither can pass for the other (DSSE, PAE). */
export function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array {
  const typeLength = Buffer.byteLength(type);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${typeLength} ${type} ${payload.byteLength} `),
    payload,
  ]);
}

/** Signs a payload; the canonical JSON of the envelope is the leaf of the log. */
export function signEnvelope(payload: Uint8Array, signer: NoteSigner): Uint8Array {
  const { name, keyId } = signer.verifier;
  const signature = signer.sign(preAuthEncoding(PAYLOAD_TYPE, payload));
  const envelope = {
    payload: encodeBase64(payload),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: `${name}+${keyId}`, sig: encodeBase64(signature) }],
  };
  return Buffer.from(canonicalJson(envelope));
}

/** Reads an envelope in its canonical form; `undefined` for any other. */
export function parseEnvelope(leaf: Uint8Array): OpenEnvelope | undefined {
  // Bytes above ASCII stay above it in Latin-1, so the pattern refuses them.
  const text = Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength).toString('latin1');
  const [, body = '', keyId = '', sig = ''] = ENVELOPE.exec(text) ?? [];
  const payload = decodeBase64(body);
  const signature = decodeBase64(sig);
  if (payload === undefined || signature === undefined || body === '') return undefined;
  return { payload, keyId, signature };
}

/** Tells whether one of the keys has signed the envelope under its own name. */
export function isSignedBy(envelope: OpenEnvelope, keys: readonly NoteVerifier[]): boolean {
  const key = keyOf(envelope, keys);
  if (key === undefined) return false;
  return key.verify(preAuthEncoding(PAYLOAD_TYPE, envelope.payload), envelope.signature);
}

/** Answers as {@link isSignedBy} does, while another thread computes: most of the work of a verification is here. */
export async function isSignedByLater(
  envelope: OpenEnvelope,
  keys: readonly NoteVerifier[],
): Promise<boolean> {
  const key = keyOf(envelope, keys);
  const { payload, signature } = envelope;
  if (key === undefined || signature.byteLength !== 64) return false;
  const signed = preAuthEncoding(PAYLOAD_TYPE, payload);
  return await new Promise((resolve) => {
    verify(null, signed, key.publicKey, signature, (error, holds) => {
      resolve(error === null && holds);
    });
  });
}

const keyOf = (envelope: OpenEnvelope, keys: readonly NoteVerifier[]): NoteVerifier | undefined =>
  keys.find(({ name, keyId }) => `${name}+${keyId}` === envelope.keyId);
