import {
  AppError,
  dateIn,
  type Instant,
  parseDecimal,
  type PlainDate,
  ZERO,
} from '../core/index.ts';
import type { Plan, PlanBudget } from '../plan/index.ts';
import { budgetStatus } from './current.ts';
import type { Workspace } from './workspace.ts';
import { unknownName } from './unknown-name.ts';

type Status = Awaited<ReturnType<typeof budgetStatus>>[number];

/** A change that is tried out and recorded nowhere. */
export interface Trial {
  readonly amount?: string;
  /** `+30%` or an amount a day, from today on. */
  readonly delta?: string;
}

/** A budget as it is and as it would be. */
export interface Simulation {
  readonly asIs: Status;
  readonly tried: Status;
}

/**
 * Judges one budget with another amount, or with a change of each day from today on; records nothing, sends nothing.
 *
 * @throws {AppError} `usage` for an unknown budget, a malformed amount or delta, or nothing to judge.
 */
export async function simulateBudget(
  workspace: Workspace,
  id: string,
  trial: Trial,
  asOf: Instant | undefined,
): Promise<Simulation> {
  const budget = budgetOf(workspace.plan, id);
  const today = dateIn(asOf ?? workspace.ports.clock.now(), workspace.plan.timezone);
  const changed = triedBudget(budget, trial, today);
  const change = ({ budgets, ...plan }: Plan): Plan => ({
    ...plan,
    budgets: budgets.map((one) => (one.id === id ? changed : one)),
  });
  const [asIs] = await statusOf(workspace, id, asOf);
  const [tried] = await statusOf({ ...workspace, plan: change(workspace.plan) }, id, asOf);
  if (asIs !== undefined && tried !== undefined) return { asIs, tried };
  throw new AppError('usage', {
    message: `Expected ${id} to have a period with data; nothing is imported for it`,
    hint: 'Run `spendproof usage import`.',
  });
}

const statusOf = async (
  workspace: Workspace,
  id: string,
  asOf: Instant | undefined,
): Promise<readonly Status[]> =>
  (await budgetStatus(workspace, asOf)).filter(({ budget }) => budget === id);

function triedBudget(budget: PlanBudget, { amount, delta }: Trial, today: PlainDate): PlanBudget {
  if (amount !== undefined && (parseDecimal(amount) ?? ZERO) <= 0n) {
    throw new AppError('usage', {
      message: `Expected --amount to be a decimal above 0, got ${JSON.stringify(amount)}`,
    });
  }
  if (delta !== undefined && !/^[+-]\d{1,9}(\.\d{1,6})?%?$/.test(delta)) {
    throw new AppError('usage', {
      message: `Expected --delta to be such as +30% or -12.50, got ${JSON.stringify(delta)}`,
    });
  }
  const { amounts = [], events = [], ...rest } = budget;
  return {
    ...rest,
    ...(amount === undefined ? { amounts } : { amount }),
    events: delta === undefined ? events : [...events, { from: today, delta, reason: 'trial' }],
  };
}

function budgetOf({ budgets }: Plan, id: string): PlanBudget {
  const found = budgets.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw unknownName(
    'budget',
    id,
    budgets.map((one) => one.id),
  );
}
