import { describe, expect, it } from 'vitest';
import { exitOf, nextAction } from './next-action.ts';

describe('nextAction', () => {
  it('keeps monitoring after a pass with nothing changed', () => {
    const situation = { outcome: 'pass', previous: 'fail', documentsChanged: false } as const;
    expect(nextAction(situation)).toBe('keep-monitoring');
  });

  it('updates the runbook when a document changed and nothing is worse', () => {
    const situation = { outcome: 'pass', previous: undefined, documentsChanged: true } as const;
    expect(nextAction(situation)).toBe('update-runbook');
  });

  it.each(['fail', 'paused'] as const)('escalates a review that ends %s', (outcome) => {
    expect(nextAction({ outcome, previous: 'pass', documentsChanged: true })).toBe(
      'escalate-review',
    );
  });

  it('escalates the second inconclusive review in a row, not the first', () => {
    const first = { outcome: 'inconclusive', previous: 'pass', documentsChanged: false } as const;
    expect(nextAction(first)).toBe('keep-monitoring');
    expect(nextAction({ ...first, previous: 'inconclusive' })).toBe('escalate-review');
  });
});

describe('exitOf', () => {
  it('gives each outcome the status that the design names', () => {
    expect(
      ['pass', 'fail', 'inconclusive', 'paused'].map((kind) => exitOf(kind as 'pass')),
    ).toEqual([0, 3, 5, 6]);
  });
});
