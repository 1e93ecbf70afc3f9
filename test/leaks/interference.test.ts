import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordBody } from '../../src/evidence/index.ts';
import { runSmoke } from '../../src/verify/smoke/run.ts';
import { bytesOf, FIXTURE, portsOf, seal, testOf } from '../servers/smoke-harness.ts';

/** What a record may tell of an answer: everything else of it is noise. */
const facts = fc.record({
  status: fc.constantFrom(200, 302, 401, 403, 404, 429, 500),
  type: fc.constantFrom('application/json', 'text/html'),
  isJson: fc.boolean(),
  hasId: fc.boolean(),
  isModel: fc.boolean(),
  tokens: fc.constantFrom('in', 'over', 'text', 'none'),
  isCached: fc.boolean(),
  refusal: fc.constantFrom(200, 401, 403, 418, 503),
  hasEnvelope: fc.boolean(),
});
type Facts = ReturnType<(typeof facts)['generate']>['value'];

const word = fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/);
const noise = fc.record({
  key: fc.stringMatching(/^k[a-z0-9]{24}$/).filter((text) => new Set(text).size > 8),
  prompt: word,
  id: word,
  model: word,
  small: fc.integer({ min: 1, max: 400 }),
  large: fc.integer({ min: 401, max: 1_000_000 }),
  text: fc.string({ maxLength: 200 }),
  // Two levels are enough to hold anything anywhere; `error` and the asserted names are facts.
  more: fc.dictionary(
    word.map((name) => `x-${name.toLowerCase()}`),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 5 },
  ),
  header: fc.stringMatching(/^[!-~]{1,60}$/),
});
type Noise = ReturnType<(typeof noise)['generate']>['value'];

let server: Server;
let now: { facts: Facts; noise: Noise } | undefined;

function happyBody({ facts: is, noise: said }: NonNullable<typeof now>): string {
  const tokens = { in: said.small, over: said.large, text: said.text, none: undefined }[is.tokens];
  const body = JSON.stringify({
    ...said.more,
    ...(is.hasId ? { id: said.id } : {}),
    model: is.isModel ? FIXTURE.model : `other-${said.model}`,
    choices: [{ message: { content: said.text } }],
    ...(tokens === undefined ? {} : { usage: { total_tokens: tokens } }),
  });
  return is.isJson ? body : `${body}}`;
}

function answer(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { facts: is, noise: said }: NonNullable<typeof now>,
): void {
  const isKnown = headers.authorization === `Bearer ${said.key}`;
  response
    .setHeader('x-noise', said.header)
    .setHeader('set-cookie', `s=${said.id}`)
    .setHeader('content-type', is.type);
  if (isKnown && is.isCached) response.setHeader('x-cache', 'HIT');
  if (is.status === 302) response.setHeader('location', `https://${said.id}.test/`);
  const error = { message: `bad key ${said.key} ${said.text}` };
  const refusal = JSON.stringify({ ...said.more, ...(is.hasEnvelope ? { error } : {}) });
  response
    .writeHead(isKnown ? is.status : is.refusal)
    .end(isKnown ? happyBody({ facts: is, noise: said }) : refusal);
}

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (now === undefined) response.destroy();
      else answer(request, response, now);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

/** Everything that a run gives away, the declared MACs and the fixture's digest left out. */
async function toldOf(is: Facts, said: Noise): Promise<{ told: string; sent: number }> {
  now = { facts: is, noise: said };
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fixture = bytesOf({ ...FIXTURE, messages: [{ role: 'user', content: said.prompt }] });
  const log: string[] = [];
  const order = {
    test: testOf({}, fixture),
    provider: { id: 'example', host, errors: { envelope: '/error' }, noFallback: {} },
    environmentKind: 'non-production' as const,
    loopback: [host],
    fixture,
    patternState: 'holds' as const,
  };
  const { result } = await runSmoke(order, seal, portsOf({ secret: said.key }, log));
  expect(RecordBody.safeParse({ kind: 'smoke', review: null, ...result }).success).toBe(true);
  const masked = {
    ...result,
    credential: 'mac',
    baseRequest: 'mac',
    effective: 'mac',
    trace: result.trace === null ? null : 'mac',
    fixture: 'digest',
  };
  return { told: `${inspect(masked, { depth: 9 })}\n${log.join('\n')}`, sent: result.requests };
}

describe('answers that differ in nothing that a record may tell', () => {
  it('give the same result and log, byte for byte, whatever else they hold', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(facts, noise, noise, async (is, first, second) => {
        const one = await toldOf(is, first);
        expect((await toldOf(is, second)).told).toBe(one.told);
        seen.add(one.told);
      }),
      { numRuns: 80 },
    );
    // The facts do show: a result that never changed would pass this too.
    expect(seen.size).toBeGreaterThan(8);
  });
});
