import { describe, expect, it } from 'vitest';
import type { Claim } from '../../plan/index.ts';
import { judgeClaim } from './claims.ts';
import { normalisePage } from './normalise.ts';

const HTML = `<html lang="en-GB"><body><main>
<h1 id="chat">Chat</h1><p>Send messages with <code>POST /v1/chat</code>. See <a href="https://status.example.com/history?x=1#now">the status page</a>
and <a href="/files/42">a file</a>.</p>
<h2 id="body-parameters">Body parameters</h2>
<dl><dt>temperature</dt><dd>Of sampling.</dd></dl>
<ul><li><code>top_p</code> number. Nucleus.</li><li>stop: where to end</li></ul>
<h3>max_tokens</h3><p>The most tokens. Deprecated in favour of another.</p>
<table><tr><th>Name</th><th>Type</th><th>Meaning</th></tr><tr><td>seed</td><td>integer</td><td>repeatable</td></tr></table>
<h2>Errors &amp; limits:</h2><p>Set the header <code>X-Trace-Id</code>. <a name="old-anchor"></a>It is free of charge.</p>
<pre><code>client.chat.create(model_name)</code></pre>
</main></body></html>`;

const OPENAPI = {
  openapi: '3.1.0',
  paths: {
    '/v1/files/{file_id}': {
      parameters: [{ $ref: '#/components/parameters/file_id' }],
      get: {
        operationId: 'retrieveFile',
        parameters: [{ name: 'expand', in: 'query' }],
        responses: { 200: { description: 'ok' }, '4XX': { description: 'no' } },
      },
      delete: { operationId: 'deleteFile', deprecated: true, responses: { default: {} } },
    },
    '/v1/chat': {
      post: {
        operationId: 'chat',
        deprecated: false,
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Chat' } } },
        },
        responses: { 200: { $ref: '#/components/responses/Ok' } },
      },
    },
    '/v2/old': {
      post: {
        operationId: 'old',
        parameters: [{ in: 'body', schema: { properties: { legacy: {} } } }],
      },
    },
  },
  components: {
    parameters: { file_id: { name: 'file_id', in: 'path' } },
    schemas: {
      Base: { properties: { seed: {} } },
      Chat: {
        allOf: [{ $ref: '#/components/schemas/Base' }, { $ref: '#/components/schemas/Chat' }],
        properties: { messages: { items: { properties: { inner: { type: 'string' } } } } },
      },
    },
  },
};

const YAML = `openapi: 3.0.0
paths:
  /v1/models:
    get:
      operationId: listModels
      responses: { "200": { description: ok } }
`;

function judge(claim: Claim, body: string, contentType: string) {
  const url = new URL('https://docs.example.com/page');
  const result = normalisePage({ body: Buffer.from(body), contentType, url: url.href });
  if (result.kind === 'degraded') throw new Error(result.problem);
  return judgeClaim(claim, { document: result.document, url, planned: url, attested: [] });
}

const onPage = (claim: object) =>
  judge({ id: 'a', ...claim } as Claim, HTML, 'text/html; charset=utf-8');
const onApi = (claim: object, body = JSON.stringify(OPENAPI), type = 'application/json') =>
  judge({ id: 'a', kind: 'openapi-operation', ...claim }, body, type);

