import { canonicalJson, sha256 } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import { alertOwner, channelsOf } from './alert-routes.ts';

type Verdict = RecordOf<'budget-verdict'>;

/**
 * Compares verdicts of now with the final verdicts that their periods had before: where the spend differs, late data or a
 * correction changed a closed period.
 *
 * The signed verdict stays as it is; the restatement names it, and its notice is one, whatever thresholds the new number
 * crosses (design: budgets.md 4).
 */
export function findRestatements(
  plan: Plan,
  finals: readonly StoredRecord<Verdict>[],
  now: readonly Verdict[],
): readonly RecordOf<'restatement'>[] {
  return now.flatMap((verdict) => {
    const before = finals.find(
      ({ body }) => body.budget === verdict.budget && body.period.start === verdict.period.start,
    );
    if (before === undefined || before.body.spend.value === verdict.spend.value) return [];
    const { budget, period, asOf, spend, amount, share, currency, held, data } = verdict;
    const owner = alertOwner(plan, budget, 'actual');
    return [
      {
        kind: 'restatement' as const,
        alert: sha256(canonicalJson({ restated: budget, start: period.start, data: data ?? null })),
        budget,
        period,
        asOf,
        verdict: before.ref,
        before: before.body.spend,
        spend,
        amount,
        share,
        currency,
        owner,
        channels: channelsOf(plan, owner),
        held,
      },
    ];
  });
}
