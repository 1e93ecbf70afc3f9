import type { Alert, Resolution } from '../budget/index.ts';
import type { RecordOf } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import { alertOwner, channelsOf } from './alert-routes.ts';
import { recordParts, type ReviewRun } from './run.ts';

/** A threshold that was crossed, and the verdict that says so. */
export interface Crossing {
  readonly alert: Alert;
  readonly verdict: RecordOf<'budget-verdict'>;
}

/**
 * Claims an alert in the ledger: of any number of processes that see the crossing, one appends the record (design:
 * budgets.md 4). Who is told, where and when follows from the record.
 */
export async function claimAlert(run: ReviewRun, crossing: Crossing): Promise<void> {
  const { alert } = crossing;
  await recordParts(run, [alertBody(run.workspace.plan, crossing)], {
    unless: (records) =>
      records.some((one) => one.body.kind === 'alert' && one.body.alert === alert.alert),
  });
}

/** Says of a crossing what its record says. */
export function alertBody(plan: Plan, { alert, verdict }: Crossing): RecordOf<'alert'> {
  const { period, asOf, amount, spend, share, currency, held, forecast } = verdict;
  const basis = verdict.rules.find(({ rule }) => rule === alert.rules[0])?.basis ?? 'actual';
  const owner = alertOwner(plan, verdict.budget, basis);
  return {
    kind: 'alert',
    alert: alert.alert,
    budget: verdict.budget,
    rules: alert.rules,
    severity: alert.severity,
    basis,
    period,
    asOf,
    amount,
    spend,
    share,
    currency,
    ...(forecast === null ? {} : { forecast }),
    owner,
    channels: channelsOf(plan, owner),
    held,
  };
}

/** Claims in the ledger that rules of an alert have cleared, once. */
export async function claimResolution(
  run: ReviewRun,
  { alert, rules, because }: Resolution,
  { budget, asOf }: RecordOf<'budget-verdict'>,
): Promise<void> {
  const body: RecordOf<'resolved'> = { kind: 'resolved', alert, budget, rules, because, asOf };
  await recordParts(run, [body], {
    unless: (records) =>
      records.some(
        ({ body: one }) =>
          one.kind === 'resolved' &&
          one.alert === alert &&
          one.rules.some((rule) => rules.includes(rule)),
      ),
  });
}

/** Claims in the ledger that a closed period was restated, once for each state of its data. */
export async function claimRestatement(
  run: ReviewRun,
  body: RecordOf<'restatement'>,
): Promise<void> {
  await recordParts(run, [body], {
    unless: (records) =>
      records.some(({ body: one }) => one.kind === 'restatement' && one.alert === body.alert),
  });
}
