import { describe, expect, it } from 'vitest';
import { TEST_ADAPTERS } from '../../test/fixtures/plan/adapters.ts';
import { supportOf } from './export-support.ts';

const support = (entry: object) => supportOf({ ...entry }, TEST_ADAPTERS);
const measuresOf = (mapping: object): readonly string[] =>
  [
    ...(support({ adapter: 'table', table: { columns: {}, ...mapping } })?.measures ?? []),
  ].toSorted();

describe('supportOf', () => {
  it('knows nothing of an adapter that nobody has', () => {
    expect(support({ adapter: 'other' })).toBeUndefined();
  });

  it('adds what follows: requests from attempts, tokens from both directions, and what the plan says of each row', () => {
    const log = support({ adapter: 'new-api-log', conversion: 'c' });
    expect([...(log?.measures ?? [])]).toEqual(
      expect.arrayContaining(['requests', 'tokens', 'chargedCost']),
    );
    expect([...(log?.dimensions ?? [])]).toEqual(
      expect.arrayContaining(['environment', 'provider', 'export']),
    );
  });

  it('knows no cost without the conversion that it needs', () => {
    expect(support({ adapter: 'new-api-log' })?.measures.has('chargedCost')).toBe(false);
    const quota = { tokens: undefined, cost: { field: 'q', unit: 'quota', basis: 'charged' } };
    expect(measuresOf(quota)).not.toContain('chargedCost');
  });

  it('narrows a table to its mapping', () => {
    expect(measuresOf({})).toEqual(['attempts', 'requests']);
    expect(measuresOf({ columns: { operations: 'n', userRef: 'u' } })).toEqual([
      'operations',
      'requests',
      'seats',
    ]);
    expect(measuresOf({ key: ['id'], columns: { requestRef: 'id' } })).toContain('operations');
    expect(measuresOf({ key: ['id', 'b'], columns: { requestRef: 'id' } })).not.toContain(
      'operations',
    );
    expect(
      measuresOf({
        tokens: { input: 'i', output: 'o' },
        cost: { field: 'c', unit: 'USD', basis: 'list' },
      }),
    ).toEqual(['attempts', 'inputTokens', 'listCost', 'outputTokens', 'requests', 'tokens']);
    const dimensions = support({
      adapter: 'table',
      table: { columns: { modelServed: 'm' } },
    })?.dimensions;
    expect([dimensions?.has('model'), dimensions?.has('key')]).toEqual([true, false]);
  });
});
