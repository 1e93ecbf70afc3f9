import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  CANARY_KEY,
  CANARY_NOISE,
  CANARY_PROMPT,
  FIXTURE,
  seal,
  type Overrides,
  portsOf,
  type Ran,
  run,
  servers,
  testOf,
} from '../../../test/servers/smoke-harness.ts';
import { NOBODY } from '../../../test/servers/nobody.ts';
import { type ProviderMode, startProvider } from '../../../test/servers/provider.ts';
import { PLACEHOLDER_CREDENTIAL } from './request.ts';
import type { SmokeResult } from './result.ts';
import { runSmoke } from './run.ts';

const claim = (result: SmokeResult, id: string) =>
  result.claims.find(({ claim }) => claim === id)?.result;

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
      'Node prints what it sends',
      { env: { NODE_DEBUG: 'http' } },
      'inconclusive',
      'environment-mismatch',
    ],
    [
      'a debugger can look on',
      { env: { NODE_OPTIONS: '--inspect=0' } },
      'inconclusive',
      'environment-mismatch',
    ],
    [
      'a proxy stands between',
      {
        env: { https_proxy: 'http://proxy.example:3128' },
        provider: { host: 'api.example.com' },
        order: { loopback: [] },
      },
      'inconclusive',
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
    [
      'the secret ends in a line break',
      { secret: `${CANARY_KEY}\n` },
      'inconclusive',
      'credential-malformed',
    ],
    [
      'the secret is too short to search for',
      { secret: 'k2fj9x0wq' },
      'inconclusive',
      'credential-malformed',
    ],
    [
      'the secret is too plain to search for',
      { secret: 'abab'.repeat(5) },
      'inconclusive',
      'credential-malformed',
    ],
    [
      'the secret is the placeholder',
      { secret: PLACEHOLDER_CREDENTIAL },
      'inconclusive',
      'credential-malformed',
    ],
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
    const { result } = await run('happy', {
      provider: { host: NOBODY },
      order: { loopback: [NOBODY] },
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
    'echo-chunks',
    'echo-401',
    'echo-trace',
    'echo-request-id',
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
      effective: '',
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

  it('takes no marker and no request id that gives back what was sent, in whatever form', async () => {
    const traced = await run('echo-trace');
    expect(traced.traces).toEqual([]);
    expect(traced.result).toMatchObject({ trace: null, traceFrom: 'none', outcome: 'fail' });
    expect(claim(traced.result, 'trace-present')).toBe('broken');
    const provider = { errors: { envelope: '/error', requestIdIn: 'message' as const } };
    const echoed = await run('echo-request-id', { provider });
    expect(echoed.traces).toEqual(['chatcmpl-00000001']);
    expect(echoed.result.errorTrace).toBeUndefined();
    const named = await run('happy', { provider });
    expect(named.traces).toEqual(['chatcmpl-00000001', 'req-00000001']);
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
      seal,
      { ...ports, secrets: { read: () => Promise.reject(new Error(CANARY_KEY)) } },
    );
    expect(result.reasons).toEqual(['credential-missing']);
    expect(JSON.stringify([result, lines])).not.toContain(CANARY_KEY);
  });
});
