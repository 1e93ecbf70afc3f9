import type { Ports } from '../core/index.ts';
import { type Answer, exchange, type NoAnswer, resolveTarget } from '../verify/index.ts';
import { type Delivery, type DeliveryPlace, notDelivered } from './channel.ts';
import { type Attempt, failed, type Tried, tryPatiently } from './patience.ts';

/** One message to a receiver that speaks HTTP. */
export interface Letter {
  readonly method?: 'GET' | 'PATCH' | 'POST' | 'PUT';
  readonly url: URL;
  /** Made anew for each attempt: a signature holds the time. Without content type and length. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** JSON; null for none. */
  readonly body: string | null;
  readonly timeoutMs: number;
  /** Of the answer; default 16 KiB. */
  readonly answerBytesMax?: number;
}

/** What came back with a status of 200 to 299. */
export interface Reply {
  /** Empty when the answer was cut off or too large; the message has arrived all the same. */
  readonly body: Uint8Array;
}

const ANSWER_BYTES_MAX = 16_384;

/** Sends a letter, again if need be; the address passes the same guard as documents, and no redirect is followed. */
export async function post(
  letter: Letter,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Tried<Reply>> {
  return await tryPatiently(async () => await attempt(letter, place, ports), place, ports);
}

/** Sends a letter whose answer does not matter. */
export async function postOnly(
  letter: Letter,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  return (await post(letter, place, ports)).delivery;
}

/**
 * Ends a delivery for which a secret is missing or has the wrong form.
 *
 * A record has one word for both; the log tells which secret, never what it holds.
 */
export function secretMissing(channel: string, secret: keyof typeof FORMS, ports: Ports): Delivery {
  ports.log.warn('notify.secret-unusable', { channel, secret, expected: FORMS[secret] });
  return notDelivered('secret-missing', 0);
}

/** What a secret of each name has to be. */
const FORMS = {
  url: 'an address that begins with https:// and, for ntfy, ends in a topic',
  secret: 'whsec_ with base64 of 24 to 64 bytes, or 16 to 512 characters',
  token: '1 to 4096 printable characters without a space',
  key: '1 to 4096 printable characters without a space',
  smtp: 'smtps:// or smtp:// with user, password (% as %25) and host',
  to: 'mail addresses with commas between them, without names',
  from: 'a mail address without a name',
} as const;

async function attempt(
  letter: Letter,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Attempt<Reply>> {
  const { url, timeoutMs } = letter;
  const target = await resolveTarget(url, { loopback: place.loopback, timeoutMs }, ports);
  if (target === 'address-refused') return failed('address-refused', false);
  if (target === 'timeout') return failed('timeout', true);
  if (target === 'dns') return failed('refused', true);
  const body = letter.body === null ? null : new TextEncoder().encode(letter.body);
  const headers = {
    ...(body === null
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(body.byteLength) }),
    'accept-encoding': 'identity',
    'user-agent': 'spendproof',
    ...letter.headers?.(),
  };
  const path = `${url.pathname}${url.search}`;
  const message = { method: letter.method ?? 'POST', path, headers, body } as const;
  const limits = { timeoutMs, responseBytesMax: letter.answerBytesMax ?? ANSWER_BYTES_MAX };
  return judged(await exchange(target, message, limits), ports);
}

function judged(answer: Answer | NoAnswer, ports: Ports): Attempt<Reply> {
  const { status } = answer;
  if (status === null) return failed(reasonOf(answer), true);
  // The receiver has it as soon as the status says so, whatever becomes of the answer's body.
  if (status >= 200 && status < 300) {
    return {
      kind: 'arrived',
      value: { body: answer.kind === 'answer' ? answer.body : new Uint8Array() },
    };
  }
  const asked = answer.kind === 'answer' ? waitAsked(answer, ports.clock.ms()) : 0;
  // A limit that is told by 403 with a time to wait, as GitHub does, is no refusal.
  if (status === 401 || (status === 403 && asked === 0)) return failed('auth-refused', false);
  const mayRetry = status >= 500 || [403, 408, 425, 429].includes(status);
  return failed('status', mayRetry, asked);
}

function reasonOf(answer: Answer | NoAnswer): 'timeout' | 'tls' | 'refused' {
  if (answer.kind !== 'none') return 'refused';
  if (answer.transport === 'tls-verify') return 'tls';
  return answer.transport === 'timeout' ? 'timeout' : 'refused';
}

/** Reads seconds or an HTTP date (RFC 9110, 10.2.3); anything else asks for nothing. */
function waitAsked({ headers }: Answer, nowMs: number): number {
  const value = headers['retry-after'];
  if (value === undefined) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
