import type { Json } from '../../core/index.ts';
import {
  moneyOrUnknown,
  backTestWords,
  type BudgetRow,
  forecastWords,
  money,
  percent,
  periodWords,
  spendWords,
} from '../../report/index.ts';
import type { CommandResult } from '../world.ts';

/** Shows what a period will come to, when the amount is reached, and how good such forecasts were on this series. */
export function showForecast(
  id: string,
  results: readonly BudgetRow[],
): Omit<CommandResult, 'exit'> {
  const lines = results.flatMap((row) => [
    `${id}  ${periodWords(row.period)} (${row.period.zone}), as of ${row.asOf}`,
    ...forecastLines(row),
  ]);
  const data = results.map(({ budget, period, asOf, amount, spend, forecast }) => ({
    budget,
    period,
    asOf,
    amount,
    spend,
    forecast,
  }));
  return {
    data: JSON.parse(JSON.stringify({ forecasts: data })) as Json,
    text: lines.length === 0 ? `${id}: no data of the current period` : lines.join('\n'),
  };
}

/** Shows a budget as it is and as it would be. */
export function showSimulation(
  id: string,
  { asIs, tried }: { readonly asIs: BudgetRow; readonly tried: BudgetRow },
): Omit<CommandResult, 'exit'> {
  const lines = [
    `${id}, tried out; nothing is recorded`,
    'as it is',
    ...forecastLines(asIs),
    'as tried',
    ...forecastLines(tried, 'events of the plan and what is tried'),
  ];
  return { data: JSON.parse(JSON.stringify({ asIs, tried })) as Json, text: lines.join('\n') };
}

/** Lists amount, spend, forecast, chance, dates, back-test and the state of each rule. */
export function forecastLines(row: BudgetRow, eventsOf = 'events of the plan'): readonly string[] {
  const { amount, currency, forecast, rules, share } = row;
  return [
    `  spend     ${spendWords(row)} of ${moneyOrUnknown(amount, currency)}${share === null ? '' : ` = ${percent(share)}`}; ${row.verdict}`,
    ...(forecast === null
      ? ['  forecast  none: too little is known']
      : outlookLines(row, forecast, eventsOf)),
    `  rules     ${rules.map(({ rule, state }) => `${rule} ${state}`).join(', ')}`,
  ];
}

function outlookLines(
  { currency }: BudgetRow,
  forecast: NonNullable<BudgetRow['forecast']>,
  eventsOf: string,
): readonly string[] {
  const { chance, expectedOn, likelyOn, events, method } = forecast;
  const isEventful = events !== undefined && Number(events) !== 0;
  return [
    `  forecast  ${forecastWords(forecast, currency)}, by ${method}`,
    ...(isEventful ? [`  events    ${money(events, currency)} of it from ${eventsOf}`] : []),
    ...(chance === undefined ? [] : [`  chance    ${percent(chance)} that the amount is reached`]),
    ...(expectedOn === undefined || expectedOn === null
      ? []
      : [
          `  reached   expected on ${expectedOn}${likelyOn === null || likelyOn === undefined ? '' : `, likely by ${likelyOn}`}`,
        ]),
    `  tested    ${backTestWords(forecast)}`,
  ];
}
