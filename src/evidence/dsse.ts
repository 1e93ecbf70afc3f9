import { z } from 'zod';
import { canonicalJson } from '../core/index.ts';
import type { NoteSigner, NoteVerifier } from './note.ts';
import { decodeBase64, decodeUtf8, encodeBase64, parseCanonicalJson } from './strict-decoding.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const Envelope = z.strictObject({
  payload: z.string(),
  payloadType: z.literal(PAYLOAD_TYPE),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })).length(1),
});

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
  const text = decodeUtf8(leaf);
  const json = text === undefined ? undefined : parseCanonicalJson(text);
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return undefined;
  const payload = decodeBase64(envelope.data.payload);
  const signature = decodeBase64(envelope.data.signatures[0]?.sig ?? '');
  if (payload === undefined || signature === undefined) return undefined;
  return { payload, keyId: envelope.data.signatures[0]?.keyid ?? '', signature };
}

/** Tells whether one of the keys has signed the envelope under its own name. */
export function isSignedBy(envelope: OpenEnvelope, keys: readonly NoteVerifier[]): boolean {
  const key = keys.find(({ name, keyId }) => `${name}+${keyId}` === envelope.keyId);
  if (key === undefined) return false;
  return key.verify(preAuthEncoding(PAYLOAD_TYPE, envelope.payload), envelope.signature);
}
