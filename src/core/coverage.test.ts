import { describe, expect, it } from 'vitest';
import { isComplete } from './coverage.ts';
import { decimal, ZERO } from './decimal.ts';

describe('isComplete', () => {
  it('is true when every row knew the value, zero included', () => {
    expect(isComplete({ value: ZERO, knownRows: 2, totalRows: 2 })).toBe(true);
  });

  it('is false when a row did not know it, or none did: unknown is never zero', () => {
    expect(isComplete({ value: decimal('5'), knownRows: 1, totalRows: 2 })).toBe(false);
    expect(isComplete({ value: null, knownRows: 0, totalRows: 0 })).toBe(false);
  });
});
