import { describe, expect, it } from 'vitest';
import type { Instant } from '../core/index.ts';
import { planDocument } from '../verify/documents/testing.ts';
import type { DocumentHistory } from './document-baseline.ts';
import { unverifiedBecause } from './verified-document.ts';

const NOW = '2026-11-23T08:00:00Z' as Instant;
const LONG_AGO = '2026-10-01T08:00:00Z';

const history = (records: {
  readonly checks?: readonly object[];
  readonly accepts?: readonly object[];
  readonly attests?: readonly object[];
}): DocumentHistory => {
  const stored = (bodies: readonly object[] = []) =>
    bodies.map((body) => ({
      context: { at: 'at' in body ? body.at : NOW },
      body: { document: 'pricing', ...body },
    }));
  const { checks, accepts, attests } = records;
  return {
    checks: stored(checks),
    accepts: stored(accepts),
    attests: stored(attests),
  } as unknown as DocumentHistory;
};
const HOLDS = [{ claim: 'chat', result: 'holds' }];
const SAME = { content: 'a', state: 'same', accessedAt: NOW, claims: HOLDS };
const because = (
  kind: 'attested' | 'page',
  records: Parameters<typeof history>[0],
  claims: readonly string[] = ['chat'],
) =>
  unverifiedBecause(planDocument({ id: 'pricing', kind }), claims, {
    history: history(records),
    now: NOW,
  });

describe('a page', () => {
  it.each([
    ['it has not been checked', {}],
    ['it is gone', { checks: [{ ...SAME, state: 'gone' }] }],
    ['it is unreadable', { checks: [{ ...SAME, state: 'unreadable' }] }],
    ['its text is not accepted', { checks: [{ ...SAME, state: 'changed' }] }],
    [
      'its text is not accepted',
      { checks: [{ ...SAME, state: 'new' }], accepts: [{ content: 'b' }] },
    ],
    [
      'chat is not known to hold',
      { checks: [{ ...SAME, claims: [{ claim: 'chat', result: 'broken' }] }] },
    ],
    ['it was verified too long ago', { checks: [{ ...SAME, accessedAt: LONG_AGO }] }],
    [
      'it was verified too long ago',
      {
        checks: [{ ...SAME, accessedAt: LONG_AGO }],
        accepts: [{ content: 'a', at: LONG_AGO }],
      },
    ],
  ])('is not verified because %s', (why, records) => {
    expect(because('page', records)).toBe(why);
  });

  it('is verified by a check or by an acceptance of its text, whichever is fresh', () => {
    expect(because('page', { checks: [SAME] })).toBeUndefined();
    const old = { ...SAME, state: 'new', accessedAt: LONG_AGO };
    expect(because('page', { checks: [old], accepts: [{ content: 'a' }] })).toBeUndefined();
    expect(because('page', { checks: [{ ...SAME, document: 'other' }] })).toBe(
      'it has not been checked',
    );
  });
});

describe('a document without a page', () => {
  it.each([
    ['no role has confirmed it', {}],
    ['it was confirmed too long ago', { attests: [{ claims: ['chat'], at: LONG_AGO }] }],
    ['chat was not confirmed', { attests: [{ claims: ['terms'] }] }],
    [undefined, { attests: [{ claims: ['terms', 'chat'] }] }],
  ])('is not verified because %s', (why, records) => {
    expect(because('attested', records)).toBe(why);
  });
});
