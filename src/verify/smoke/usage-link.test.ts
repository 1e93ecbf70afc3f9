import { describe, expect, it } from 'vitest';
import { instantFromMs } from '../../core/index.ts';
import { type LinkEvidence, linkUsage } from './usage-link.ts';

const SENT_MS = Date.UTC(2026, 10, 23, 8);
const HOUR_MS = 3_600_000;
const link = (found: LinkEvidence, hours = 1) =>
  linkUsage({
    export: 'staging-log',
    sentAt: instantFromMs(SENT_MS),
    within: '24h',
    asOf: instantFromMs(SENT_MS + hours * HOUR_MS),
    found,
  });
const byTrace = (over: Partial<Extract<LinkEvidence, { by: 'trace' }>> = {}): LinkEvidence => ({
  by: 'trace',
  trace: 'mac-a',
  rows: [
    { mac: 'mac-a', model: 'example-mini' },
    { mac: 'mac-b', model: 'other' },
  ],
  mustMatchModel: 'example-mini',
  ...over,
});

describe('linkUsage', () => {
  it('links by the trace and the model', () => {
    expect(link(byTrace())).toEqual({
      state: 'linked',
      export: 'staging-log',
      by: 'trace',
      outcome: 'pass',
      reasons: [],
      missing: [],
    });
  });

  it('fails when the row names another model, also when one of two does', () => {
    const swapped = { state: 'gap', outcome: 'fail', reasons: ['smoke-invalid'] };
    expect(link(byTrace({ mustMatchModel: 'another' }))).toMatchObject(swapped);
    const rows = [
      { mac: 'mac-a', model: 'example-mini' },
      { mac: 'mac-a', model: null },
    ];
    expect(link(byTrace({ rows }))).toMatchObject(swapped);
    expect(link(byTrace({ rows, mustMatchModel: null }))).toMatchObject({ state: 'linked' });
  });

  it.each<[string, LinkEvidence]>([
    ['trace', byTrace({ rows: [] })],
    ['key-day', { by: 'key-day', before: 3, after: 3, sent: 1, runs: 1 }],
    ['attested', { by: 'attested', role: null }],
  ])('waits for %s as long as the plan allows, then names the gap', (_, found) => {
    expect(link(found, 23)).toMatchObject({
      state: 'pending',
      outcome: 'inconclusive',
      reasons: ['usage-link-pending'],
      missing: ['export:staging-log'],
    });
    expect(link(found, 24)).toMatchObject({
      state: 'gap',
      outcome: 'inconclusive',
      reasons: ['usage-link-gap'],
      missing: ['export:staging-log'],
    });
  });

  it('does not wait for a marker that never was', () => {
    expect(link(byTrace({ trace: null }), 0)).toMatchObject({
      state: 'gap',
      outcome: 'inconclusive',
    });
  });

  it('links by a daily count that rose, and takes no unknown count for zero', () => {
    expect(link({ by: 'key-day', before: 0, after: 1, sent: 1, runs: 1 })).toMatchObject({
      state: 'linked',
    });
    expect(link({ by: 'key-day', before: null, after: 1, sent: 1, runs: 1 })).toMatchObject({
      state: 'pending',
    });
    expect(link({ by: 'key-day', before: 0, after: null, sent: 1, runs: 1 })).toMatchObject({
      state: 'pending',
    });
    expect(link({ by: 'key-day', before: 2, after: 1, sent: 1, runs: 1 })).toMatchObject({
      state: 'pending',
    });
  });

  it('takes no count that rose by more than was sent: somebody else uses the key', () => {
    expect(link({ by: 'key-day', before: 3, after: 5, sent: 2, runs: 1 })).toMatchObject({
      state: 'linked',
    });
    expect(link({ by: 'key-day', before: 3, after: 6, sent: 2, runs: 1 })).toMatchObject({
      state: 'gap',
    });
  });

  it('links by the word of a role', () => {
    expect(link({ by: 'attested', role: 'finops' })).toMatchObject({
      state: 'linked',
      by: 'attested',
    });
  });
});
