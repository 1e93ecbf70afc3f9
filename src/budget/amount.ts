import { addDays, dateIn, type Instant, type Period } from '../core/index.ts';
import type { PlanBudget } from '../plan/index.ts';

/** The amount that holds for a period, and who approved it where it was revised. */
export interface AmountInForce {
  readonly amount: string;
  readonly approvedBy: string | null;
}

/**
 * Gives the amount of a budget for a period: the latest revision whose day has come, as of now or of the period's last day,
 * whichever is earlier; else the first amount. A revision in the middle of a period counts for the whole of it.
 */
export function amountOf(
  { amount, amounts = [] }: Pick<PlanBudget, 'amount' | 'amounts'>,
  period: Period,
  now: Instant,
): AmountInForce {
  if (amounts.length === 0) return { amount, approvedBy: null };
  const last = addDays(dateIn(period.end, period.zone), -1);
  const today = dateIn(now, period.zone);
  const day = today < last ? today : last;
  const revision = amounts
    .filter(({ from }) => from <= day)
    .toSorted((left, right) => (left.from < right.from ? -1 : 1))
    .at(-1);
  return revision === undefined
    ? { amount, approvedBy: null }
    : { amount: revision.amount, approvedBy: revision.approvedBy };
}
