import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** One request as the provider saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Names the ways in which a provider can be hostile or broken; design: smoke.md 2.2, rule 8. */
export type ProviderMode =
  | 'happy'
  | 'accepts-any-key'
  | 'model-swapped'
  | 'redirect'
  | 'echo-body'
  | 'echo-header'
  | 'echo-redirect'
  | 'echo-chunks'
  | 'echo-401'
  | 'echo-trace'
  | 'echo-request-id'
  | 'cached'
  | 'cached-error'
  | 'retried'
  | 'drip'
  | 'oversize'
  | 'oversize-chunked'
  | 'gzip'
  | 'invalid-utf8'
  | 'duplicate-keys'
  | 'nan'
  | 'deep'
  | 'rate-limit'
  | 'forbidden'
  | 'server-error'
  | 'not-found-html'
  | 'html'
  | 'trace-missing'
  | 'usage-missing'
  | 'smuggled'
  | 'truncated'
  | 'hang-up'
  | 'silent';

/** A local provider in the shape of OpenAI's chat completions, for tests. */
export interface ProviderServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly seen: SeenRequest[];
  mode: ProviderMode;
  readonly close: () => Promise<void>;
}

/**
 * Starts a provider on loopback that knows one key.
 *
 * @param noise is put into answers where a canary test wants it found: the text of the answer, an extra header, an error message.
 */
export async function startProvider(
  key: string,
  { mode = 'happy', noise = 'pong' }: { mode?: ProviderMode; noise?: string } = {},
): Promise<ProviderServer> {
  const state: { mode: ProviderMode; seen: SeenRequest[] } = { mode, seen: [] };
  const server = createServer((request, response) => {
    void readRequest(request).then((seen) => {
      state.seen.push(seen);
      answer({ seen, response, key, noise, count: state.seen.length }, state.mode);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: state.seen,
    get mode() {
      return state.mode;
    },
    set mode(next) {
      state.mode = next;
    },
    close: () => closeServer(server),
  };
}

interface Turn {
  readonly seen: SeenRequest;
  readonly response: ServerResponse;
  readonly key: string;
  readonly noise: string;
  /** 1 for the first request. */
  readonly count: number;
}

function answer(turn: Turn, mode: ProviderMode): void {
  const isKnown = turn.seen.headers['authorization'] === `Bearer ${turn.key}`;
  if (!isKnown && mode !== 'accepts-any-key' && mode !== 'echo-401') {
    const id = mode === 'echo-request-id' ? turn.key : 'req-00000001';
    if (mode === 'cached-error') turn.response.setHeader('cache-status', 'edge; hit; ttl=9');
    return unauthorized(turn, `Incorrect credential. ${turn.noise} (request id: ${id})`);
  }
  const special = MODES[mode];
  return special === undefined ? completion(turn) : special(turn);
}

const MODES: Partial<Record<ProviderMode, (turn: Turn) => void>> = {
  'model-swapped': (turn) => completion(turn, { model: 'another-model' }),
  redirect: ({ response }) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  'echo-body': (turn) => completion(turn, { echo: turn.seen.headers['authorization'] ?? '' }),
  'echo-header': (turn) => {
    turn.response.setHeader('x-echo', turn.seen.headers['authorization'] ?? '');
    completion(turn);
  },
  'echo-chunks': (turn) => {
    const body = JSON.stringify({
      ...completionOf(turn),
      echo: turn.seen.headers['authorization'] ?? '',
    });
    turn.response.writeHead(200, { 'content-type': 'application/json' });
    // The key is cut in two by the boundary of the chunks.
    const cut = body.indexOf(turn.key) + Math.floor(turn.key.length / 2);
    turn.response.write(body.slice(0, cut), () => turn.response.end(body.slice(cut)));
  },
  'echo-redirect': ({ response, seen }) => {
    const key = encodeURIComponent(seen.headers['authorization'] ?? '');
    response.writeHead(302, { location: `http://127.0.0.1:9/?key=${key}` }).end(key);
  },
  'echo-401': (turn) => {
    const isKnown = turn.seen.headers['authorization'] === `Bearer ${turn.key}`;
    if (isKnown) completion(turn);
    else unauthorized(turn, `Incorrect API key provided: ${turn.key} ${turn.noise}`);
  },
  'echo-trace': (turn) => completion(turn, { id: backwards(turn.key) }),
  'echo-request-id': (turn) => completion(turn),
  cached: (turn) => {
    turn.response.setHeader('age', '42').setHeader('x-cache', 'Hit from edge');
    completion(turn);
  },
  'cached-error': (turn) => completion(turn),
  retried: (turn) => {
    turn.response.setHeader('x-attempted-retries', '1');
    completion(turn);
  },
  drip: ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drop = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(drop));
  },
  oversize: ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1073741824' });
    response.write('[');
  },
  'oversize-chunked': ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const flood = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
    };
    response.on('drain', flood);
    flood();
  },
  gzip: ({ response }) => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, 32));
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(bomb);
  },
  'invalid-utf8': ({ response }) => raw(response, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])),
  'duplicate-keys': (turn) =>
    raw(turn.response, `{"model":"x",${JSON.stringify(completionOf(turn)).slice(1)}`),
  nan: ({ response }) => raw(response, '{"usage":{"total_tokens":NaN}}'),
  deep: ({ response }) => raw(response, `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  'rate-limit': (turn) =>
    turn.count === 1 ? failure(turn, 429, { 'retry-after': '0' }) : completion(turn),
  forbidden: (turn) => failure(turn, 403),
  'server-error': (turn) => failure(turn, 500),
  'not-found-html': ({ response }) =>
    response.writeHead(404, { 'content-type': 'text/html' }).end('<p>no such page</p>'),
  html: ({ response }) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>sign in</p>'),
  'trace-missing': (turn) => {
    const { id: _, ...rest } = completionOf(turn);
    raw(turn.response, JSON.stringify(rest));
  },
  'usage-missing': (turn) => {
    const { usage: _, ...rest } = completionOf(turn);
    raw(turn.response, JSON.stringify(rest));
  },
  smuggled: (turn) => {
    const body = JSON.stringify(completionOf(turn));
    const second =
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';
    turn.response.socket?.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}${second}`,
    );
  },
  truncated: ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"id":', () => response.destroy());
  },
  'hang-up': ({ response }) => void response.destroy(),
  silent: () => {},
};

