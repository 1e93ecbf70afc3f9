import { describe, expect, it } from 'vitest';
import type { Claim } from '../../plan/index.ts';
import { judgeClaim, notEvaluable } from './claims.ts';
import { normalisePage } from './normalise.ts';

const PAGE = `# Chat

Create a chat completion.

## Endpoint

\`POST /v1/chat/completions\` on https://api.example.com, see \`DELETE /v1/files/{file_id}\`.

### Example

\`\`\`
curl https://api.example.com/v1/responses?x=1 -d '{}'
curl \${BASE_URL}/v1/models
\`\`\`

## List models

\`\`\`
curl https://api.example.com/v1/models
\`\`\`

## Old call:

POST /v1/completions is deprecated.

## More

Call /v1/embeddings, or \`curl -X PUT /v1/batches\`. The Help Center answers "billing" questions.
`;

function judge(claim: Claim, page = PAGE, attested: readonly string[] = []) {
  const result = normalisePage({
    body: new TextEncoder().encode(page),
    contentType: 'text/markdown',
    url: 'https://docs.example/chat.md',
  });
  if (result.kind === 'degraded') throw new Error(result.problem);
  const planned = new URL('https://docs.example/chat');
  const url = new URL('https://docs.example/chat.md');
  return judgeClaim(claim, { document: result.document, url, planned, attested });
}

describe('judgeClaim', () => {
  it.each([
    ['Chat', 'holds'],
    ['old CALL', 'holds'],
    ['Cha', 'broken'],
    ['Create a chat completion.', 'broken'],
  ])('looks for the heading %j: %s', (text, result) => {
    expect(judge({ id: 'a', kind: 'heading', text }).result).toBe(result);
  });

  it.each([
    ['help center answers', 'holds'],
    ['"billing" questions', 'holds'],
    ['Endpoint', 'holds'],
    ['POST /v1/chat', 'holds'],
    ['elp Center', 'broken'],
    ['Help Cente', 'broken'],
    ['chat completions are free', 'broken'],
  ])('looks for the words %j: %s', (quote, result) => {
    expect(judge({ id: 'a', kind: 'text', quote }).result).toBe(result);
  });

  it.each([
    ['POST', '/v1/chat/completions', 'holds'],
    ['POST', '/v1/chat/completions/', 'holds'],
    ['DELETE', '/v1/files/{id}', 'holds'],
    ['POST', '/v1/responses', 'holds'],
    ['GET', '/v1/models', 'holds'],
    ['PUT', '/v1/batches', 'holds'],
    ['POST', '/v1/chat', 'broken'],
    ['POST', '/v1/chat/completion', 'broken'],
    ['POST', '/chat/completions', 'broken'],
    ['POST', '/v1/chat/completions/{id}', 'broken'],
    ['GET', '/v1/chat/completions', 'broken'],
    ['DELETE', '/v1/embeddings', 'broken'],
    ['GET', '/v1/batches', 'broken'],
  ] as const)('looks for %s %s: %s', (method, path, result) => {
    expect(judge({ id: 'a', kind: 'endpoint', method, path }).result).toBe(result);
  });

  it.each(['/v1/chat/completionsX', '/v1/chat/completions/x', '/v2/v1/chat/completions'])(
    'does not take %s for /v1/chat/completions',
    (path) => {
      const claim = {
        id: 'a',
        kind: 'endpoint',
        method: 'POST',
        path: '/v1/chat/completions',
      } as const;
      expect(judge(claim, `# A\n\nPOST ${path}`).result).toBe('broken');
      expect(judge(claim, '# POST\n\n## B\n\n(/v1/chat/completions).').result).toBe('holds');
    },
  );

  it('ignores what is too long to be a path', () => {
    const claim = { id: 'a', kind: 'endpoint', method: 'POST', path: '/v1' } as const;
    expect(judge(claim, `POST ${'/v1'.repeat(400)}${'.'.repeat(100_000)}x`).result).toBe('broken');
  });

  it('notes that the section of a claim speaks of an end', () => {
    const old = { id: 'a', kind: 'endpoint', method: 'POST', path: '/v1/completions' } as const;
    expect(judge(old)).toEqual({ claim: 'a', result: 'holds', section: 4, deprecated: true });
    expect(judge({ ...old, path: '/v1/chat/completions' }).deprecated).toBe(false);
  });

  it('wants the host of the plan, or the one it names', () => {
    expect(judge({ id: 'a', kind: 'host' }).result).toBe('holds');
    expect(judge({ id: 'a', kind: 'host', host: 'docs.example' }).result).toBe('holds');
    expect(judge({ id: 'a', kind: 'host', host: 'docs.example:8443' }).result).toBe('broken');
  });

  it('cannot see what only the own account shows, unless a role has confirmed it', () => {
    expect(judge({ id: 'a', kind: 'attestation' }).result).toBe('not-evaluable');
    expect(judge({ id: 'a', kind: 'attestation' }, PAGE, ['a']).result).toBe('holds');
    expect(notEvaluable({ id: 'a', kind: 'host' }).result).toBe('not-evaluable');
  });
});
