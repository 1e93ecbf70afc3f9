import type { Plan } from '../plan/index.ts';
import type { BudgetBody, DocumentBody, MetricBody } from './bundle.ts';
import { contractRows } from './contract.ts';
import { markdownUrl } from './encode.ts';
import { forecastWords } from './forecast-words.ts';
import { count, money, moneyOrUnknown, percent, quantity, movedText, unitCost } from './numbers.ts';
import { cell, type Cell, type Column, shown, type TableContent } from './table.ts';
import { daysWords, heldWords, partWords, periodWords, reasonWords, unitWords } from './words.ts';

/** What a table shows of a metric: a record, or a result that is not recorded. */
export type MetricRow = Omit<MetricBody, 'kind' | 'review' | 'held'> &
  Partial<Pick<MetricBody, 'held'>>;
/** What a table shows of a budget verdict. */
export type BudgetRow = Omit<BudgetBody, 'kind' | 'review' | 'held'> &
  Partial<Pick<BudgetBody, 'held'>>;
/** What a table shows of a document check. */
export type DocumentRow = Omit<DocumentBody, 'kind' | 'review'>;

const left = (key: string, title: string): Column => ({ key, title, align: 'left' });
const right = (key: string, title: string): Column => ({ key, title, align: 'right' });

/** Lays out metrics: value, change, both halves, coverage and outcome. */
export const metricTable = (metrics: readonly MetricRow[]): TableContent => ({
  columns: [
    left('metric', 'Metric'),
    right('value', 'Value'),
    right('change', 'Change'),
    right('cost', 'Cost'),
    right('units', 'Units'),
    left('days', 'Days'),
    left('outcome', 'Outcome'),
  ],
  rows: metrics.map((metric) => [
    cell(metric.metric),
    shown(metric.value, valueWords(metric)),
    shown(metric.change, metricMoved(metric)),
    shown(metric.numerator.value, amountWords(metric.numerator, metric.currency)),
    shown(metric.denominator.value, countWords(metric)),
    cell(daysWords(metric.coverage)),
    cell(stateWords(metric.outcome, metric)),
  ]),
});

/** Puts the value of a metric in words: `USD 0.84 per 1,000 requests`. */
export function valueWords(metric: MetricRow): string {
  if (metric.value === null) return 'unknown';
  const { counted, scale } = metric;
  const unit = unitWords(counted);
  const per = scale === 1 ? unit.replace(/s$/, '') : `${count(scale)} ${unit}`;
  return `${unitCost(metric.value, metric.currency)} per ${per}`;
}

/** Puts the change of a metric since the period before in words. */
export const metricMoved = ({ change, value, previous, currency }: MetricRow): string =>
  movedText({ change, now: value, before: previous?.value ?? null }, (text) =>
    unitCost(text, currency),
  );

function countWords({ denominator, counted }: MetricRow): string {
  return denominator.value === null
    ? 'unknown'
    : `${isPartial(denominator) ? 'at least ' : ''}${quantity(denominator.value)} ${unitWords(counted)}`;
}

const isPartial = ({ knownRows, totalRows }: MetricRow['numerator']): boolean =>
  knownRows < totalRows;

function amountWords(measured: MetricRow['numerator'], currency: string): string {
  if (measured.value === null) return 'unknown';
  const sum = money(measured.value, currency);
  return isPartial(measured) ? `at least ${sum}${partWords(measured)}` : sum;
}

const stateWords = (state: string, row: Pick<MetricRow, 'reasons' | 'held'>): string =>
  [
    row.reasons.length === 0 ? state : `${state}: ${reasonWords(row.reasons)}`,
    heldWords(row.held ?? []),
  ]
    .filter((part) => part !== '')
    .join(', ');

/** Lays out budget verdicts. */
export const budgetTable = (
  budgets: readonly BudgetRow[],
  plan: { readonly budgets: readonly { readonly id: string; readonly title: string }[] },
): TableContent => ({
  columns: [
    left('budget', 'Budget'),
    left('period', 'Period'),
    right('spend', 'Spend'),
    right('amount', 'Amount'),
    right('share', 'Share'),
    right('forecast', 'Forecast'),
    left('days', 'Days'),
    left('verdict', 'Verdict'),
  ],
  rows: budgets.map((budget) => [
    shown(
      budget.budget,
      plan.budgets.find(({ id }) => id === budget.budget)?.title ?? budget.budget,
    ),
    cell(periodWords(budget.period)),
    shown(budget.spend.value, spendWords(budget)),
    shown(budget.amount, moneyOrUnknown(budget.amount, budget.currency)),
    shown(budget.share, budget.share === null ? '–' : percent(budget.share)),
    forecastCell(budget),
    cell(`${daysWords(budget.coverage)}, as of ${budget.asOf}`),
    cell(stateWords(budget.final ? `${budget.verdict}, final` : budget.verdict, budget)),
  ]),
});

/** Puts a spend in words; it is *at least* that, where days or rows are missing. */
export function spendWords({ spend, coverage, currency }: BudgetRow): string {
  if (spend.value === null) return 'unknown';
  const partial = isPartial(spend) || coverage.present < coverage.expected;
  return `${partial ? 'at least ' : ''}${money(spend.value, currency)}${partWords(spend)}`;
}

function forecastCell({ forecast, currency }: BudgetRow): Cell {
  return forecast === null ? cell(null) : shown(forecast.total, forecastWords(forecast, currency));
}

/** Lays out documents, in the plan's order; one that was not read stands there as `not checked`. */
export function documentTable(
  checks: readonly DocumentRow[],
  plan: Pick<Plan, 'documents'>,
): TableContent {
  return {
    columns: [
      left('document', 'Document'),
      left('state', 'State'),
      left('accessed', 'Accessed'),
      left('accepted', 'Accepted'),
    ],
    rows: plan.documents.map(({ id }) => {
      const check = checks.find(({ document }) => document === id);
      const accepted = check?.accepted ?? null;
      return [
        cell(id),
        cell(documentState(check)),
        shown(check?.accessedAt ?? null, check?.accessedAt.slice(0, 10) ?? '–'),
        cell(accepted === null ? 'not yet' : `by ${accepted.by} on ${accepted.on}`),
      ];
    }),
  };
}

/** Puts the state of a document in words. */
export function documentState(check: DocumentRow | undefined): string {
  if (check === undefined) return 'not checked';
  const words = check.outcome === 'pass' ? '' : reasonWords(check.reasons);
  // Why a page could not be read decides what to do; of any other state the words say it.
  const why = check.state === 'unreadable' ? ` (${check.detail})` : '';
  return `${check.state}${why}${check.fresh ? '' : ', stale'}${words === '' ? '' : `: ${words}`}`;
}

/** Lays out the contract details to verify: area, what, source, when accessed, the safe wording and its state. */
export function contractTable(
  documents: readonly DocumentRow[],
  plan: Pick<Plan, 'documents'>,
): TableContent {
  return {
    columns: [
      left('area', 'Area'),
      left('verify', 'What to verify'),
      left('source', 'Source URL'),
      left('accessed', 'Accessed'),
      left('wording', 'Safe candidate wording'),
      left('state', 'State'),
    ],
    rows: contractRows(documents, plan).map((row) => [
      cell(row.area),
      cell(row.verify),
      row.url === null ? cell('own account') : { ...cell(row.url), markdown: markdownUrl(row.url) },
      cell(row.accessed),
      cell(row.wording),
      cell(row.state),
    ]),
  };
}