const backwards = (text: string): string => text.split('').toReversed().join('');

function completionOf({ seen, noise, count }: Turn) {
  const asked = parsed(seen.body);
  return {
    id: `chatcmpl-${String(count).padStart(8, '0')}`,
    object: 'chat.completion',
    model: typeof asked['model'] === 'string' ? asked['model'] : 'unknown',
    choices: [{ index: 0, message: { role: 'assistant', content: noise }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
  };
}

function completion(turn: Turn, change: Readonly<Record<string, string>> = {}): void {
  if (parsed(turn.seen.body)['model'] === 'spendproof-nonexistent-model') {
    return failure(turn, 404);
  }
  if (!isJson(turn.seen.body)) return failure(turn, 400);
  turn.response.setHeader('x-noise', turn.noise);
  return raw(turn.response, JSON.stringify({ ...completionOf(turn), ...change }));
}

function unauthorized(turn: Turn, message: string): void {
  turn.response.writeHead(401, { 'content-type': 'application/json' });
  turn.response.end(JSON.stringify({ error: { message, type: 'invalid_request_error' } }));
}

function failure(turn: Turn, status: number, headers: Readonly<Record<string, string>> = {}): void {
  turn.response.writeHead(status, { 'content-type': 'application/json', ...headers });
  turn.response.end(JSON.stringify({ error: { message: turn.noise, type: 'example_error' } }));
}

const raw = (response: ServerResponse, body: string | Uint8Array): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(body);

function parsed(body: string): Readonly<Record<string, unknown>> {
  return isJson(body) ? (JSON.parse(body) as Record<string, unknown>) : {};
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
