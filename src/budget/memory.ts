import { decimal, type Period } from '../core/index.ts';
import type { AlertEvent, FiredEvent } from './alert-state.ts';

/** What a rule has done in a period so far. */
export interface RuleMemory {
  /** It has fired and not been resolved since. */
  readonly latched: boolean;
  /** How often it fired in the period. */
  readonly rounds: number;
  /** How often it fired with the amount that the budget has now. */
  readonly roundsOfAmount: number;
  /** The alert that is open, and the amount it fired with. */
  readonly open: { readonly alert: string; readonly amount: string | null } | null;
  /** On how many different data in a row, up to the last verdict and without the data of now, it held. */
  readonly heldOn: number;
}

/** What is remembered of a budget's period; every line of it is read from the ledger. */
export type BudgetMemory = (rule: string) => RuleMemory;

/** Holds of an earlier verdict what a rule with `hold` needs. */
export interface EarlierVerdict {
  readonly budget: string;
  readonly period: { readonly start: string };
  readonly data?: string;
  readonly rules: readonly { readonly rule: string; readonly state: string }[];
}

const NOTHING: RuleMemory = {
  latched: false,
  rounds: 0,
  roundsOfAmount: 0,
  open: null,
  heldOn: 0,
};

/** Remembers nothing: a budget that is judged for the first time. */
export const NO_MEMORY: BudgetMemory = () => NOTHING;

/**
 * Reads from alerts and verdicts, oldest first, what the rules of a budget have done in a period.
 *
 * @param now the amount, and the digest of the data, that are judged now.
 */
export function budgetMemory(
  history: {
    readonly events: readonly AlertEvent[];
    readonly verdicts: readonly EarlierVerdict[];
  },
  of: { readonly budget: string; readonly period: Period },
  now: { readonly amount: string | null; readonly data: string },
): BudgetMemory {
  const fired = new Map<string, FiredEvent>();
  for (const event of history.events) {
    if (event.kind !== 'fired' || fired.has(event.alert)) continue;
    if (event.budget === of.budget && event.period.start === of.period.start) {
      fired.set(event.alert, event);
    }
  }
  const verdicts = history.verdicts.filter(
    ({ budget, period }) => budget === of.budget && period.start === of.period.start,
  );
  return (rule) => {
    const alerts = [...fired.values()].filter(({ rules }) => rules.includes(rule));
    const last = alerts.at(-1);
    const resolved = history.events.some(
      (event) =>
        event.kind === 'resolved' && event.alert === last?.alert && event.rules.includes(rule),
    );
    const same = (amount: string | null): boolean => isSameAmount(amount, now.amount);
    const latched = last !== undefined && !resolved;
    return {
      latched,
      rounds: alerts.length,
      roundsOfAmount: alerts.filter(({ amount }) => same(amount)).length,
      open: latched ? { alert: last.alert, amount: last.amount } : null,
      heldOn: heldOn(verdicts, rule, now.data),
    };
  };
}

/** Compares amounts by value; an unknown one is the same as another unknown one. */
export const isSameAmount = (left: string | null, right: string | null): boolean =>
  left === null || right === null ? left === right : decimal(left) === decimal(right);

/** Counts different data from the newest back, as long as the rule's condition held. */
function heldOn(verdicts: readonly EarlierVerdict[], rule: string, now: string): number {
  const seen = new Set<string>();
  for (const { data, rules } of verdicts.toReversed()) {
    const state = rules.find((one) => one.rule === rule)?.state;
    if (state !== 'pending' && state !== 'crossed') break;
    if (data !== undefined && data !== now) seen.add(data);
  }
  return seen.size;
}
