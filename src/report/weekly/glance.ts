import { money, movedText } from '../numbers.ts';
import { daysWords } from '../words.ts';
import type { Compared, WeeklyPage } from './page.ts';

/** One number that a reader takes in before reading anything. */
export interface Glance {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** Colour only repeats what the words say. */
  readonly tone: 'good' | 'watch' | 'bad' | 'plain';
}

/** Lists what a manager asks first: what it cost, whether the budgets hold, whether anybody waits, what was seen of it. */
export const weeklyGlance = (page: WeeklyPage): readonly Glance[] => [
  ...costGlance(page),
  ...budgetGlance(page),
  alertGlance(page),
  usageGlance(page),
];

function costGlance({ comparison }: WeeklyPage): readonly Glance[] {
  const cost = comparison?.measures.find(({ measure }) => measure === 'cost');
  const value = cost?.current.value ?? null;
  if (comparison === null || cost === undefined || value === null) return [];
  const isWhole = cost.current.knownRows === cost.current.totalRows;
  const note =
    cost.change === null
      ? 'no comparison: days are missing'
      : `${costMoved(cost, comparison.currency)} beside the same weekdays before`;
  return [
    {
      label: 'Cost',
      value: `${isWhole ? '' : 'at least '}${money(value, comparison.currency)}`,
      note,
      tone: 'plain',
    },
  ];
}

const costMoved = ({ change, current, previous }: Compared, currency: string): string =>
  movedText({ change, now: current.value, before: previous.value }, (text) =>
    money(text, currency),
  );

function budgetGlance({ budgets }: WeeklyPage): readonly Glance[] {
  if (budgets.length === 0) return [];
  const of = (verdict: string): number => budgets.filter((body) => body.verdict === verdict).length;
  const ahead = budgets.filter(
    ({ verdict, reasons }) =>
      verdict === 'ok' && (reasons.includes('forecast-over') || reasons.includes('burn-fast')),
  ).length;
  const [breached, unknown] = [of('breached'), of('inconclusive')];
  const parts = [
    ...(breached === 0 ? [] : [`${breached} breached`]),
    ...(ahead === 0 ? [] : [`${ahead} on the way over`]),
    ...(unknown === 0 ? [] : [`${unknown} cannot be judged`]),
  ];
  return [
    {
      label: 'Budgets',
      value: `${of('ok')} of ${budgets.length} hold`,
      note: parts.length === 0 ? 'none is on the way over' : parts.join(', '),
      tone: breached > 0 ? 'bad' : parts.length > 0 ? 'watch' : 'good',
    },
  ];
}

function alertGlance({ alerts }: WeeklyPage): Glance {
  const open = alerts.filter(
    ({ acknowledgedAt, resolvedAt }) => acknowledgedAt === null && resolvedAt === null,
  );
  const lost = alerts.filter(({ failed }) => failed.length > 0).length;
  const critical = open.filter(({ severity }) => severity === 'critical').length;
  const parts = [
    `${alerts.length} in the last four weeks`,
    ...(critical === 0 ? [] : [`${critical} critical`]),
    ...(lost === 0 ? [] : [`${lost} with a notice that did not arrive`]),
  ];
  return {
    label: 'Alerts not acknowledged',
    value: String(open.length),
    note: parts.join(', '),
    tone: critical + lost > 0 ? 'bad' : open.length > 0 ? 'watch' : 'good',
  };
}

function usageGlance({ review }: WeeklyPage): Glance {
  const { coverage } = review.body.usage;
  const isWhole = coverage.expected > 0 && coverage.present === coverage.expected;
  return {
    label: 'Usage seen',
    value: coverage.expected === 0 ? 'none' : daysWords(coverage),
    note:
      coverage.completeThrough === null
        ? 'no data'
        : `complete through ${coverage.completeThrough}`,
    tone: isWhole ? 'good' : 'watch',
  };
}
