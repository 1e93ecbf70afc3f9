import { describe, expect, it } from 'vitest';
import { budget, judge, sum } from './testing.ts';

describe('thresholds', () => {
  it('stay quiet below the minimum amount', () => {
    const over = { id: 'over', basis: 'actual', at: 1, severity: 'critical' } as const;
    const small = budget({ amount: '10', rules: [{ ...over, minAmount: '20.00' }] });
    expect(judge({ budget: small, spend: sum('19.99') })).toMatchObject({
      verdict: 'breached',
      alerts: [],
    });
    expect(judge({ budget: small, spend: sum('20') }).alerts).toHaveLength(1);
  });
});
