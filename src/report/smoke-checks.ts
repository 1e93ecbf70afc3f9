import type { RecordOf } from '../evidence/index.ts';
import type { Check } from './checks.ts';

/** Lists what a record of a smoke test answers: both requests, each claim of its plan, and the test itself last. */
export function smokeChecks(smoke: RecordOf<'smoke'>): readonly Check[] {
  const { happy, error, claims } = smoke;
  return [
    { ...happy, group: 'request', name: 'happy-path' },
    { ...error, group: 'request', name: 'error-path' },
    ...claims.map(({ claim, result }) => ({
      group: 'claim',
      name: claim,
      outcome: CLAIMED[result],
      reasons: result === 'holds' ? [] : [result],
      missing: [],
    })),
    { ...smoke, group: 'smoke', name: smoke.smoke },
  ];
}

const CLAIMED = { holds: 'pass', broken: 'fail', 'not-evaluable': 'inconclusive' } as const;
