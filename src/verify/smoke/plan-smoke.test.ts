import { describe, expect, it } from 'vitest';
import { bytesOf, FIXTURE, portsOf, seal, testOf } from '../../../test/servers/smoke-harness.ts';
import { startProvider } from '../../../test/servers/provider.ts';
import { sha256 } from '../../core/index.ts';
import { planSmoke } from './plan-smoke.ts';
import type { SmokeOrder } from './preflight.ts';
import { runSmoke } from './run.ts';

const fixture = bytesOf(FIXTURE);
const orderOf = (over: Partial<SmokeOrder> = {}): SmokeOrder => ({
  test: testOf({}, fixture),
  provider: {
    id: 'example',
    host: 'api.example.com',
    errors: {},
    noFallback: { disable_fallbacks: true },
  },
  environmentKind: 'non-production',
  loopback: [],
  fixture,
  patternState: 'holds',
  ...over,
});

describe('planSmoke', () => {
  it('shows what would be sent, with a reference in place of the secret', () => {
    const plan = planSmoke(orderOf(), {});
    expect(plan).toMatchObject({
      smoke: 'chat-minimal',
      origin: 'https://api.example.com',
      secret: { env: 'SMOKE_KEY' },
      change: 'auth-placeholder',
      fixture: { digest: sha256(fixture), isPinned: true },
      added: { disable_fallbacks: true },
      model: FIXTURE.model,
      limits: { timeoutMs: 600_000, responseBytes: 65_536, outputTokens: 16 },
      refusedFor: [],
    });
    expect(plan.requests.map(({ credential }) => credential)).toEqual(['secret', 'placeholder']);
    expect(plan.notAsserted).toContain('price');
    expect(JSON.stringify(plan)).not.toContain(FIXTURE.messages[0]?.content);
  });

  it('shows exactly what a run then sends', async () => {
    const secret = 'a-credential-of-this-test';
    const server = await startProvider(secret);
    const base = orderOf({ loopback: [server.host] });
    const order = { ...base, provider: { ...base.provider, host: server.host } };
    const plan = planSmoke(order, {});
    await runSmoke(order, seal, portsOf({ secret }, []));
    await server.close();
    expect(plan.origin).toBe(`http://${server.host}`);
    const sent = server.seen.map(({ method, url, headers, body }) => ({
      method,
      path: url,
      headers: {
        ...headers,
        ...(headers['authorization'] === `Bearer ${secret}` ? { authorization: null } : {}),
      },
      body: { bytes: body.length, digest: sha256(Buffer.from(body)) },
      credential: headers['authorization'] === `Bearer ${secret}` ? 'secret' : 'placeholder',
    }));
    expect(sent).toEqual(plan.requests);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ ...FIXTURE, ...plan.added });
  });

  it('says why a run would be refused', () => {
    const off = planSmoke(orderOf({ patternState: 'stale' }), {});
    expect(off.refusedFor).toEqual(['document-stale']);
    const none = planSmoke(orderOf({ fixture: null }), {});
    expect(none).toMatchObject({ fixture: null, requests: [], refusedFor: ['not-pinned'] });
    const hidden = bytesOf({ ...FIXTURE, fallbacks: ['other'] });
    const unfit = planSmoke(orderOf({ fixture: hidden, test: testOf({}, hidden) }), {});
    expect(unfit).toMatchObject({ requests: [], refusedFor: ['smoke-invalid'] });
  });

  it('shows a request without a body', () => {
    const { body: _, ...request } = testOf({}, fixture).request;
    const test = { ...testOf({}, fixture), request: { ...request, method: 'GET' as const } };
    const plan = planSmoke(orderOf({ test }), {});
    expect(plan.requests.map(({ method, body }) => [method, body])).toEqual([
      ['GET', null],
      ['GET', null],
    ]);
    expect(plan.refusedFor).toEqual([]);
    const truncated = { ...test, error: { ...test.error, change: { body: 'truncated' as const } } };
    expect(planSmoke(orderOf({ test: truncated, fixture: null }), {}).requests).toEqual([]);
  });
});
