import { createHmac } from 'node:crypto';

/** Bounds of the Standard Webhooks specification for generated keys, in bytes. */
const GENERATED = { min: 24, max: 64 };
const RAW = { min: 16, max: 512 };

/**
 * Reads a signing secret: `whsec_` with base64 of 24 to 64 bytes, or any other text of 16 to 512 bytes as it is.
 *
 * @returns `undefined` for anything else.
 */
export function signingKey(secret: string): Uint8Array | undefined {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (encoded === undefined) {
    const raw = new TextEncoder().encode(secret);
    return secret.startsWith('whsec_') ? undefined : within(raw, RAW);
  }
  const key = Buffer.from(encoded, 'base64');
  return key.toString('base64') === encoded ? within(key, GENERATED) : undefined;
}

/**
 * Signs a message by Standard Webhooks, `v1`: HMAC-SHA-256 over id, seconds and body, each joined by a point.
 *
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(
  key: Uint8Array,
  message: { readonly id: string; readonly seconds: number; readonly body: string },
): string {
  const signed = `${message.id}.${message.seconds}.${message.body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

const within = (key: Uint8Array, bytes: typeof RAW): Uint8Array | undefined =>
  key.byteLength >= bytes.min && key.byteLength <= bytes.max ? key : undefined;
