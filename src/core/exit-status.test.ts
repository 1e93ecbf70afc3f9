import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExitStatus, worstExit } from './exit-status.ts';

/** Worst first, as docs/errors.md shows it. */
const ORDER: readonly ExitStatus[] = [130, 7, 1, 2, 4, 3, 6, 5, 0];
const statuses = fc.array(fc.constantFrom(...ORDER));

describe('worstExit', () => {
  it('lets each status win over all that stand after it: 130, 7, 1, 2, 4, 3, 6, 5, 0', () => {
    ORDER.forEach((status, index) => {
      expect(worstExit(ORDER.slice(index).toReversed())).toBe(status);
    });
  });

  it('does not depend on the order of the results, and never invents one', () => {
    fc.assert(
      fc.property(statuses, (list) => {
        const worst = worstExit(list);
        expect(worstExit(list.toReversed())).toBe(worst);
        expect(list.length === 0 ? worst === 0 : list.includes(worst)).toBe(true);
      }),
    );
  });

  it('is the same for parts as for the whole', () => {
    fc.assert(
      fc.property(statuses, statuses, (left, right) => {
        expect(worstExit([worstExit(left), worstExit(right)])).toBe(worstExit([...left, ...right]));
      }),
    );
  });
});
