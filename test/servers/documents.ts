import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** Answers one request of the documentation server. */
export type DocumentHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A local documentation site on loopback whose pages a test can change while it runs. */
export interface DocumentServer {
  /** `127.0.0.1:PORT`, as `network.loopback` lists it. */
  readonly host: string;
  /** The port alone, to reach the same server by another name. */
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Every request so far, as `METHOD path`, with its headers. */
  readonly requests: readonly {
    readonly line: string;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** Puts a page, or a handler, at a path; replaces what was there. */
  readonly serve: (path: string, page: string | DocumentHandler) => void;
  /** Puts several answers at a path, one a request; the last one stays. */
  readonly serveInTurn: (path: string, pages: readonly (string | DocumentHandler)[]) => void;
  readonly close: () => Promise<void>;
}

/** Starts the server on a free port of 127.0.0.1; what nothing was put at answers 404. */
export async function startDocumentServer(): Promise<DocumentServer> {
  const pages = new Map<string, DocumentHandler>();
  const requests: { line: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const page = pages.get(path) ?? answer(404, htmlPage({ title: 'Page not found', main: '' }));
    page(request, response);
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const serve: DocumentServer['serve'] = (path, page) => {
    pages.set(path, handlerOf(page));
  };
  return {
    host: `127.0.0.1:${port}`,
    port,
    origin: `http://127.0.0.1:${port}`,
    requests,
    serve,
    serveInTurn: (path, turns) => {
      let turn = 0;
      serve(path, (request, response) => {
        const page = turns[Math.min(turn, turns.length - 1)] ?? '';
        turn += 1;
        handlerOf(page)(request, response);
      });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}

const handlerOf = (page: string | DocumentHandler): DocumentHandler =>
  typeof page === 'string' ? answer(200, page) : page;

/** Answers with a status, a body and headers; HTML unless the headers say otherwise. */
export const answer =
  (
    status: number,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): DocumentHandler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers });
    response.end(body);
  };

/** Sends the reader elsewhere. */
export const redirect = (status: number, location: string): DocumentHandler =>
  answer(status, '', { location });

/** Wraps main content into a page with the chrome that documentation sites have around it. */
export function htmlPage(page: {
  readonly title: string;
  readonly main: string;
  readonly chrome?: string;
  readonly bodyAttributes?: string;
  readonly lang?: string;
}): string {
  return `<!doctype html><html lang="${page.lang ?? 'en'}"><head><meta charset="utf-8"><title>${page.title}</title>
<script>window.build = "${'x'.repeat(40)}";</script><style>main { color: black }</style></head>
<body ${page.bodyAttributes ?? ''}><nav><a href="/">Home</a> <a href="/docs?visit=1">Docs</a></nav>
${page.chrome ?? ''}<main>${page.main}</main><footer>© 2026 Example Docs</footer></body></html>`;
}

/** The main content of an ordinary page about pricing; amounts and limits are invented. */
export const PRICING_MAIN = `<h1>About pricing</h1>
<p>Usage is billed by the token. The console of your own account shows what was charged, and the invoice is what counts.</p>
<h2>Rates</h2><p>Input costs $3.00 for a million tokens on the example model.</p>
<table><thead><tr><th>Model</th><th>Input</th></tr></thead><tbody><tr><td><code>example-large</code></td><td>$3.00</td></tr>
<tr><td><code>example-small</code></td><td>$0.25</td></tr></tbody></table>
<h2>Requests</h2><p>Send requests to the endpoint below.</p><pre><code>POST /v1/chat/completions</code></pre>
<h2>Support</h2><p>Questions about a charge go to the <a href="/help?from=pricing">help center</a> of the account.</p>`;

/** The page of {@link PRICING_MAIN}, with one text in it replaced. */
export function pricingPage(replace = '', by = ''): string {
  if (!PRICING_MAIN.includes(replace)) throw new RangeError('The page does not hold that text');
  return htmlPage({ title: 'Pricing', main: PRICING_MAIN.replace(replace, by) });
}

/** Sends the headers and then a few bytes at a time, far apart. */
export const drip: DocumentHandler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.write('<html>');
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
};

/** Announces more bytes than it sends, and cuts the connection. */
export const cutOff: DocumentHandler = (_request, response) => {
  const page = pricingPage();
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': `${page.length * 2}` });
  response.write(page, () => response.destroy());
};

/** What a page of {@link holdOpen} calls once its scripts are done. */
export const DONE = `() => fetch('/done')`;

/**
 * Gives a script element for the end of a page: the page is not loaded before its own scripts called {@link DONE}, or led
 * elsewhere. A browser waits for a loaded page as long as it may, and for silence afterwards only a while.
 */
export function holdOpen({ serve }: Pick<DocumentServer, 'serve'>): string {
  const waiting: (() => void)[] = [];
  let done = 0;
  let released = 0;
  const release = (): void => {
    for (; released < done && waiting.length > 0; released += 1) waiting.shift()?.();
  };
  serve('/done', (_request, response) => {
    response.end();
    done += 1;
    release();
  });
  serve('/held.js', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/javascript' });
    waiting.push(() => response.end());
    release();
  });
  return '<script src="/held.js"></script>';
}

/** Cuts the connection before any header. */
export const reset: DocumentHandler = (request) => {
  request.socket.destroy();
};

/** Sends eleven mebibytes. */
export const oversize: DocumentHandler = answer(200, 'a '.repeat(5.5 * 1024 * 1024));

/** Sends a few kilobytes that unpack to eight mebibytes. */
export const gzipBomb: DocumentHandler = answer(200, gzipSync(Buffer.alloc(8 * 1024 * 1024)), {
  'content-encoding': 'gzip',
});
