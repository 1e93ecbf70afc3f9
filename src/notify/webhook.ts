import { setTimeout as delay } from 'node:timers/promises';
import { canonicalJson, durationMs, type Ports, type SecretRef } from '../core/index.ts';
import { type Answer, exchange, type NoAnswer, resolveTarget } from '../verify/index.ts';
import {
  type ChannelOf,
  type Delivery,
  delivered,
  type DeliveryPlace,
  notDelivered,
  type Patience,
  sender,
} from './channel.ts';
import type { Notice } from './notice.ts';
import { signingKey, webhookSignature } from './signature.ts';

/** Posts each notice to a receiver, signed by Standard Webhooks. */
export const webhookChannel = sender('webhook', deliverWebhook);

/** Receivers may refuse more (Standard Webhooks: keep payloads below 20 kB). */
const BODY_BYTES_MAX = 20_000;
const ANSWER_BYTES_MAX = 16_384;
const PATIENCE: Patience = {
  attemptsMax: 4,
  firstPauseMs: 1000,
  pausesMaxMs: 30_000,
  pause: (ms) => delay(ms),
};

interface Letter {
  readonly url: URL;
  readonly key: Uint8Array;
  readonly id: string;
  readonly body: string;
  readonly timeoutMs: number;
}

async function deliverWebhook(
  channel: ChannelOf<'webhook'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const url = urlOf(await readSecret(channel.url, ports));
  const key = signingKey((await readSecret(channel.secret, ports)) ?? '');
  if (url === undefined || key === undefined) {
    // A record has one word for a secret that is not there and one that has not the right form; the log tells which.
    ports.log.warn('notify.secret-unusable', { channel: channel.id, url: url === undefined });
    return notDelivered('secret-missing', 0);
  }
  const timeoutMs = durationMs(channel.timeout);
  const letter = { url, key, id: notice.id, body: bodyOf(notice), timeoutMs };
  const { attemptsMax, pausesMaxMs, pause, firstPauseMs } = place.patience ?? PATIENCE;
  let pausesLeftMs = pausesMaxMs;
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt(letter, place, ports);
    if (result.kind === 'arrived') return delivered(attempts);
    const backoffMs = jittered(firstPauseMs * 2 ** (attempts - 1), ports);
    const pauseMs = Math.max(backoffMs, result.retryAfterMs);
    const isLast = attempts >= attemptsMax || pauseMs > pausesLeftMs;
    if (!result.mayRetry || isLast) return notDelivered(result.reason, attempts);
    pausesLeftMs -= pauseMs;
    await pause(pauseMs);
  }
}

type Attempt =
  | { readonly kind: 'arrived' }
  | {
      readonly kind: 'failed';
      readonly reason: 'timeout' | 'refused' | 'status' | 'address-refused';
      readonly mayRetry: boolean;
      readonly retryAfterMs: number;
    };

async function attempt(letter: Letter, place: DeliveryPlace, ports: Ports): Promise<Attempt> {
  const { url, timeoutMs } = letter;
  const target = await resolveTarget(url, { loopback: place.loopback, timeoutMs }, ports);
  if (target === 'address-refused') return failed('address-refused', false);
  if (target === 'timeout') return failed('timeout', true);
  if (target === 'dns') return failed('refused', true);
  // Signed anew for each attempt: receivers refuse old timestamps. The id stays.
  const body = new TextEncoder().encode(letter.body);
  const seconds = Math.floor(ports.clock.ms() / 1000);
  const headers = {
    'content-type': 'application/json',
    'content-length': String(body.byteLength),
    'accept-encoding': 'identity',
    'user-agent': 'spendproof',
    'webhook-id': letter.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': webhookSignature(letter.key, { ...letter, seconds }),
  };
  const message = { method: 'POST', path: `${url.pathname}${url.search}`, headers, body } as const;
  const limits = { timeoutMs, responseBytesMax: ANSWER_BYTES_MAX };
  return judged(await exchange(target, message, limits), ports);
}

function judged(answer: Answer | NoAnswer, ports: Ports): Attempt {
  const { status } = answer;
  if (status === null) {
    return failed(
      answer.kind === 'none' && answer.transport === 'timeout' ? 'timeout' : 'refused',
      true,
    );
  }
  // The receiver has it as soon as the status says so, whatever becomes of the answer's body.
  if (status >= 200 && status < 300) return { kind: 'arrived' };
  const mayRetry = status >= 500 || [408, 425, 429].includes(status);
  const asked = answer.kind === 'answer' ? answer.headers['retry-after'] : undefined;
  return failed('status', mayRetry, retryAfterMs(asked, ports.clock.ms()));
}

const failed = (
  reason: Extract<Attempt, { kind: 'failed' }>['reason'],
  mayRetry: boolean,
  retryAfterMs = 0,
): Attempt => ({ kind: 'failed', reason, mayRetry, retryAfterMs });

/** Reads seconds or an HTTP date (RFC 9110, 10.2.3); anything else asks for nothing. */
function retryAfterMs(value: string | undefined, nowMs: number): number {
  if (value === undefined) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}

/** Spreads a pause over half to one and a half of its length, so that many senders do not return at once. */
function jittered(pauseMs: number, ports: Ports): number {
  const [byte = 0] = ports.random.bytes(1);
  return Math.round(pauseMs * (0.5 + byte / 255));
}

/** Leaves the numbers out when they would make the body too long: the record has them. */
function bodyOf(notice: Notice): string {
  const body = canonicalJson(notice.payload);
  if (Buffer.byteLength(body) < BODY_BYTES_MAX) return body;
  return canonicalJson({ type: 'notice.too-long', data: { id: notice.id } });
}

/** Reads at the last moment; of a failure only that there is nothing is kept, for its message may hold the secret. */
async function readSecret(ref: SecretRef, ports: Ports): Promise<string | undefined> {
  try {
    return (await ports.secrets.read(ref))?.trim();
  } catch (error) {
    ports.log.warn('notify.secret-unreadable', { known: error instanceof Error });
    return undefined;
  }
}

const urlOf = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
