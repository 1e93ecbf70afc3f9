import type { AlertRoutes } from '../budget/index.ts';
import { channelKinds } from '../notify/index.ts';
import type { BudgetRule, Plan } from '../plan/index.ts';

/** Reads from the plan whom alerts go to. */
export const alertRoutes = (plan: Plan): AlertRoutes => ({
  escalationOf: (budget) => plan.budgets.find(({ id }) => id === budget)?.escalate,
  channelsOf: (role) => channelsOf(plan, role),
  fallbackOwner: plan.owner,
});

/**
 * Names the role that an alert goes to first: the budget's owner; for data that is missing or stale the role that
 * `routes.noData` names, because who spends cannot mend an export.
 */
export function alertOwner(plan: Plan, budget: string, basis: BudgetRule['basis']): string {
  const owner = plan.budgets.find(({ id }) => id === budget)?.owner ?? plan.owner;
  const isAboutData = basis === 'freshness' || basis === 'coverage';
  return isAboutData ? (plan.routes.noData ?? owner) : owner;
}

/** The channels of a role, in the plan's order. */
export function channelsOf(plan: Plan, role: string): readonly string[] {
  const wanted = plan.owners.find(({ id }) => id === role)?.notify ?? [];
  return plan.notify
    .filter(({ id, kind }) => wanted.includes(id) && channelKinds.includes(kind))
    .map(({ id }) => id);
}
