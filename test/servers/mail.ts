import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** One mail as the server took it. */
export interface SeenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string | undefined;
}

/** A local mail server, for tests. */
export interface MailServer {
  readonly host: string;
  readonly seen: SeenMail[];
  readonly close: () => Promise<void>;
}

/** Refuses by code, in turn; then takes everything. */
export type Refusal = { readonly at: 'sender' | 'receiver' | 'data'; readonly code: number };

/** Starts a mail server that asks for a password when one is given. */
export async function startMail(
  options: {
    readonly password?: string;
    readonly refusals?: readonly Refusal[];
    /** TLS with the certificate that smtp-server brings, which nobody trusts. */
    readonly secure?: true;
  } = {},
): Promise<MailServer> {
  const seen: SeenMail[] = [];
  const refusals = [...(options.refusals ?? [])];
  const refuse = (at: Refusal['at']): Error | undefined => {
    if (refusals[0]?.at !== at) return undefined;
    const { code } = refusals.shift() ?? { code: 0 };
    return Object.assign(new Error('not now, finops@example.com'), { responseCode: code });
  };
  const server = new SMTPServer({
    authOptional: options.password === undefined,
    secure: options.secure === true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      password === options.password
        ? done(null, { user: username })
        : done(new Error('Invalid username or password')),
    onMailFrom: (_address, _session, done) => done(refuse('sender')),
    onRcptTo: (_address, _session, done) => done(refuse('receiver')),
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      stream.on('end', () => {
        const refusal = refuse('data');
        if (refusal !== undefined) {
          done(refusal);
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        seen.push({
          from,
          to,
          text,
          user: session.user === undefined ? undefined : String(session.user),
        });
        done();
      });
    },
  });
  // A client that hangs up is what some tests are about.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const port = (server.server.address() as AddressInfo).port;
  return {
    host: `127.0.0.1:${port}`,
    seen,
    close: async () =>
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  };
}
