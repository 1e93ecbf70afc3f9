import { createHmac, randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { digestHex, instantFromMs, type Log, type Ports, sha256 } from '../../core/index.ts';
import type { Provider, SmokeTest } from '../../plan/index.ts';
import {
  type ProviderMode,
  type ProviderServer,
  startProvider,
} from '../../../test/servers/provider.ts';
import { runSmoke, type SmokeRun } from './run.ts';
import { PLACEHOLDER_CREDENTIAL } from './request.ts';
import type { SmokeResult } from './result.ts';

const servers: ProviderServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const CANARY_KEY = `k${randomBytes(24).toString('hex')}`;
const CANARY_PROMPT = `prompt ${randomBytes(12).toString('hex')}`;
const CANARY_NOISE = `noise ${randomBytes(12).toString('hex')}`;
const FIXTURE = {
  model: 'example-mini',
  max_tokens: 4,
  messages: [{ role: 'user', content: CANARY_PROMPT }],
};
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const mac = (value: string) =>
  createHmac('sha256', 'salt').update(value).digest('base64url').slice(0, 22);

interface Overrides {
  readonly test?: Partial<SmokeTest>;
  readonly error?: Partial<SmokeTest['error']>;
  readonly happy?: Partial<SmokeTest['happy']>;
  readonly limits?: Partial<SmokeTest['limits']>;
  readonly provider?: Partial<Provider>;
  readonly fixture?: unknown;
  readonly order?: Partial<Parameters<typeof runSmoke>[0]>;
  readonly env?: Readonly<Record<string, string>>;
  readonly secret?: string | undefined;
  readonly addresses?: readonly string[];
}

function testOf(over: Overrides, fixture: Uint8Array): SmokeTest {
  return {
    id: 'chat-minimal',
    provider: 'example',
    pattern: 'chat-completions',
    environment: 'staging',
    enabled: true,
    request: {
      method: 'POST',
      path: '/v1/chat/completions',
      auth: { scheme: 'bearer', secret: { env: 'SMOKE_KEY' } },
      body: { fixture: 'smoke/minimal.json' },
    },
    pinned: { sha256: digestHex(sha256(fixture)), by: 'ai-platform' },
    limits: { timeout: '5s', responseBytes: 65_536, outputTokens: 16, ...over.limits },
    happy: {
      status: [200],
      contentType: 'application/json',
      at: [
        { pointer: '/id', type: 'string' },
        { pointer: '/model', is: 'requested' },
        { pointer: '/usage/total_tokens', type: 'integer', min: 1, max: 400 },
      ],
      trace: { from: ['header:x-request-id', 'pointer:/id'], required: true },
      ...over.happy,
    },
    error: {
      change: { auth: 'placeholder' },
      status: [401, 403],
      at: [],
      route: { '401': 'ai-platform', '429': 'finops', '5xx': 'ai-platform' },
      ...over.error,
    },
    claims: [
      'pattern-exists',
      'request-completed',
      'trace-present',
      'usage-fields-present',
      'error-classified',
    ],
    ...over.test,
  };
}

interface Ran extends SmokeRun {
  readonly server: ProviderServer;
  readonly log: readonly string[];
  readonly traces: readonly string[];
}

async function run(mode: ProviderMode, over: Overrides = {}): Promise<Ran> {
  const server = await startProvider(CANARY_KEY, { mode, noise: CANARY_NOISE });
  servers.push(server);
  const fixture = bytesOf(over.fixture ?? FIXTURE);
  const log: string[] = [];
  const traces: string[] = [];
  const order = {
    test: testOf(over, fixture),
    provider: {
      id: 'example',
      host: server.host,
      errors: { envelope: '/error' },
      noFallback: {},
      ...over.provider,
    },
    environmentKind: 'non-production' as const,
    loopback: [server.host],
    fixture,
    patternState: 'holds' as const,
    sidecar: (trace: string) => void traces.push(trace),
    ...over.order,
  };
  const done = await runSmoke(order, mac, portsOf(over, log));
  return { ...done, server, log, traces };
}

function portsOf(over: Overrides, lines: string[]): Ports {
  const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
  const log: Log = { info: write, warn: write, progress: write };
  const untouched = () => Promise.reject(new Error('a smoke test touches no file'));
  return {
    clock: { now: () => instantFromMs(0), ms: () => 0 },
    random: { bytes: (count) => new Uint8Array(count) },
    secrets: {
      read: () => Promise.resolve('secret' in over ? over.secret : CANARY_KEY),
    },
    log,
    network: {
      lookup: async (host) =>
        over.addresses ?? (await lookup(host, { all: true })).map(({ address }) => address),
    },
    files: {
      read: untouched,
      list: untouched,
      makeFolder: untouched,
      writeNew: untouched,
      link: untouched,
      rename: untouched,
      remove: untouched,
      syncFolder: untouched,
    },
    env: over.env ?? {},
  };
}

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
  ])('%s: the happy path is %s for %s', async (mode, outcome, reason, transport, requests) => {
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

describe('a smoke test that must not be sent', () => {
  it.each<[string, Overrides, string, string]>([
    ['it is switched off', { test: { enabled: false } }, 'inconclusive', 'not-enabled'],
    [
      'certificates are not checked',
      { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
      'fail',
      'environment-mismatch',
    ],
    [
      'the environment is production',
      { order: { environmentKind: 'production' } },
      'inconclusive',
      'smoke-production',
    ],
    ['the fixture is gone', { order: { fixture: null } }, 'inconclusive', 'not-pinned'],
    [
      'the fixture is another',
      { test: { pinned: { sha256: '0'.repeat(64), by: 'ai-platform' } } },
      'inconclusive',
      'not-pinned',
    ],
    ['the pattern is broken', { order: { patternState: 'broken' } }, 'fail', 'claim-broken'],
    [
      'the pattern is stale',
      { order: { patternState: 'stale' } },
      'inconclusive',
      'document-stale',
    ],
    [
      'the pattern could not be judged',
      { order: { patternState: 'not-evaluable' } },
      'inconclusive',
      'claim-not-evaluable',
    ],
    ['there is no secret', { secret: undefined }, 'inconclusive', 'credential-missing'],
    ['the secret ends in a line break', { secret: `${CANARY_KEY}\n` }, 'fail', 'smoke-invalid'],
    ['the secret is short', { secret: 'short' }, 'fail', 'smoke-invalid'],
    ['the secret is the placeholder', { secret: PLACEHOLDER_CREDENTIAL }, 'fail', 'smoke-invalid'],
    ['the fixture is no object', { fixture: [1] }, 'fail', 'smoke-invalid'],
    [
      'the fixture allows other models',
      { fixture: { ...FIXTURE, models: ['a', 'b'] } },
      'fail',
      'smoke-invalid',
    ],
    [
      'the fixture asks for more output than the limit',
      { fixture: { ...FIXTURE, max_tokens: 17 } },
      'fail',
      'smoke-invalid',
    ],
    [
      'the fixture contradicts a field against fallback',
      {
        fixture: { ...FIXTURE, disable_fallbacks: false },
        provider: { noFallback: { disable_fallbacks: true } },
      },
      'fail',
      'smoke-invalid',
    ],
    [
      'the one change has no place',
      { error: { change: { param: { pointer: '/a/b', value: 1 } } } },
      'fail',
      'smoke-invalid',
    ],
    [
      'the one change changes nothing',
      { error: { change: { param: { pointer: '/max_tokens', value: 4 } } } },
      'fail',
      'smoke-invalid',
    ],
  ])('sends nothing when %s', async (_, over, outcome, reason) => {
    const { result, server } = await run('happy', over);
    expect(result).toMatchObject({ outcome, reasons: [reason], requests: 0, credential: null });
    expect(server.seen).toEqual([]);
    expect(result.happy.assertions.every(({ reason }) => reason === 'not-evaluated')).toBe(true);
  });

  it.each([
    ['one private address among public ones', ['93.184.215.14', '10.0.0.1'], 'address-refused'],
    ['an address of this machine', ['127.0.0.1'], 'address-refused'],
    ['no address', [], 'dns'],
  ])('sends nothing when a public host has %s', async (_, addresses, transport) => {
    const over = { provider: { host: 'api.example.com' }, addresses };
    const { result } = await run('happy', over);
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['smoke-transport'],
      requests: 0,
      happy: { transport },
    });
  });

  it('counts no answer when nobody listens', async () => {
    const server = await startProvider(CANARY_KEY);
    await server.close();
    const { result } = await run('happy', {
      provider: { host: server.host },
      order: { loopback: [server.host] },
    });
    expect(result.happy).toMatchObject({ outcome: 'inconclusive', transport: 'conn-refused' });
  });

  it('says what it saw of the pattern', async () => {
    const broken = await run('happy', { order: { patternState: 'broken' } });
    expect(claim(broken.result, 'pattern-exists')).toBe('broken');
    const off = await run('happy', { test: { enabled: false } });
    expect(claim(off.result, 'pattern-exists')).toBe('holds');
  });
});

describe('what a smoke test keeps', () => {
  const MODES: readonly ProviderMode[] = [
    'happy',
    'accepts-any-key',
    'echo-body',
    'echo-header',
    'echo-redirect',
    'echo-401',
    'model-swapped',
    'duplicate-keys',
    'html',
    'truncated',
  ];

  it.each(MODES)(
    '%s: no key, prompt, answer or marker in result, inspection or log',
    async (mode) => {
      const done = await run(mode);
      const written = [
        JSON.stringify(done.result),
        inspect(done.result, { depth: 9 }),
        ...done.log,
      ];
      expect(done.log.length).toBeGreaterThan(0);
      for (const canary of [CANARY_KEY, CANARY_PROMPT, CANARY_NOISE, 'chatcmpl-', 'assistant']) {
        expect(written.join('\n')).not.toContain(canary);
      }
    },
  );

  it('is the same for another key, prompt and answer, but for the declared MACs and the fixture', async () => {
    const masked = ({ result }: Ran) => ({
      ...result,
      credential: '',
      baseRequest: '',
      fixture: '',
    });
    const first = await run('happy');
    const server = await startProvider('other-credential', { noise: 'other noise' });
    servers.push(server);
    const second = await run('happy', {
      secret: 'other-credential',
      fixture: { ...FIXTURE, messages: [{ role: 'user', content: 'other prompt' }] },
      provider: { host: server.host },
      order: { loopback: [server.host] },
    });
    expect(masked(second)).toEqual(masked(first));
    expect(second.log).toEqual(first.log);
  });

  it('hands the needles to the gate alone', async () => {
    const done = await run('echo-401');
    const needles = done.needles();
    for (const needle of [CANARY_KEY, `Bearer ${CANARY_KEY}`, CANARY_PROMPT, CANARY_NOISE]) {
      expect(needles).toContain(needle);
    }
    expect(needles).toContain(`Incorrect API key provided: ${CANARY_KEY} ${CANARY_NOISE}`);
    expect(needles).not.toContain('example-mini');
    const refused = await run('happy', { secret: `${CANARY_KEY}\n` });
    expect(refused.needles()).toContain(`${CANARY_KEY}\n`);
  });

  it('drops the message of a secret command that fails', async () => {
    const lines: string[] = [];
    const ports = portsOf({}, lines);
    const fixture = bytesOf(FIXTURE);
    const { result } = await runSmoke(
      {
        test: testOf({}, fixture),
        provider: { id: 'example', host: '127.0.0.1:1', errors: {}, noFallback: {} },
        environmentKind: 'non-production',
        loopback: ['127.0.0.1:1'],
        fixture,
        patternState: 'holds',
      },
      mac,
      { ...ports, secrets: { read: () => Promise.reject(new Error(CANARY_KEY)) } },
    );
    expect(result.reasons).toEqual(['credential-missing']);
    expect(JSON.stringify([result, lines])).not.toContain(CANARY_KEY);
  });
});
