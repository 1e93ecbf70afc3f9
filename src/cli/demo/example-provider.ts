import { appendFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PAGES } from './pages.ts';

/** A provider on loopback: documentation pages, one OpenAI-compatible endpoint, and a gateway log that it appends to. */
export interface ExampleProvider {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly close: () => Promise<void>;
}

interface Options {
  readonly key: string;
  /** A JSON Lines file that gets one row a request, as a gateway's log would. */
  readonly logFile: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const BODY_MAX = 65_536;

/** Starts the example provider on a free port of 127.0.0.1. */
export async function startExampleProvider(options: Options): Promise<ExampleProvider> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    answer({ request, response, options, count }).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, close: async () => await close(server) };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly options: Options;
  readonly count: number;
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const page = PAGES[request.url ?? ''];
  if (request.method === 'GET' && page !== undefined) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  if (request.method === 'POST' && request.url === '/v1/chat/completions') {
    await complete(exchange);
    return;
  }
  sendJson(response, 404, { error: { message: 'no such path', type: 'example_error', code: '' } });
}

async function complete({ request, response, options, count }: Exchange): Promise<void> {
  const trace = `ex-${options.now()}-${count}`;
  const body = await readBody(request);
  if (request.headers.authorization !== `Bearer ${options.key}`) {
    sendJson(response, 401, {
      error: {
        message: `invalid key (request id: ${trace})`,
        type: 'example_error',
        code: 'invalid_api_key',
      },
    });
    return;
  }
  const model = modelOf(body);
  await appendFile(options.logFile, `${JSON.stringify(logRow(options, trace, model))}\n`);
  response.setHeader('x-request-id', trace);
  sendJson(response, 200, {
    id: trace,
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
  });
}

function logRow(options: Options, trace: string, model: string): object {
  return {
    time: Math.floor(options.now() / 1000),
    request: trace,
    key: 'smoke-staging',
    model,
    input: 9,
    output: 1,
    total: 10,
  };
}

function modelOf(body: string): string {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed === 'object' && parsed !== null && 'model' in parsed)
    return String(parsed.model);
  throw new TypeError('no model');
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > BODY_MAX) throw new RangeError('body too large');
  }
  return body;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
