import {
  addDays,
  datesOf,
  formatDecimal,
  type Instant,
  parseInstant,
  parsePlainDate,
  type Period,
  type PlainDate,
  periodOfDates,
  relativeChange,
} from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { findAnomalies, measuredText, measureOf, sumOfPeriod } from '../metrics/index.ts';
import type { MeasureId, Plan } from '../plan/index.ts';
import {
  agendaOf,
  type AllocatedCost,
  type Compared,
  type Comparison,
  type WeeklyPage,
} from '../report/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { alertLines } from './alert-lines.ts';
import { allocatedCost } from './allocated-cost.ts';
import { nextOccurrences } from './due.ts';
import { equalCalendar } from './equal-calendar.ts';
import { forecastChecks } from './forecast-checks.ts';
import { loadReport } from './report.ts';
import { askerOf, openUsage, type UsageFound } from './steps/usage.ts';
import { reportedCost } from './reported-cost.ts';
import type { Workspace } from './workspace.ts';

/** Alerts, forecasts and missed reviews of so many days before the review stand on the page. */
const LOOK_BACK_DAYS = 28;
const HISTORY_MAX = 8;
/** A smaller distance from the usual, in the reporting currency, is not worth a look. */
const ANOMALY_MIN = 1;

/**
 * Gathers the page of one review from the ledger, and the sums by day from the imports that the ledger names.
 *
 * @param id such as `2026-W47`; without it the newest.
 * @throws {AppError} `record-unknown` for no such review.
 */
export async function weeklyPage(workspace: Workspace, id?: string): Promise<WeeklyPage> {
  const { bundle, plan } = await loadReport(workspace, id);
  const { review } = bundle;
  const at = review.context.at as Instant;
  const since = `${addDays(dayOf(at), -LOOK_BACK_DAYS)}T00:00:00Z`;
  const records = (await workspace.ledger.records()).filter(
    (record) => record.index <= review.index,
  );
  const sums = await dailySums(workspace, plan, review);
  const [next] = nextOccurrences(plan, at, 1);
  const page = {
    team: plan.team,
    review,
    ownerTitle:
      plan.owners.find((owner) => owner.id === review.body.owner)?.title ?? review.body.owner,
    comparison: sums.comparison,
    allocation: sums.allocation,
    metrics: bundle.metrics.map(({ body }) => body),
    budgets: bundle.budgets.map(({ body }) => body),
    budgetTitles: Object.fromEntries(plan.budgets.map((budget) => [budget.id, budget.title])),
    forecasts: forecastChecks(records, since),
    alerts: alertLines(records, since),
    smoke: bundle.smoke.map(({ body }) => body),
    documents: bundle.documents.map(({ body }) => body),
    history: historyOf(records),
    missed: missedSince(records, since),
    next: next?.dueAt ?? at,
    cosigners: bundle.cosigners ?? [],
    loopback: plan.network.loopback,
  };
  return {
    ...page,
    agenda: agendaOf({ ...page, anomalies: sums.anomalies, owners: ownersOf(plan) }),
  };
}

const ownersOf = (plan: Plan) => ({
  plan: plan.owner,
  budget: (id: string) => plan.budgets.find((one) => one.id === id)?.owner ?? plan.owner,
  document: (id: string) => plan.documents.find((one) => one.id === id)?.owner ?? plan.owner,
  smoke: (id: string) => plan.smoke.find((one) => one.id === id)?.pinned?.by ?? plan.owner,
});

function historyOf(records: readonly StoredRecord[]): WeeklyPage['history'] {
  const reviews = records.flatMap(({ body, context }) =>
    body.kind === 'review' ? [{ ...body, at: context.at }] : [],
  );
  return reviews
    .slice(-HISTORY_MAX)
    .toReversed()
    .map(({ review, trigger, outcome, at }) => ({ review, trigger, outcome, at }));
}

const missedSince = (records: readonly StoredRecord[], since: string): readonly string[] =>
  records.flatMap(({ body }) =>
    body.kind === 'review-due' && body.result === 'missed' && body.dueAt >= since
      ? [body.dueAt]
      : [],
  );

interface DailySums {
  readonly comparison: Comparison | null;
  readonly allocation: AllocatedCost | null;
  /** Days far from their usual, in words. */
  readonly anomalies: readonly string[];
}

