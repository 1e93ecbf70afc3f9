import type { RecordOf } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import { moneyOrUnknown, heldWords, money, percent, periodWords } from '../report/index.ts';
import { type Fact, type Notice, noticeOf } from './notice.ts';

type Restatement = RecordOf<'restatement'>;

/**
 * Renders that data of a closed period changed, from its record and the plan's titles alone: what was signed, what is known
 * now.
 */
export function noticeFromRestatement(
  body: Restatement,
  plan: Plan,
  ref: string,
  notice: string,
): Notice {
  const title = plan.budgets.find(({ id }) => id === body.budget)?.title ?? body.budget;
  const owner = plan.owners.find(({ id }) => id === body.owner)?.title ?? body.owner;
  const known = sumWords(body.spend, body.currency);
  const share = body.share === null ? '' : ` (${percent(body.share)})`;
  const held = heldWords(body.held);
  const facts: readonly Fact[] = [
    ['Signed', sumWords(body.before, body.currency)],
    ['Known now', `${known} of ${moneyOrUnknown(body.amount, body.currency)}${share}`],
    ['Period', `${periodWords(body.period)} (${body.period.zone})`],
    ['As of', body.asOf],
    ...(held === '' ? [] : [['Assumptions', held] as const]),
    ['Owner', owner],
    ['Next action', 'read the restated review; the signed one stays as it is'],
    ['Record', `spendproof ledger show ${ref}`],
  ];
  const { budget, period, before, spend, amount, currency } = body;
  return noticeOf({
    id: `notice-${notice.slice('sha256:'.length)}`,
    subject: `alert-${body.alert.slice('sha256:'.length)}`,
    thread: `budget-${budget}`,
    state: 'firing',
    severity: 'info',
    title: `Restated: ${title}, ${periodWords(period)}`,
    facts,
    startsAt: body.asOf,
    endsAt: null,
    labels: {
      alertname: 'SpendproofRestatement',
      team: plan.team,
      budget,
      period: period.start,
      owner: body.owner,
      severity: 'info',
    },
    payload: {
      type: 'budget.restated',
      timestamp: body.asOf,
      data: {
        alert: body.alert,
        budget,
        period: { ...period },
        before: { ...before },
        spend: { ...spend },
        amount,
        share: body.share,
        currency,
        owner: body.owner,
        record: ref,
      },
    },
  });
}

function sumWords({ value, knownRows, totalRows }: Restatement['spend'], currency: string): string {
  if (value === null) return 'unknown';
  return `${knownRows < totalRows ? 'at least ' : ''}${money(value, currency)}`;
}
