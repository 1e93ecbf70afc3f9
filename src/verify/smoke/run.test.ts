import { describe, expect, it } from 'vitest';
import { CANARY_KEY, FIXTURE, mac, run } from '../../../test/servers/smoke-harness.ts';
import type { ProviderMode } from '../../../test/servers/provider.ts';
import { PLACEHOLDER_CREDENTIAL } from './request.ts';
import type { SmokeResult } from './result.ts';

const claim = (result: SmokeResult, id: string) =>
  result.claims.find(({ claim }) => claim === id)?.result;

describe('a smoke test against a healthy provider', () => {
  it('passes with two requests that differ in the credential only', async () => {
    const { result, server, traces } = await run('happy');
    expect(result).toMatchObject({ outcome: 'pass', reasons: [], missing: [], requests: 2 });
    expect(result.claims.map(({ result }) => result)).toEqual(Array(5).fill('holds'));
    const [happy, error] = server.seen;
    expect(server.seen).toHaveLength(2);
    expect(happy?.body).toBe(JSON.stringify(FIXTURE));
    expect({ ...error, headers: {} }).toEqual({ ...happy, headers: {} });
    expect(error?.headers).toEqual({
      ...happy?.headers,
      authorization: `Bearer ${PLACEHOLDER_CREDENTIAL}`,
    });
    expect(result.trace).toBe(mac('chatcmpl-00000001'));
    expect(traces).toEqual(['chatcmpl-00000001']);
    expect(result.traceFrom).toBe('pointer');
    expect(result.credential).toBe(mac(CANARY_KEY));
    expect(result.error).toMatchObject({
      status: 401,
      errorClass: 'auth',
      routedTo: 'ai-platform',
      assertions: [{ index: 0, ok: true, reason: 'ok' }],
    });
  });

  it('sends neither cookie nor proxy header, and asks for no compression', async () => {
    const { server } = await run('happy', { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } });
    const headers = server.seen[0]?.headers ?? {};
    expect(headers['accept-encoding']).toBe('identity');
    expect(Object.keys(headers).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ]);
  });

  it('adds the fields against fallback and nothing else', async () => {
    const noFallback = { provider: { allow_fallbacks: false }, disable_fallbacks: true };
    const { result, server } = await run('happy', { provider: { noFallback } });
    expect(result.outcome).toBe('pass');
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ ...FIXTURE, ...noFallback });
  });

  it('sends a raw or named credential header where the scheme says so', async () => {
    const request = {
      method: 'POST' as const,
      path: '/v1/chat/completions',
      auth: { scheme: 'x-api-key' as const, secret: { env: 'SMOKE_KEY' } },
      body: { fixture: 'smoke/minimal.json' },
    };
    const { server } = await run('accepts-any-key', { test: { request } });
    expect(server.seen[0]?.headers['x-api-key']).toBe(CANARY_KEY);
    expect(server.seen[0]?.headers['authorization']).toBeUndefined();
  });

  it.each([
    [{ model: 'nonexistent' as const }, [404], 'not-found', 'model-nonexistent'],
    [{ body: 'truncated' as const }, [400], 'invalid-request', 'body-truncated'],
    [
      { param: { pointer: '/model', value: 'spendproof-nonexistent-model' } },
      [404],
      'not-found',
      'param',
    ],
  ])(
    'makes the one change %j with the real credential',
    async (change, status, errorClass, mutation) => {
      const { result, server } = await run('happy', { error: { change, status } });
      expect(result).toMatchObject({ outcome: 'pass', mutation, error: { errorClass } });
      expect(server.seen[1]?.headers['authorization']).toBe(`Bearer ${CANARY_KEY}`);
      expect(server.seen[1]?.body).not.toBe(server.seen[0]?.body);
    },
  );
});