async function dailySums(
  workspace: Workspace,
  plan: Plan,
  review: StoredRecord<RecordOf<'review'>>,
): Promise<DailySums> {
  const store = await openUsage(workspace);
  try {
    const aggregate = await askerOf(workspace, store, review.context.at as Instant);
    const period = periodOf(review.body.period);
    return {
      comparison: await compared(aggregate, plan, period),
      allocation: await allocatedCost(aggregate, plan, { period, cost: reportedCost(plan) }),
      anomalies: await anomaliesIn(aggregate, plan, period),
    };
  } finally {
    await store.close();
  }
}

async function compared(
  aggregate: UsageFound['aggregate'],
  plan: Plan,
  period: Period,
): Promise<Comparison | null> {
  const { current, previous } = equalCalendar(datesOf(period));
  const cost = reportedCost(plan);
  const ask = async (dates: readonly PlainDate[]) =>
    await aggregate(
      { measures: [cost, 'requests', 'tokens'], by: [], filter: {}, include: [] },
      spanOf(dates, period.zone),
    );
  const [now, before] = [await ask(current), await ask(previous)];
  if (now.days.length === 0 && before.days.length === 0) return null;
  const [from = '', beforeFrom = ''] = [current[0], previous[0]];
  return {
    currency: plan.currency,
    from,
    until: current.at(-1) ?? from,
    beforeFrom,
    beforeUntil: previous.at(-1) ?? beforeFrom,
    measures: [
      comparedOf('cost', cost, now, before),
      comparedOf('requests', 'requests', now, before),
      comparedOf('tokens', 'tokens', now, before),
    ],
    days: current.map((date, index) => {
      const beside = previous[index] ?? date;
      return {
        date,
        before: beside,
        current: dayValue(now, date, cost),
        previous: dayValue(before, beside, cost),
      };
    }),
    missing: [...before.coverage.missing, ...now.coverage.missing],
  };
}

function comparedOf(
  name: Compared['measure'],
  measure: MeasureId,
  now: Aggregate,
  before: Aggregate,
): Compared {
  const current = sumOfPeriod(now, measure);
  const previous = sumOfPeriod(before, measure);
  const isWhole = now.coverage.missing.length === 0 && before.coverage.missing.length === 0;
  const change =
    isWhole && current.value !== null && previous.value !== null
      ? relativeChange(current.value, previous.value)
      : undefined;
  return {
    measure: name,
    current: measuredText(current),
    previous: measuredText(previous),
    change: change === undefined ? null : formatDecimal(change),
  };
}

function dayValue(
  { days, coverage }: Aggregate,
  date: PlainDate,
  measure: MeasureId,
): string | null {
  if (coverage.missing.includes(date)) return null;
  const day = days.find((one) => one.date === date);
  if (day === undefined) return null;
  const { value } = measureOf(day.measures, measure);
  return value === null ? null : formatDecimal(value);
}

/** Nine weeks before the period tell what its weekdays usually bring. */
async function anomaliesIn(
  aggregate: UsageFound['aggregate'],
  plan: Plan,
  period: Period,
): Promise<readonly string[]> {
  const dates = datesOf(period);
  const [from] = dates;
  const until = dates.at(-1);
  if (from === undefined || until === undefined) return [];
  const cost = reportedCost(plan);
  const span = periodOfDates(addDays(from, -63), addDays(until, 1), period.zone);
  const sums = await aggregate({ measures: [cost], by: [], filter: {}, include: [] }, span);
  const days = sums.days.flatMap(({ date, measures }) => {
    const { value } = measureOf(measures, cost);
    return value === null ? [] : [{ date, value }];
  });
  const options = { from, until: addDays(until, 1), amountMin: ANOMALY_MIN };
  return findAnomalies(days, options).map(
    ({ date, value, usual }) =>
      `Cost on ${date} was about ${plan.currency} ${value.toFixed(2)}, its weekday usually brings ${plan.currency} ${usual.toFixed(2)}`,
  );
}

function spanOf(dates: readonly PlainDate[], zone: string): Period {
  const [from] = dates;
  const last = dates.at(-1);
  if (from === undefined || last === undefined) throw new RangeError('A period has a day');
  return periodOfDates(from, addDays(last, 1), zone);
}

function periodOf({ start, end, zone }: RecordOf<'review'>['period']): Period {
  const [from, to] = [parseInstant(start), parseInstant(end)];
  if (from === undefined || to === undefined) throw new RangeError('A record holds instants');
  return { start: from, end: to, zone };
}

function dayOf(at: string): PlainDate {
  const date = parsePlainDate(at.slice(0, 10));
  if (date === undefined) throw new RangeError('A record holds instants');
  return date;
}