describe('claims about a page', () => {
  it.each([
    [{ kind: 'heading', slug: 'errors-limits' }, 'holds'],
    [{ kind: 'heading', slug: 'errors' }, 'broken'],
    [{ kind: 'heading', slug: '#' }, 'broken'],
    [{ kind: 'anchor', anchor: 'body-parameters' }, 'holds'],
    [{ kind: 'anchor', anchor: 'old-anchor' }, 'holds'],
    [{ kind: 'anchor', anchor: 'Body-parameters' }, 'broken'],
    [{ kind: 'code-token', token: 'X-Trace-Id' }, 'holds'],
    [{ kind: 'code-token', token: 'model_name' }, 'holds'],
    [{ kind: 'code-token', token: 'X-Trace' }, 'broken'],
    [{ kind: 'code-token', token: 'x-trace-id' }, 'broken'],
    [{ kind: 'code-token', token: 'temperature' }, 'broken'],
    [{ kind: 'code-token', token: 'top_p', under: 'Errors & limits' }, 'broken'],
    [{ kind: 'parameter', name: 'temperature' }, 'holds'],
    [{ kind: 'parameter', name: 'top_p', under: 'Body parameters' }, 'holds'],
    [{ kind: 'parameter', name: 'stop', under: 'body-parameters' }, 'holds'],
    [{ kind: 'parameter', name: 'max_tokens', under: 'Body parameters' }, 'holds'],
    [{ kind: 'parameter', name: 'seed' }, 'holds'],
    [{ kind: 'parameter', name: 'integer' }, 'broken'],
    [{ kind: 'parameter', name: 'max' }, 'broken'],
    [{ kind: 'parameter', name: 'stop', under: 'Nowhere' }, 'not-evaluable'],
    [{ kind: 'table-shape', columns: ['Name', 'meaning'] }, 'holds'],
    [{ kind: 'table-shape', columns: ['Meaning', 'Name'] }, 'broken'],
    [{ kind: 'table-shape', columns: ['Name', 'Default'] }, 'broken'],
    [{ kind: 'link', to: 'status.example.com/history' }, 'holds'],
    [{ kind: 'link', to: 'docs.example.com/files/{id}' }, 'holds'],
    [{ kind: 'link', to: 'status.example.com' }, 'broken'],
    [{ kind: 'link', to: 'example.com/history' }, 'broken'],
    [{ kind: 'absent', text: 'sunset' }, 'holds'],
    [{ kind: 'absent', text: 'deprecated' }, 'broken'],
    [{ kind: 'absent', text: 'deprecated', under: 'Errors & limits' }, 'holds'],
    [{ kind: 'absent', text: 'deprecated', under: 'Nowhere' }, 'not-evaluable'],
    [{ kind: 'page-lang', lang: 'en-US' }, 'holds'],
    [{ kind: 'page-lang', lang: 'de' }, 'broken'],
    [{ kind: 'text', quote: 'free of charge', under: 'chat' }, 'holds'],
    [{ kind: 'text', quote: 'nucleus', under: 'Errors & limits' }, 'broken'],
  ])('%j: %s', (claim, result) => {
    expect(onPage(claim).result).toBe(result);
  });

  it('cannot tell the language of a page that names none', () => {
    const claim = { id: 'a', kind: 'page-lang', lang: 'en' } as const;
    expect(judge(claim, '# Title', 'text/markdown').result).toBe('not-evaluable');
  });

  it('takes the headings of Markdown for its anchors', () => {
    const claim = { id: 'a', kind: 'anchor', anchor: 'rate-limits' } as const;
    expect(judge(claim, '# Rate limits', 'text/markdown').result).toBe('holds');
    expect(judge(claim, '# Limits', 'text/markdown').result).toBe('broken');
  });

  it('notes words of an end in the section of the claim only', () => {
    expect(onPage({ kind: 'parameter', name: 'max_tokens' }).deprecated).toBe(true);
    expect(onPage({ kind: 'parameter', name: 'top_p' }).deprecated).toBe(false);
  });
});

describe('claims about an OpenAPI document', () => {
  it.each([
    [{ operationId: 'retrieveFile' }, 'holds'],
    [{ operationId: 'retrievefile' }, 'broken'],
    [{ method: 'GET', path: '/v1/files/{id}' }, 'holds'],
    [{ method: 'PUT', path: '/v1/files/{id}' }, 'broken'],
    [{ method: 'GET', path: '/v1/files' }, 'broken'],
    [{ operationId: 'deleteFile', method: 'GET', path: '/v1/files/{id}' }, 'broken'],
    [{ operationId: 'retrieveFile', param: 'expand' }, 'holds'],
    [{ operationId: 'retrieveFile', param: 'file_id' }, 'holds'],
    [{ operationId: 'deleteFile', param: 'expand' }, 'broken'],
    [{ operationId: 'chat', param: 'messages' }, 'holds'],
    [{ operationId: 'chat', param: 'seed' }, 'holds'],
    [{ operationId: 'chat', param: 'inner' }, 'broken'],
    [{ operationId: 'old', param: 'legacy' }, 'holds'],
    [{ operationId: 'retrieveFile', status: '200' }, 'holds'],
    [{ operationId: 'retrieveFile', status: '4XX' }, 'holds'],
    [{ operationId: 'retrieveFile', status: '404' }, 'broken'],
    [{ operationId: 'deleteFile', status: 'default' }, 'holds'],
  ])('%j: %s', (claim, result) => {
    expect(onApi(claim).result).toBe(result);
  });

  it('reads one in YAML as such', () => {
    expect(
      onApi({ operationId: 'listModels', status: '200' }, YAML, 'application/yaml').result,
    ).toBe('holds');
    expect(onApi({ operationId: 'other' }, YAML, 'text/yaml').result).toBe('broken');
  });

  it('notes an operation marked as deprecated, and none that is marked as not', () => {
    expect(onApi({ operationId: 'deleteFile' }).deprecated).toBe(true);
    expect(onApi({ operationId: 'chat' }).deprecated).toBe(false);
  });

  it('finds endpoints and parameters there too', () => {
    const api = JSON.stringify(OPENAPI);
    const claim = (extra: object) => judge({ id: 'a', ...extra } as Claim, api, 'application/json');
    expect(claim({ kind: 'endpoint', method: 'POST', path: '/v1/chat' }).result).toBe('holds');
    expect(claim({ kind: 'endpoint', method: 'GET', path: '/v1/chat' }).result).toBe('broken');
    const expand = { kind: 'parameter', name: 'expand' };
    expect(claim({ ...expand, under: 'GET /v1/files/{file_id}' }).result).toBe('holds');
    expect(claim({ ...expand, under: 'POST /v1/chat' }).result).toBe('broken');
    expect(claim({ kind: 'parameter', name: 'seed' }).result).toBe('holds');
  });

  it('cannot be judged on another page', () => {
    expect(onPage({ kind: 'openapi-operation', operationId: 'chat' }).result).toBe('not-evaluable');
    expect(onApi({ operationId: 'chat' }, '{"paths":{}}').result).toBe('not-evaluable');
  });
});
