import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One delivery as the receiver saw it. */
export interface SeenDelivery {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the receiver does with one delivery: it answers, hangs up, or stays silent. */
export type WebhookAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | 'hang-up'
  | 'silent';

/** A local webhook receiver, for tests. */
export interface WebhookServer {
  readonly url: string;
  /** `127.0.0.1:port`, as a plan lists it. */
  readonly host: string;
  readonly seen: SeenDelivery[];
  readonly close: () => Promise<void>;
}

/** Starts a receiver that gives the answers in turn; the last one is repeated. */
export async function startWebhook(
  ...answers: readonly [WebhookAnswer, ...WebhookAnswer[]]
): Promise<WebhookServer> {
  const seen: SeenDelivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: Buffer.concat(chunks).toString('utf8'),
      });
      const answer = answers[Math.min(seen.length, answers.length) - 1] ?? answers[0];
      if (answer === 'hang-up') response.destroy();
      else if (answer !== 'silent') response.writeHead(answer.status, answer.headers ?? {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/hook`,
    host,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
