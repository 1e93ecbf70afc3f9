import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { digestHex, sha256 } from '../../src/core/index.ts';
import { unpacked } from '../fixtures/unpacked.ts';

/** Everything of the outside that no written byte may hold; each is a word of its own. */
export interface Outside {
  readonly key: string;
  readonly prompt: string;
  /** In the text of the answer. */
  readonly answer: string;
  /** In a header, a cookie and the error's message. */
  readonly noise: string;
  /** In cells of an export. */
  readonly cell: string;
  /** The name of an export's file. */
  readonly file: string;
  /** In the address of a channel, and its signing secret. */
  readonly hook: string;
  /** In the text of a page. */
  readonly page: string;
}

/** A provider and its pages, on one port. */
export interface LeakServer {
  readonly host: string;
  /** Answers from now on with other words. */
  readonly speak: (outside: Outside) => void;
  readonly close: () => Promise<void>;
}

const pageOf = ({
  page,
}: Outside): string => `<!doctype html><html lang="en"><head><title>Reference</title></head><body><main>
<h1>Reference</h1><h2>Create a chat completion</h2><p>POST /v1/chat/completions answers one conversation with a
message, its usage and an id, and refuses a credential that it does not know with a documented error.</p><p>${page}</p>
</main></body></html>`;

/** Starts the provider; every answer carries what must not be kept. */
export async function startLeakServer(first: Outside): Promise<LeakServer> {
  let outside = first;
  const server: Server = createServer((request, response) => {
    response
      .setHeader('set-cookie', `session=${outside.noise}`)
      .setHeader('x-noise', outside.noise);
    if (request.method === 'GET' && request.url === '/moved') {
      response.writeHead(302, { location: `https://${outside.noise}.example.com/` }).end();
      return;
    }
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pageOf(outside));
      return;
    }
    request.resume().on('end', () => {
      if (request.url?.startsWith('/hook/') === true) {
        response.writeHead(request.url.endsWith(outside.hook) ? 200 : 404).end(outside.noise);
        return;
      }
      const isKnown = request.headers.authorization === `Bearer ${outside.key}`;
      response.setHeader('content-type', 'application/json');
      const body = isKnown
        ? {
            id: `trace-${outside.noise}`,
            model: 'example-small',
            choices: [{ message: { role: 'assistant', content: outside.answer } }],
            usage: { total_tokens: 10 },
          }
        : { error: { message: `Incorrect API key: ${outside.key} ${outside.noise}` } };
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    speak: (next) => {
      outside = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Writes a project whose smoke test, pages and export meet the outside. */
export async function writeLeakProject(
  folder: string,
  host: string,
  outside: Outside,
): Promise<void> {
  const fixture = JSON.stringify({
    model: 'example-small',
    max_tokens: 4,
    messages: [{ role: 'user', content: outside.prompt }],
  });
  const rows = Array.from(
    { length: 14 },
    (_, index) =>
      `2026-11-${String(9 + index).padStart(2, '0')}T10:00:00Z,req-${outside.cell}-${index},small,seat-${outside.cell},10,2,0.5`,
  );
  const csv = [
    'ts,request,model,seat,in,out,usd',
    ...rows,
    `not-a-time-${outside.cell},req-x,small,s,1,1,1`,
  ].join('\n');
  const files: Readonly<Record<string, string>> = {
    'spendproof.yaml': planOf(host, digestHex(sha256(fixture))),
    'smoke/minimal.json': fixture,
    [`exports/${outside.file}.csv`]: `${csv}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const planOf = (host: string, fixture: string): string => `version: 1
owner: finops
owners:
  - { id: finops, notify: [outbox, hook] }
notify:
  - { id: outbox, kind: file, path: outbox }
  - { id: hook, kind: webhook, url: { env: LEAK_TEST_HOOK }, secret: { env: LEAK_TEST_HOOK_SECRET }, timeout: 10m }
network: { loopback: ["${host}"] }
providers:
  - { id: example, host: "${host}", errors: { envelope: /error } }
documents:
  - id: reference
    url: http://${host}/
    purpose: Verify the request pattern
    claims:
      - { id: chat-completions, kind: endpoint, method: POST, path: /v1/chat/completions }
  - { id: moved-page, url: "http://${host}/moved", purpose: Verify that a page stays on its host }
exports:
  - id: app-log
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, model, seat, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model, userRef: seat }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01, for: [budget-review, smoke-evidence] }
metrics: [cost-per-1k-requests]
budgets:
  - { id: monthly, amount: "5.00", at: [0.5, 1.0] }
smoke:
  - id: chat-minimal
    provider: example
    pattern: chat-completions
    environment: staging
    enabled: true
    request:
      method: POST
      path: /v1/chat/completions
      auth: { scheme: bearer, secret: { env: LEAK_TEST_KEY } }
      body: { fixture: smoke/minimal.json }
    pinned: { sha256: ${fixture}, by: finops }
    limits: { timeout: 10m }
    happy:
      at: [{ pointer: /id, type: string }, { pointer: /model, is: requested }]
      trace: { from: ["pointer:/id"] }
    error: { change: { auth: placeholder }, status: [401] }
    usageEvidence: { export: app-log, by: trace }
    claims: [pattern-exists, request-completed, trace-present, error-classified]
`;

/** What the plan's references to secrets stand for. */
export const secretsOf = (host: string, { key, hook, noise }: Outside) => ({
  LEAK_TEST_KEY: key,
  LEAK_TEST_HOOK: `http://${host}/hook/${hook}`,
  LEAK_TEST_HOOK_SECRET: `signed-by-${hook}`,
  LEAK_TEST_OTHER: `env-${noise}`,
});

/** Reads every file under a folder, unpacked where it is compressed, by its path in the folder. */
export async function filesUnder(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    found.set(relative(folder, path), unpacked(path, bytes).toString('latin1'));
  }
  return found;
}

/** The command lines of a first week, in order. */
export const WEEK: readonly (readonly string[])[] = [
  ['init'],
  ['plan'],
  ['docs', 'check'],
  ['docs', 'accept', 'reference'],
  ['smoke', 'plan', 'chat-minimal'],
  ['review'],
  ['review', 'show', '--format', 'md'],
  ['review', 'show', '--format', 'junit'],
  ['review', 'show', '--json'],
  ['review', 'handoff'],
  ['smoke', 'run', 'chat-minimal'],
  ['usage', 'list'],
  ['guard', 'gap', '--json'],
  ['ledger', 'log', '--json'],
  ['reproduce', '--all', '--json'],
];
