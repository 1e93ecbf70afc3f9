import { canonicalJson, durationMs, type Json, type Ports } from '../core/index.ts';
import { alertmanagerMessage } from './alertmanager-message.ts';
import { type ChannelOf, type Delivery, type DeliveryPlace, sender } from './channel.ts';
import { postOnly, secretMissing } from './http.ts';
import type { Notice } from './notice.ts';
import { readSecret, readUrl } from './secrets.ts';
import { signingKey, webhookSignature } from './signature.ts';

/** Posts each notice to a receiver, signed by Standard Webhooks. */
export const webhookChannel = sender('webhook', deliverWebhook);

/** Receivers may refuse more (Standard Webhooks: keep payloads below 20 kB). */
const BODY_BYTES_MAX = 20_000;

async function deliverWebhook(
  channel: ChannelOf<'webhook'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const url = await readUrl(channel.url, ports);
  if (url === undefined) return secretMissing(channel.id, 'url', ports);
  const key = signingKey((await readSecret(channel.secret, ports)) ?? '');
  if (key === undefined) return secretMissing(channel.id, 'secret', ports);
  const body = bodyOf(channel, notice);
  const headers = () => {
    // Signed anew for each attempt: receivers refuse old timestamps. The id stays.
    const seconds = Math.floor(ports.clock.ms() / 1000);
    return {
      'webhook-id': notice.id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': webhookSignature(key, { id: notice.id, body, seconds }),
    };
  };
  const letter = { url, headers, body, timeoutMs: durationMs(channel.timeout) };
  return await postOnly(letter, place, ports);
}

/** Leaves the numbers out when they would make the body too long: the record has them. */
function bodyOf(channel: ChannelOf<'webhook'>, notice: Notice): string {
  const wanted: Json =
    channel.format === 'alertmanager' ? alertmanagerMessage(notice, channel.id) : notice.payload;
  const body = canonicalJson(wanted);
  if (Buffer.byteLength(body) < BODY_BYTES_MAX) return body;
  return canonicalJson({ type: 'notice.too-long', data: { id: notice.id } });
}
