import { describe, expect, it } from 'vitest';
import { exposuresOf } from './exposure.ts';

describe('exposuresOf', () => {
  it.each([
    [{ NODE_DEBUG: 'http' }, [], ['NODE_DEBUG']],
    [{ NODE_DEBUG_NATIVE: 'tls' }, [], ['NODE_DEBUG_NATIVE']],
    [{ NODE_OPTIONS: '--inspect-brk=0.0.0.0:9229' }, [], ['--inspect-brk']],
    [{ NODE_OPTIONS: '--no-warnings  "--tls_keylog=/tmp/k"' }, [], ['--tls-keylog']],
    [{ NODE_OPTIONS: '--inspect' }, ['--inspect'], ['--inspect']],
    [{}, ['--heapsnapshot-signal=SIGUSR2'], ['--heapsnapshot-signal']],
    [{}, ['--heapsnapshot-near-heap-limit=1'], ['--heapsnapshot-near-heap-limit']],
    [{}, ['--trace-event-categories', 'node.http'], ['--trace-event-categories']],
    [{}, ['--abort-on-uncaught-exception'], ['--abort-on-uncaught-exception']],
    [{ NODE_DEBUG: '', NODE_OPTIONS: '--max-old-space-size=99' }, ['--no-warnings'], []],
  ])('%j and %j: %j', (env, words, expected) => {
    expect(exposuresOf(env, words)).toEqual(expected);
  });

  it('names no value', () => {
    const env = { NODE_DEBUG: 'canary', NODE_OPTIONS: '--inspect=canary' };
    expect(exposuresOf(env).join()).not.toContain('canary');
  });
});
