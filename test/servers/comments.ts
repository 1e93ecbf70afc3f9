import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A local host of comments that answers as GitHub's or GitLab's REST API does, for tests. */
export interface CommentServer {
  readonly host: string;
  /** The address of the issue that comments stand on. */
  readonly issue: string;
  readonly comments: { id: number; body: string }[];
  /** Method and path of each request. */
  readonly seen: string[];
  readonly tokens: Set<string>;
  /** The next answers have this status; then all is well again. */
  readonly fail: (...answers: readonly (readonly [status: number, headers?: object])[]) => void;
  /** The next answer is this text. */
  readonly say: (text: string) => void;
  readonly close: () => Promise<void>;
}

const STYLES = {
  github: {
    issue: '/repos/team/app/issues/7',
    list: /^\/repos\/team\/app\/issues\/7\/comments$/,
    one: /^\/repos\/team\/app\/issues\/comments\/(\d+)$/,
    edit: 'PATCH',
    token: 'authorization',
    max: 65_536,
  },
  gitlab: {
    issue: '/api/v4/projects/12/merge_requests/3',
    list: /^\/api\/v4\/projects\/12\/merge_requests\/3\/notes$/,
    one: /^\/api\/v4\/projects\/12\/merge_requests\/3\/notes\/(\d+)$/,
    edit: 'PUT',
    token: 'private-token',
    max: 1_000_000,
  },
} as const;

/** Starts a host of comments in the style of one of the two. */
export async function startComments(style: keyof typeof STYLES): Promise<CommentServer> {
  const api = STYLES[style];
  const comments: CommentServer['comments'] = [];
  const seen: string[] = [];
  const tokens = new Set<string>();
  const failures: (readonly [status: number, headers?: object, text?: string])[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const url = new URL(String(request.url), 'http://local');
      seen.push(`${request.method} ${url.pathname}`);
      tokens.add(String(request.headers[api.token]));
      const failure = failures.shift();
      const end = (status: number, value: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify(value));
      if (failure !== undefined) {
        const [status, headers, text = '{}'] = failure;
        response.writeHead(status, { ...headers }).end(text);
        return;
      }
      const body = text === '' ? '' : String((JSON.parse(text) as { body: unknown }).body);
      const id = Number(api.one.exec(url.pathname)?.[1]);
      if (body.length > api.max) end(422, { message: 'body is too long' });
      else if (request.method === 'GET' && api.list.test(url.pathname)) {
        const size = Number(url.searchParams.get('per_page'));
        const page = Number(url.searchParams.get('page'));
        end(200, comments.slice((page - 1) * size, page * size));
      } else if (request.method === 'POST' && api.list.test(url.pathname)) {
        comments.push({ id: comments.length + 1, body });
        end(201, comments.at(-1));
      } else if (request.method === api.edit && comments[id - 1] !== undefined) {
        comments[id - 1] = { id, body };
        end(200, comments[id - 1]);
      } else end(404, { message: 'Not Found' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    issue: `http://${host}${api.issue}`,
    comments,
    seen,
    tokens,
    fail: (...answers) => void failures.push(...answers),
    say: (text) => void failures.push([200, {}, text]),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
