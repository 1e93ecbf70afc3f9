import { isIP } from 'node:net';
import { durationMs, instantFromMs, itemAt, type Ports } from '../core/index.ts';
import { resolveHost } from '../verify/index.ts';
import { type ChannelOf, type Delivery, type DeliveryPlace, sender } from './channel.ts';
import { secretMissing } from './http.ts';
import { type Letter, mailOf, type Mailbox } from './mail.ts';
import type { Notice } from './notice.ts';
import { type Attempt, failed, tryPatiently } from './patience.ts';
import { readSecret } from './secrets.ts';

/** Sends each notice as a mail with a text and an HTML part; mails of one budget stand in one thread. */
export const emailChannel = sender('email', deliverMail);

/** Submission (RFC 6409, RFC 8314) and relay. */
const PORTS = [25, 465, 587, 2525];

interface Server {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; without it STARTTLS must be offered. */
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
}

async function deliverMail(
  channel: ChannelOf<'email'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const server = serverOf((await readSecret(channel.smtp, ports)) ?? '');
  if (server === undefined) return secretMissing(channel.id, 'smtp', ports);
  const to = addressesOf((await readSecret(channel.to, ports)) ?? '');
  if (to === undefined) return secretMissing(channel.id, 'to', ports);
  const from = await senderOf(channel, server, ports);
  if (from === undefined) return secretMissing(channel.id, 'from', ports);
  const mailbox: Mailbox = { from: itemAt([...from, ...to], 0), to };
  const letter = mailOf(notice, mailbox, instantFromMs(ports.clock.ms()));
  const sending = { server, letter, timeoutMs: durationMs(channel.timeout) };
  const once = async () => await attempt(sending, place, ports);
  return (await tryPatiently(once, place, ports)).delivery;
}

/** A plan that names a sender wants that one; without it the user of the server counts, or nobody: an empty list. */
async function senderOf(
  channel: ChannelOf<'email'>,
  server: Server,
  ports: Ports,
): Promise<readonly string[] | undefined> {
  if (channel.from === undefined) return addressesOf(server.auth?.user ?? '') ?? [];
  return addressesOf((await readSecret(channel.from, ports)) ?? '');
}

async function attempt(
  {
    server,
    letter,
    timeoutMs,
  }: {
    readonly server: Server;
    readonly letter: Letter;
    readonly timeoutMs: number;
  },
  place: DeliveryPlace,
  ports: Ports,
): Promise<Attempt> {
  const reach = { loopback: place.loopback, ports: PORTS, timeoutMs };
  const target = await resolveHost(server, reach, ports);
  if (target === 'address-refused') return failed('address-refused', false);
  if (target === 'timeout') return failed('timeout', true);
  if (target === 'dns') return failed('refused', true);
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    // The address that was checked; the certificate must be that of the name.
    host: target.address,
    port: server.port,
    secure: server.secure,
    requireTLS: !server.secure && !target.listed,
    ignoreTLS: !server.secure && target.listed,
    tls: {
      // RFC 6066 knows no server name that is an address; its certificate is checked against it all the same.
      ...(isIP(server.host.replace(/^\[|\]$/g, '')) === 0 ? { servername: server.host } : {}),
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    },
    ...(server.auth === undefined ? {} : { auth: server.auth }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const sent = await transport.sendMail(letter);
    if (sent.rejected.length > 0) {
      ports.log.warn('notify.receivers-refused', { count: sent.rejected.length });
    }
    return { kind: 'arrived', value: undefined };
  } catch (error) {
    return failureOf(error);
  } finally {
    transport.close();
  }
}

/** Only codes are looked at: the message quotes addresses and what the server said. */
function failureOf(error: unknown): Attempt {
  const found = error as { code?: string; originalCode?: string; responseCode?: number };
  if (found.code === 'EAUTH') return failed('auth-refused', false);
  // nodemailer names the phase in `code` and keeps what the socket said beside it.
  const code = String(found.originalCode ?? found.code);
  if (code === 'ETLS' || /CERT|SSL|TLS|SIGNATURE/.test(code)) return failed('tls', false);
  // RFC 5321, 4.2.1: 4yz may be tried again, 5yz may not.
  const { responseCode = 0 } = found;
  if (responseCode >= 400) return failed('status', responseCode < 500);
  return failed(code === 'ETIMEDOUT' ? 'timeout' : 'refused', true);
}

function serverOf(text: string): Server | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  if ((!secure && url.protocol !== 'smtp:') || url.hostname === '') return undefined;
  try {
    const user = decodeURIComponent(url.username);
    const auth = user === '' ? undefined : { user, pass: decodeURIComponent(url.password) };
    return { host: url.hostname, port: Number(url.port) || (secure ? 465 : 587), secure, auth };
  } catch (error) {
    // A lone `%` in a password: it has to be written as `%25`.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Reads addresses with commas between them; no display names, and nothing that could begin another header. */
function addressesOf(text: string): readonly string[] | undefined {
  const addresses = text.split(',').map((part) => part.trim());
  return addresses.every((one) => /^[^\s@<>(),;:"\\[\]]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(one))
    ? addresses
    : undefined;
}
