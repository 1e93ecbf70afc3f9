import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { evidenceGap, type EvidenceNeed } from './evidence-gap.ts';
import { type HandoffParts, weakHandoff } from './weak-handoff.ts';

const need = (over: Partial<EvidenceNeed> = {}): EvidenceNeed => ({
  subject: 'export:quota',
  needed: true,
  found: true,
  maxAgeMs: 1000,
  ageMs: 1000,
  ...over,
});

describe('evidenceGap', () => {
  it('passes when all that is needed is there and fresh', () => {
    const rest = { subject: 'document:pricing', maxAgeMs: null, ageMs: null };
    expect(evidenceGap([need(), need(rest)])).toEqual({
      guard: 'evidence-gap',
      outcome: 'pass',
      reasons: [],
      missing: [],
    });
  });

  it.each<[string, Partial<EvidenceNeed>]>([
    ['not found', { found: false }],
    ['not looked at', { found: 'unknown' }],
    ['too old', { ageMs: 1001 }],
    ['of unknown age', { ageMs: null }],
    ['from the future', { ageMs: -1 }],
    ['of an age that is no number', { ageMs: Number.NaN }],
  ])('names what is %s', (_, over) => {
    expect(evidenceGap([need({ subject: 'metric:seats' }), need(over)])).toEqual({
      guard: 'evidence-gap',
      outcome: 'inconclusive',
      reasons: ['evidence-gap'],
      missing: ['export:quota'],
    });
  });

  it('does not ask for what is not needed', () => {
    expect(evidenceGap([need(), need({ needed: false, found: false })]).outcome).toBe('pass');
  });

  it('does not pass when it was asked nothing', () => {
    const { outcome, missing } = evidenceGap([need({ needed: false })]);
    expect([outcome, missing]).toEqual(['inconclusive', ['guard:evidence-gap']]);
  });

  it('says when more is missing than a record can hold', () => {
    const many = (count: number) =>
      evidenceGap(
        Array.from({ length: count }, (_, index) =>
          need({ subject: `export:e${index}`, found: false }),
        ),
      ).missing;
    expect(many(64)).toHaveLength(64);
    expect(many(64).at(-1)).toBe('export:e63');
    expect(many(65)).toHaveLength(64);
    expect(many(65).at(-1)).toBe('part:and-others');
  });

  it('passes only if every needed piece is found, and of an age that is known and allowed', () => {
    const age = fc.option(fc.integer({ min: -5, max: 2000 }), { nil: null });
    const piece = fc.record({
      subject: fc.constantFrom('export:a', 'export:b'),
      needed: fc.boolean(),
      found: fc.constantFrom<EvidenceNeed['found']>(true, false, 'unknown'),
      maxAgeMs: fc.option(fc.nat(1000), { nil: null }),
      ageMs: age,
    });
    fc.assert(
      fc.property(fc.array(piece), (manifest) => {
        const needed = manifest.filter((one) => one.needed);
        const isWhole = needed.every(
          ({ found, maxAgeMs, ageMs }) =>
            found === true &&
            (maxAgeMs === null || (ageMs !== null && ageMs >= 0 && ageMs <= maxAgeMs)),
        );
        const expected = needed.length > 0 && isWhole ? 'pass' : 'inconclusive';
        expect(evidenceGap(manifest).outcome).toBe(expected);
      }),
    );
  });
});

const PARTS = ['command', 'result', 'changed-files', 'remaining-uncertainty'] as const;
const handoff = (over: Partial<HandoffParts> = {}): HandoffParts => ({
  command: 'review',
  result: 'pass',
  changedFiles: [],
  uncertainty: ['export:quota'],
  noneKnownBy: null,
  owner: 'finops',
  nextAction: 'keep-monitoring',
  ...over,
});

describe('weakHandoff', () => {
  it('passes when every part says something', () => {
    expect(weakHandoff(handoff(), PARTS)).toEqual({
      guard: 'weak-handoff',
      outcome: 'pass',
      reasons: [],
      missing: [],
    });
  });

  it('takes an empty uncertainty only from a role that says none is known', () => {
    const none = { uncertainty: [] };
    expect(weakHandoff(handoff({ ...none, noneKnownBy: 'finops' }), PARTS).outcome).toBe('pass');
    expect(weakHandoff(handoff(none), PARTS).missing).toEqual(['part:remaining-uncertainty']);
  });

  it.each<[Partial<HandoffParts>, string]>([
    [{ command: null }, 'part:command'],
    [{ command: ' ' }, 'part:command'],
    [{ result: null }, 'part:result'],
    [{ changedFiles: null }, 'part:changed-files'],
    [{ uncertainty: null, noneKnownBy: 'finops' }, 'part:remaining-uncertainty'],
    [{ owner: null }, 'part:owner'],
    [{ nextAction: null }, 'part:next-action'],
  ])('fails %j by name', (over, part) => {
    expect(weakHandoff(handoff(over), PARTS)).toEqual({
      guard: 'weak-handoff',
      outcome: 'fail',
      reasons: ['weak-handoff'],
      missing: [part],
    });
  });

  it('asks for the parts that the plan requires, and always for owner and next action', () => {
    const empty = handoff({
      command: null,
      result: null,
      changedFiles: null,
      uncertainty: null,
      owner: null,
      nextAction: null,
    });
    expect(weakHandoff(empty, ['result', 'result']).missing).toEqual([
      'part:result',
      'part:owner',
      'part:next-action',
    ]);
  });
});
