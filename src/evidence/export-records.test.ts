import { describe, expect, it } from 'vitest';
import { accept, context } from '../../test/fixtures/evidence/world.ts';
import { EXPORTS } from './export-records.ts';
import type { RecordOf } from './records/registry.ts';
import type { StoredRecord } from './stored-records.ts';

const ref = `sha256:${'b'.repeat(64)}` as StoredRecord['ref'];

/** Only what the export reads of a smoke test. */
function smoke(outcome: string, results: readonly string[]): StoredRecord {
  const names = ['request-completed', 'trace-present', 'error-classified'];
  const claims = results.map((result, index) => ({ claim: names[index], result }));
  const body = { kind: 'smoke', smoke: 'chat', outcome, claims } as unknown as RecordOf<'smoke'>;
  return { ref, index: 4, context, body };
}

const result = (record: StoredRecord) => JSON.parse(EXPORTS['test-result'](record) ?? '{}');

describe('a smoke test as an in-toto test result', () => {
  it.each([
    ['pass', ['holds', 'holds'], 'PASSED'],
    ['pass', ['holds', 'not-evaluable'], 'WARNED'],
    ['inconclusive', ['holds', 'not-evaluable'], 'FAILED'],
    ['fail', ['holds', 'broken'], 'FAILED'],
  ])('that is %s with %j is %s: missing proof is no pass', (outcome, results, expected) => {
    const { predicate, predicateType, subject } = result(smoke(outcome, results));
    expect(predicateType).toBe('https://in-toto.io/attestation/test-result/v0.1');
    expect(subject).toEqual([{ digest: { sha256: 'b'.repeat(64) }, name: 'chat' }]);
    expect(predicate).toMatchObject({
      result: expected,
      passedTests: results.includes('holds')
        ? ['request-completed', 'trace-present'].slice(
            0,
            results.filter((r) => r === 'holds').length,
          )
        : [],
      configuration: [{ digest: { sha256: 'a'.repeat(64) }, name: 'spendproof.yaml' }],
      spendproof_outcome: outcome,
    });
  });
});

describe('a review as a simple verification result', () => {
  it('names what passed, and nothing else', () => {
    const assertions = {
      patternDocumented: 'pass',
      happyTraceable: 'fail',
      usageConnected: 'pending',
    };
    const body = { kind: 'review', review: '2026-W47', outcome: 'fail', assertions };
    const record: StoredRecord = {
      ref,
      index: 1,
      context: { ...context, plan: null },
      body: body as never,
    };
    const svr = JSON.parse(EXPORTS.svr(record) ?? '{}');
    expect(svr.predicate).toEqual({
      properties: ['SPENDPROOF_PATTERN_DOCUMENTED'],
      timeCreated: context.at,
      verifier: { id: expect.stringMatching(/^https:\/\/spendproof\.dev\/review\/\d+$/) },
    });
    const passed = { ...record, body: { ...body, outcome: 'pass' } as never };
    expect(EXPORTS.svr(passed)).toContain('SPENDPROOF_REVIEW_PASS');
  });
});

describe('any other record', () => {
  it('is only a line of its own', () => {
    const record: StoredRecord = { ref, index: 2, context, body: accept(1) };
    expect(EXPORTS.svr(record)).toBeUndefined();
    expect(EXPORTS['test-result'](record)).toBeUndefined();
    expect(JSON.parse(EXPORTS.records(record) ?? '{}')).toMatchObject({ index: 2, record: ref });
  });
});
