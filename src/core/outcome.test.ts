import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail, inconclusive, pass, type ReviewOutcomeKind, worstOutcome } from './outcome.ts';

const ORDER: readonly ReviewOutcomeKind[] = ['pass', 'inconclusive', 'paused', 'fail'];
const kinds = fc.array(fc.constantFrom(...ORDER));

describe('worstOutcome', () => {
  it('takes the worst: fail, paused, inconclusive, pass', () => {
    fc.assert(
      fc.property(kinds, (list) => {
        const worst = Math.max(0, ...list.map((kind) => ORDER.indexOf(kind)));
        expect(worstOutcome(list)).toBe(ORDER[worst]);
      }),
    );
  });

  it('is the same for parts as for the whole', () => {
    fc.assert(
      fc.property(kinds, kinds, (left, right) => {
        expect(worstOutcome([worstOutcome(left), worstOutcome(right)])).toBe(
          worstOutcome([...left, ...right]),
        );
      }),
    );
  });
});

describe('outcome makers', () => {
  it('say what is missing only where something is', () => {
    expect(pass()).toEqual({ kind: 'pass', reasons: [] });
    expect(fail('budget-breached')).toEqual({ kind: 'fail', reasons: ['budget-breached'] });
    expect(inconclusive('no-data', 'export:quota', '2026-11-18')).toEqual({
      kind: 'inconclusive',
      reasons: ['no-data'],
      missing: ['export:quota', '2026-11-18'],
    });
  });
});
