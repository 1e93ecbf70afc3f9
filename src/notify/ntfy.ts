import { durationMs, itemAt, type Json, type Ports } from '../core/index.ts';
import { type ChannelOf, type Delivery, type DeliveryPlace, sender } from './channel.ts';
import { postOnly, secretMissing } from './http.ts';
import type { Notice } from './notice.ts';
import { bearerOf, readToken, readUrl } from './secrets.ts';

/** Publishes each notice to a topic of ntfy, as JSON. https://docs.ntfy.sh/publish/#publish-as-json */
export const ntfyChannel = sender('ntfy', publishNotice);

/** A longer message would become an attachment. */
const MESSAGE_BYTES_MAX = 4096;
const TITLE_BYTES_MAX = 250;
const PRIORITIES = { info: 2, warning: 4, critical: 5 } as const;
const TAGS = { info: 'information_source', warning: 'warning', critical: 'rotating_light' };

async function publishNotice(
  channel: ChannelOf<'ntfy'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const address = await readUrl(channel.url, ports);
  const topic = /^(.*\/)([A-Za-z0-9_-]{1,64})$/.exec(address?.pathname ?? '');
  if (address === undefined || topic === null) return secretMissing(channel.id, 'url', ports);
  const token = channel.token === undefined ? null : await readToken(channel.token, ports);
  if (token === undefined) return secretMissing(channel.id, 'token', ports);
  // JSON goes to the root of the server; a path before the topic is that of a proxy.
  const url = new URL(itemAt(topic, 1), address);
  const body = JSON.stringify(ntfyMessage(notice, itemAt(topic, 2)));
  const headers = () => bearerOf(token);
  const letter = { url, headers, body, timeoutMs: durationMs(channel.timeout) };
  return await postOnly(letter, place, ports);
}

/** Writes a notice within ntfy's limits. */
export function ntfyMessage(notice: Notice, topic: string): Json {
  const isOver = notice.state === 'resolved';
  const lines = notice.facts.map(([name, value]) => `${name}: ${value}`).join('\n');
  return {
    topic,
    title: cutBytes(notice.title, TITLE_BYTES_MAX),
    message: cutBytes(lines, MESSAGE_BYTES_MAX),
    priority: isOver ? PRIORITIES.info : PRIORITIES[notice.severity],
    tags: [isOver ? 'white_check_mark' : TAGS[notice.severity]],
  };
}

function cutBytes(text: string, max: number): string {
  const bytes = Buffer.from(text);
  if (bytes.byteLength <= max) return text;
  // A character that the cut would halve decodes to U+FFFD and is dropped.
  const kept = bytes
    .subarray(0, max - 3)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return `${kept}…`;
}
