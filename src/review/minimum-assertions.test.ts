import { describe, expect, it } from 'vitest';
import type { RecordOf } from '../evidence/index.ts';
import { minimumAssertions } from './minimum-assertions.ts';

const smoke = (change: object = {}) =>
  ({
    happy: { outcome: 'pass' },
    error: { outcome: 'pass' },
    trace: 'm'.repeat(22),
    claims: [{ claim: 'pattern-exists', result: 'holds' }],
    ...change,
  }) as unknown as RecordOf<'smoke'>;
const link = (outcome: string) => ({ outcome }) as unknown as RecordOf<'usage-link'>;

describe('minimumAssertions', () => {
  it('says not-run four times when no smoke test ran', () => {
    expect(new Set(Object.values(minimumAssertions([], [])))).toEqual(new Set(['not-run']));
  });

  it('passes all four for a traced, failed-safely and linked test', () => {
    expect(new Set(Object.values(minimumAssertions([smoke()], [link('pass')])))).toEqual(
      new Set(['pass']),
    );
  });

  it('fails the happy path that left no trace', () => {
    expect(minimumAssertions([smoke({ trace: null })], []).happyTraceable).toBe('fail');
  });

  it('does not call a request that never got an answer a failure', () => {
    const blocked = smoke({ happy: { outcome: 'inconclusive' }, trace: null });
    expect(minimumAssertions([blocked], []).happyTraceable).toBe('not-run');
  });

  it('needs every test to hold', () => {
    const bad = smoke({ error: { outcome: 'fail' } });
    expect(minimumAssertions([smoke(), bad], []).errorSafe).toBe('fail');
  });

  it('waits for a link that is not there yet', () => {
    expect(minimumAssertions([smoke()], [link('inconclusive')]).usageConnected).toBe('pending');
    expect(minimumAssertions([smoke()], [link('fail')]).usageConnected).toBe('fail');
  });
});
