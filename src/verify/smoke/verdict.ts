import { worstOutcome } from '../../core/index.ts';
import type { SmokeTest } from '../../plan/index.ts';
import type { HappyJudgement } from './judge-happy.ts';
import { failed, passed, unproved } from './preflight.ts';
import type { JudgedFields, PathResult, SmokeClaimId, SmokeResult } from './result.ts';

/** Answers each claim that the plan makes; there is no word for any other claim. */
export function claimsOf(
  test: SmokeTest,
  happy: HappyJudgement,
  error: PathResult,
): SmokeResult['claims'] {
  const results: Record<SmokeClaimId, ClaimAnswer> = {
    // The run would have been refused otherwise.
    'pattern-exists': 'holds',
    'request-completed': completed(test, happy.path),
    'trace-present': traced(test, happy),
    'usage-fields-present': usageFields(test, happy.path),
    'error-classified': classified(error),
  };
  return test.claims.map((claim) => ({ claim, result: results[claim] }));
}

/** Ends a run with the worst of both requests; a claim that is broken or that nothing could answer withholds the pass. */
export function concluded(test: SmokeTest, happy: HappyJudgement, error: PathResult): JudgedFields {
  const both = [happy.path, error];
  const worst = worstOutcome(both.map(({ outcome }) => outcome));
  if (worst !== 'pass') {
    return {
      outcome: worst === 'fail' ? 'fail' : 'inconclusive',
      reasons: unique(both.flatMap(({ reasons }) => reasons)),
      missing: unique(both.flatMap(({ missing }) => missing)),
    };
  }
  const answers = claimsOf(test, happy, error).map(({ result }) => result);
  if (answers.includes('broken')) return failed('smoke-assertion');
  return answers.includes('not-evaluable')
    ? unproved('claim-not-evaluable', `smoke:${test.id}`)
    : passed;
}

type ClaimAnswer = SmokeResult['claims'][number]['result'];

const completed = (test: SmokeTest, { outcome, status, transport }: PathResult): ClaimAnswer => {
  if (outcome === 'inconclusive') return 'not-evaluable';
  return test.happy.status.includes(status ?? 0) && transport === 'ok' ? 'holds' : 'broken';
};

function traced(test: SmokeTest, { path, trace }: HappyJudgement): ClaimAnswer {
  if (trace !== undefined) return 'holds';
  return completed(test, path) === 'holds' ? 'broken' : 'not-evaluable';
}

/** Looks at the assertions under `/usage`; a plan that has none cannot claim their presence. */
function usageFields(test: SmokeTest, { assertions }: PathResult): ClaimAnswer {
  const asked = assertions.filter(({ index }) =>
    /^\/usage(\/|$)/.test(test.happy.at[index]?.pointer ?? ''),
  );
  const isOpen = asked.some(({ reason }) => reason === 'not-evaluated');
  if (asked.length === 0 || isOpen) return 'not-evaluable';
  return asked.every(({ ok }) => ok) ? 'holds' : 'broken';
}

function classified({ outcome, errorClass }: PathResult): ClaimAnswer {
  if (outcome === 'inconclusive') return 'not-evaluable';
  return outcome === 'pass' && errorClass !== 'other' ? 'holds' : 'broken';
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