describe('a smoke test against a hostile or broken provider', () => {
  it.each<[ProviderMode, string, string, string, number]>([
    ['model-swapped', 'fail', 'smoke-invalid', 'ok', 2],
    ['redirect', 'fail', 'smoke-invalid', 'redirect', 1],
    ['echo-redirect', 'fail', 'smoke-invalid', 'redirect', 1],
    ['cached', 'fail', 'smoke-invalid', 'other', 2],
    ['oversize', 'fail', 'smoke-invalid', 'too-large', 1],
    ['oversize-chunked', 'fail', 'smoke-invalid', 'too-large', 1],
    ['gzip', 'fail', 'smoke-invalid', 'encoding', 1],
    ['invalid-utf8', 'fail', 'smoke-invalid', 'bad-json', 2],
    ['duplicate-keys', 'fail', 'smoke-invalid', 'bad-json', 2],
    ['nan', 'fail', 'smoke-invalid', 'bad-json', 2],
    ['deep', 'fail', 'smoke-invalid', 'bad-json', 2],
    ['html', 'fail', 'smoke-invalid', 'content-type', 2],
    ['trace-missing', 'fail', 'smoke-assertion', 'ok', 2],
    ['usage-missing', 'fail', 'smoke-assertion', 'ok', 2],
    ['not-found-html', 'fail', 'smoke-assertion', 'ok', 2],
    ['rate-limit', 'inconclusive', 'smoke-blocked', 'ok', 1],
    ['forbidden', 'inconclusive', 'smoke-blocked', 'ok', 1],
    ['server-error', 'inconclusive', 'smoke-blocked', 'ok', 1],
    ['truncated', 'inconclusive', 'smoke-transport', 'reset', 1],
    ['hang-up', 'inconclusive', 'smoke-transport', 'reset', 1],
  ])('%s: the happy path is %s for %s', async (...row) => {
    const [mode, outcome, reason, transport, requests] = row;
    const { result, server } = await run(mode);
    expect(result.happy).toMatchObject({ outcome, reasons: [reason], transport });
    expect(result.outcome).toBe(outcome);
    expect(server.seen).toHaveLength(requests);
    expect(result.requests).toBe(requests);
  });

  it.each<ProviderMode>(['drip', 'silent'])('%s: gives up at the deadline', async (mode) => {
    const { result } = await run(mode, { limits: { timeout: '100ms' } });
    expect(result.happy).toMatchObject({ outcome: 'inconclusive', transport: 'timeout' });
    expect(result.requests).toBe(1);
  });

  it('fails when a wrong credential is accepted, and routes nothing', async () => {
    const { result } = await run('accepts-any-key');
    expect(result.happy.outcome).toBe('pass');
    expect(result.error).toMatchObject({ outcome: 'fail', status: 200, routedTo: null });
    expect(result).toMatchObject({ outcome: 'fail', reasons: ['smoke-invalid'] });
    expect(claim(result, 'error-classified')).toBe('broken');
  });

  it('takes no refusal for one that a cache gave back', async () => {
    const { result } = await run('cached-error', { error: { at: [] }, provider: { errors: {} } });
    expect(result.happy.outcome).toBe('pass');
    expect(result.error).toMatchObject({ outcome: 'fail', status: 401, transport: 'other' });
    expect(claim(result, 'error-classified')).toBe('broken');
  });

  it('fails an answer that the gateway says it tried again for', async () => {
    const provider = { zeroHeaders: ['x-attempted-retries'] };
    const { result } = await run('retried', { provider });
    expect(result.happy).toMatchObject({ outcome: 'fail', reasons: ['smoke-invalid'] });
    expect((await run('retried')).result.happy.outcome).toBe('pass');
  });

  it('refuses in a fixture the fields that the provider names', async () => {
    const fixture = { ...FIXTURE, num_retries: 3 };
    const provider = { refusedFields: ['num_retries'] };
    expect((await run('happy', { fixture, provider })).result.reasons).toEqual(['smoke-invalid']);
    expect((await run('happy', { fixture })).result.outcome).toBe('pass');
  });

  it('names the assertion that a swapped model breaks', async () => {
    const { result } = await run('model-swapped');
    expect(result.happy.assertions[1]).toEqual({ index: 1, ok: false, reason: 'differs' });
    expect(claim(result, 'request-completed')).toBe('holds');
  });

  it('routes a refused request to the owner of that status and never tries again', async () => {
    const { result, server } = await run('rate-limit');
    expect(result.happy).toMatchObject({ errorClass: 'rate-limit', routedTo: 'finops' });
    expect(result.error).toMatchObject({ outcome: 'inconclusive', status: null });
    expect(server.seen).toHaveLength(1);
    const error = await run('server-error');
    expect(error.result.happy).toMatchObject({ errorClass: 'server', routedTo: 'ai-platform' });
  });

  it('reads one answer only when a second is smuggled behind it', async () => {
    const { result } = await run('smuggled');
    expect(result.happy).toMatchObject({ outcome: 'pass', status: 200 });
    expect(result.trace).toBe(mac('chatcmpl-00000001'));
    expect(result.error).toMatchObject({ outcome: 'pass', status: 401 });
  });

  it('holds the error path to its documented status and envelope', async () => {
    const other = await run('happy', { error: { status: [422] } });
    expect(other.result.error).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['smoke-blocked'],
    });
    const unlike = await run('happy', {
      error: { change: { model: 'nonexistent' }, status: [422] },
    });
    expect(unlike.result.error).toMatchObject({ outcome: 'fail', reasons: ['smoke-assertion'] });
    const bare = await run('happy', { provider: { errors: { envelope: '/fault' } } });
    expect(bare.result.error).toMatchObject({
      outcome: 'fail',
      assertions: [{ index: 0, ok: false, reason: 'absent' }],
    });
    const plain = await run('happy', { provider: { errors: {} } });
    expect(plain.result.error).toMatchObject({ outcome: 'pass', assertions: [] });
  });

  it('withholds the pass when a claim has no assertion behind it, or a wanted marker is not there', async () => {
    const at = [{ pointer: '/id', type: 'string' as const }];
    const vacuous = await run('happy', { happy: { at } });
    expect(vacuous.result).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['claim-not-evaluable'],
      missing: ['smoke:chat-minimal'],
    });
    const markerless = await run('trace-missing', {
      happy: {
        at: [{ pointer: '/usage/total_tokens', type: 'integer' }],
        trace: { from: ['pointer:/id'], required: false },
      },
    });
    expect(markerless.result).toMatchObject({ outcome: 'fail', reasons: ['smoke-assertion'] });
    expect(claim(markerless.result, 'trace-present')).toBe('broken');
  });
});
