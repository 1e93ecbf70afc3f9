import type { Json } from '../../core/index.ts';
import type { Plan, PlanBudget } from '../../plan/index.ts';
import {
  moneyOrUnknown,
  backTestWords,
  type BudgetRow,
  count,
  forecastWords,
  percent,
  periodWords,
  reasonWords,
  spendWords,
} from '../../report/index.ts';
import type { CommandResult } from '../world.ts';

/** What is said of a budget between the first moment of its period and the end of its first day. */
export const NOTHING_YET =
  'Nothing to judge yet: no day of the period has ended, and no usage of it is known.';

/** Explains one budget: its scope, what counts as cost, each rule and its state, and the exports behind the number. */
export function showBudget(
  id: string,
  plan: Plan,
  results: readonly BudgetRow[],
): Omit<CommandResult, 'exit'> {
  const budget = plan.budgets.find((one) => one.id === id);
  const found = results.filter((one) => one.budget === id);
  const lines = [
    `${id}  ${budget?.title ?? ''}  owner ${budget?.owner ?? plan.owner}`,
    `scope     ${scopeWords(budget?.scope ?? {})}`,
    ...(budget === undefined ? [] : planLines(budget)),
    ...found.flatMap((one) => periodLines(one)),
  ];
  return {
    data: { budget: id, periods: JSON.parse(JSON.stringify(found)) as Json },
    text: [...lines, ...(found.length === 0 ? ['', NOTHING_YET] : [])].join('\n'),
  };
}

function periodLines(row: BudgetRow): readonly string[] {
  const { period, spend, amount, currency, share, coverage, exports } = row;
  const of = `${spendWords(row)} of ${moneyOrUnknown(amount, currency)}`;
  return [
    '',
    `${periodWords(period)} (${period.zone}), as of ${row.asOf}`,
    `  verdict   ${row.verdict}${row.reasons.length === 0 ? '' : `: ${reasonWords(row.reasons)}`}`,
    ...driverLines(row),
    `  spend     ${of}${share === null ? '' : ` = ${percent(share)}`}; cost known of ${spend.knownRows} of ${spend.totalRows} rows`,
    `  days      ${coverage.present} of ${coverage.expected}${coverage.missing.length === 0 ? '' : `, missing ${coverage.missing.join(', ')}`}`,
    `  exports   ${exports.join(', ') || 'none'}`,
    ...(row.forecast === null
      ? []
      : [
          `  forecast  ${forecastWords(row.forecast, currency)}, by ${row.forecast.method}`,
          `  tested    ${backTestWords(row.forecast)}`,
        ]),
    ...(row.anomalies ?? []).map(
      ({ date, what, value, usual }) => `  look at   ${date}: ${what} ${value}, usually ${usual}`,
    ),
    ...row.rules.map(
      ({ rule, basis, at, severity, state }) =>
        `  rule      ${rule}: ${basis}${at === null ? '' : ` at ${percent(at)}`}, ${severity}, ${state}`,
    ),
  ];
}

function driverLines({ driver }: BudgetRow): readonly string[] {
  if (driver === undefined) return [];
  const { metric, target, quantity, series } = driver;
  const units = quantity === null ? 'an unknown quantity' : count(quantity);
  return [
    `  amount    ${target} per ${metric} × ${units}${series === null ? '' : ` of ${series}`}`,
  ];
}

function planLines(budget: PlanBudget): readonly string[] {
  const { exclude, parent, amount, amounts, events, cost } = budget;
  return [
    `counts    ${cost.basis} cost of ${cost.include.join(', ')}`,
    `amount    ${writtenWords(amount)}`,
    ...(exclude === undefined ? [] : [`leaves out ${scopeWords(exclude)}`]),
    ...(parent === undefined ? [] : [`part of   ${parent}`]),
    ...(amounts ?? []).map(
      (one) =>
        `from ${one.from}  ${writtenWords(one.amount)}, approved by ${one.approvedBy}: ${one.reason}`,
    ),
    ...(events ?? []).map((one) => `event     ${one.from} ${one.delta} a day: ${one.reason}`),
  ];
}

function writtenWords(amount: PlanBudget['amount']): string {
  if (typeof amount === 'string') return amount;
  const { unitMetric, target, quantity } = amount;
  const units = typeof quantity === 'number' ? count(quantity) : `the series ${quantity.series}`;
  return `${target} per ${unitMetric} × ${units}`;
}

function scopeWords(scope: Plan['budgets'][number]['scope']): string {
  const parts = Object.entries(scope).map(
    ([name, values]) => `${name} ${(values ?? []).join(' or ')}`,
  );
  return parts.length === 0 ? 'all approved usage' : parts.join('; ');
}
