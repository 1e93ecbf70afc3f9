import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { RecordBody } from '../../src/evidence/index.ts';
import { scanForNeedles } from '../../src/evidence/needles.ts';
import { evidenceGap, linkUsage, weakHandoff } from '../../src/verify/index.ts';
import { instantFromMs, sha256 } from '../../src/core/index.ts';
import type { ProviderMode } from './provider.ts';
import { CANARY_KEY, run, servers } from './smoke-harness.ts';

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const parse = (body: object) => RecordBody.safeParse(body).error?.issues ?? [];

describe('results of checks as records', () => {
  it.each<ProviderMode>([
    'happy',
    'accepts-any-key',
    'redirect',
    'rate-limit',
    'cached',
    'hang-up',
  ])('a smoke test against a provider that is %s fits its record', async (mode) => {
    const { result } = await run(mode);
    expect(parse({ kind: 'smoke', review: null, ...result })).toEqual([]);
  });

  it.each([
    ['switched off', { test: { enabled: false } }],
    ['in production', { order: { environmentKind: 'production' as const } }],
    ['without a secret', { secret: undefined }],
    ['with a secret of the wrong form', { secret: `${randomBytes(9).toString('hex')}\n` }],
    ['with a broken pattern', { order: { patternState: 'broken' as const } }],
  ])('a smoke test %s fits its record', async (_, over) => {
    const { result } = await run('happy', over);
    expect(parse({ kind: 'smoke', review: null, ...result })).toEqual([]);
  });

  it.each<ProviderMode>([
    'happy',
    'echo-body',
    'echo-401',
    'model-swapped',
    'html',
    'not-found-html',
  ])(
    'the gate looks for the needles of a provider that is %s and finds none in the record',
    async (mode) => {
      const { result, needles } = await run(mode);
      expect(needles().length).toBeGreaterThan(3);
      expect(scanForNeedles(JSON.stringify(result), needles())).toBe('clear');
      const leaking = JSON.stringify({ ...result, pattern: CANARY_KEY });
      expect(scanForNeedles(leaking, needles())).toBe('found');
    },
  );

  it('a usage link fits its record but for the name of its state', () => {
    const question = {
      export: 'staging-log',
      sentAt: instantFromMs(0),
      within: '24h',
      asOf: instantFromMs(0),
      found: { by: 'attested', role: null },
    } as const;
    const { state, ...fields } = linkUsage(question);
    expect(state).toBe('pending');
    expect(parse({ kind: 'usage-link', smoke: sha256('leaf'), ...fields })).toEqual([]);
  });

  it('guards fit their record, also with more missing than it can hold', () => {
    const manifest = Array.from({ length: 200 }, (_, index) => ({
      subject: `export:e${index}`,
      needed: true,
      found: false,
      maxAgeMs: null,
      ageMs: null,
    }));
    const handoff = {
      command: null,
      result: null,
      changedFiles: null,
      uncertainty: null,
      noneKnownBy: null,
      owner: null,
      nextAction: null,
    };
    const weak = weakHandoff(handoff, [
      'command',
      'result',
      'changed-files',
      'remaining-uncertainty',
    ]);
    for (const result of [evidenceGap(manifest), weak]) {
      expect(result.outcome).not.toBe('pass');
      expect(parse({ kind: 'guard', review: null, ...result })).toEqual([]);
    }
  });
});
