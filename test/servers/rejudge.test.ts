import { describe, expect, it } from 'vitest';
import { rejudgeSmoke } from '../../src/verify/index.ts';
import type { ProviderMode } from './provider.ts';
import { bytesOf, FIXTURE, type Overrides, run, testOf } from './smoke-harness.ts';

const MODES: readonly ProviderMode[] = [
  'happy',
  'accepts-any-key',
  'model-swapped',
  'redirect',
  'echo-body',
  'echo-header',
  'echo-redirect',
  'echo-chunks',
  'echo-401',
  'cached',
  'cached-error',
  'retried',
  'oversize',
  'gzip',
  'invalid-utf8',
  'duplicate-keys',
  'nan',
  'deep',
  'rate-limit',
  'forbidden',
  'server-error',
  'not-found-html',
  'html',
  'trace-missing',
  'usage-missing',
  'smuggled',
  'truncated',
  'hang-up',
];

const CASES: readonly (readonly [ProviderMode, Overrides])[] = [
  ...MODES.map((mode) => [mode, {}] as const),
  ['happy', { error: { change: { model: 'nonexistent' }, status: [404] } }],
  ['happy', { error: { status: [418] } }],
  ['happy', { provider: { errors: {} } }],
  ['cached-error', { provider: { errors: {} } }],
  ['retried', { provider: { zeroHeaders: ['x-attempted-retries'] } }],
  ['happy', { happy: { status: [201] } }],
];

describe('a smoke test that is judged again from its record', () => {
  it.each(CASES)('%s, %j: says what the run said', async (mode, over) => {
    const { result } = await run(mode, over);
    const test = testOf(over, bytesOf(FIXTURE));
    const provider = {
      id: 'example',
      host: 'example',
      errors: { envelope: '/error' },
      noFallback: {},
      ...over.provider,
    };
    const { outcome, reasons, missing, happy, error, claims } = result;
    expect(result.requests).toBeGreaterThan(0);
    expect(rejudgeSmoke(result, test, provider)).toEqual({
      outcome,
      reasons,
      missing,
      happy,
      error,
      claims,
    });
  });
});
