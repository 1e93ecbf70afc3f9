import type { BudgetResult } from '../budget/index.ts';
import { type Decimal, parseDecimal, subtractDecimal } from '../core/index.ts';
import type { Plan, PlanBudget } from '../plan/index.ts';

/** Says what stands between a parent and its parts, where their periods and their data are the same. */
export interface FamilyLine {
  readonly parent: string;
  readonly parts: readonly string[];
  /** Parent less parts; null where one of them is unknown. */
  readonly rest: Decimal | null;
}

/** Compares each parent with the sum of its parts; totals of budgets that overlap otherwise are never added. */
export function familyLines(
  plan: Plan,
  results: readonly Pick<BudgetResult, 'budget' | 'spend' | 'period'>[],
): readonly FamilyLine[] {
  const valueOf = (id: string, start: string) => {
    const found = results.find(({ budget, period }) => budget === id && period.start === start);
    return parseDecimal(String(found?.spend.value));
  };
  return results.flatMap(({ budget, period }) => {
    const parts = plan.budgets.filter(({ parent }) => parent === budget).map(({ id }) => id);
    if (parts.length === 0) return [];
    const whole = valueOf(budget, period.start);
    const known = parts.flatMap((id) => valueOf(id, period.start) ?? []);
    const rest =
      whole === undefined || known.length < parts.length
        ? null
        : known.reduce((left, value) => subtractDecimal(left, value), whole);
    return [{ parent: budget, parts, rest }];
  });
}

/**
 * Lists pairs of budgets, none the part of the other, whose scopes can hold the same record: their totals must never be
 * added.
 */
export function overlaps(plan: Plan): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const [index, left] of plan.budgets.entries()) {
    for (const right of plan.budgets.slice(index + 1)) {
      const isFamily = isPart(plan, left, right) || isPart(plan, right, left);
      const isApart = leavesOut(left, right) || leavesOut(right, left);
      if (!isFamily && !isApart && canShare(left, right)) pairs.push([left.id, right.id]);
    }
  }
  return pairs;
}

/** A part of a part is one too; the plan's lint refuses loops. */
function isPart(plan: Plan, { parent }: PlanBudget, whole: PlanBudget): boolean {
  if (parent === undefined) return false;
  return (
    parent === whole.id || plan.budgets.some((one) => one.id === parent && isPart(plan, one, whole))
  );
}

/** Every record of the one is among those that the other leaves out. */
function leavesOut({ exclude = {} }: PlanBudget, { scope }: PlanBudget): boolean {
  const inside = new Map<string, readonly string[] | undefined>(Object.entries(scope));
  const out = Object.entries(exclude);
  return (
    out.length > 0 &&
    out.every(([key, values]) => {
      const wanted: readonly string[] = values ?? [];
      const own = inside.get(key);
      return own !== undefined && own.every((value) => wanted.includes(value));
    })
  );
}

function canShare(left: PlanBudget, right: PlanBudget): boolean {
  const other = new Map(Object.entries(right.scope));
  return Object.entries(left.scope).every(([key, values]) => {
    const theirs: readonly string[] | undefined = other.get(key);
    return theirs === undefined || (values ?? []).some((value) => theirs.includes(value));
  });
}
