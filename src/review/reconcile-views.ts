import {
  addDays,
  type Digest,
  datesOf,
  durationMs,
  type Instant,
  type OutcomeKind,
  type Period,
  type PlainDate,
  type ReasonId,
  startOfDate,
} from '../core/index.ts';
import {
  billView,
  type BillView,
  COMPARED_MEASURE,
  type ComparedPair,
  compareViews,
} from '../metrics/index.ts';
import type { DimensionId, Plan } from '../plan/index.ts';
import { ADAPTER_FACTS, type UsageStore } from '../usage/index.ts';

type PlanReconcile = Plan['reconcile'][number];

/** Several views of one bill, compared, and what follows. */
export interface Reconciled {
  readonly reconcile: string;
  readonly period: Period;
  readonly by: PlanReconcile['by'];
  readonly views: readonly BillView[];
  /** Each further view against the first. */
  readonly pairs: readonly ComparedPair[];
  readonly outcome: OutcomeKind;
  readonly reasons: readonly ReasonId[];
  /** Subjects: exports that have nothing of the period. */
  readonly missing: readonly string[];
}

/** What views are read from. */
export interface ReconcileContext {
  readonly plan: Plan;
  readonly store: UsageStore;
  readonly manifests: readonly Digest[];
  readonly asOf: Instant;
}

/** As many views as one record holds beside what it says about them. */
const VIEWS_MAX = 4;

/** Compares the views of one entry of `reconcile` over a period, as they are imported; records nothing. */
export async function reconcileViews(
  context: ReconcileContext,
  entry: PlanReconcile,
  period: Period,
): Promise<Reconciled> {
  const thing = entry.by.find((one) => one !== 'day');
  const views: BillView[] = [];
  for (const id of entry.of.slice(0, VIEWS_MAX)) {
    views.push(await viewOf(context, { id, thing: thing ?? null, period }));
  }
  const [first, ...others] = views;
  const { plan, asOf } = context;
  const lags = plan.exports.filter(({ id }) => entry.of.includes(id)).map(({ lag }) => lag);
  const options = {
    dates: endedDates(period, asOf),
    zone: period.zone,
    asOf,
    quanta: entry.tolerance.quanta,
    lagMs: Math.max(...[entry.tolerance.lag, ...lags].map(durationMs)),
  };
  const pairs = first === undefined ? [] : others.map((view) => compareViews(first, view, options));
  return { reconcile: entry.id, period, by: entry.by, views, pairs, ...judge(views, pairs) };
}

/** One export alone: neither the other views nor the uses that it is approved for narrow what it says. */
async function viewOf(
  { plan, store, manifests, asOf }: ReconcileContext,
  of: { readonly id: string; readonly thing: 'key' | 'model' | null; readonly period: Period },
): Promise<BillView> {
  const exports = plan.exports
    .filter(({ id }) => id === of.id)
    .map((one) => ({ ...one, approved: { ...one.approved, for: ['budget-review' as const] } }));
  const by: readonly DimensionId[] = of.thing === null ? ['day'] : ['day', of.thing];
  const answer = await store.aggregate({
    manifests,
    plan: { ...plan, exports, reconcile: [] },
    period: of.period,
    measures: Object.values(COMPARED_MEASURE),
    by,
    filter: {},
    include: [],
    asOf,
  });
  const adapter = exports[0]?.adapter;
  const invoice = ADAPTER_FACTS.some((facts) => facts.id === adapter && facts.invoice === true);
  return billView(answer, { export: of.id, invoice, thing: of.thing });
}

const endedDates = (period: Period, asOf: Instant): readonly PlainDate[] =>
  datesOf(period).filter((date) => startOfDate(addDays(date, 1), period.zone) <= asOf);

function judge(
  views: readonly BillView[],
  pairs: readonly ComparedPair[],
): Pick<Reconciled, 'outcome' | 'reasons' | 'missing'> {
  const missing = views
    .filter(({ present }) => present.size === 0)
    .map((view) => `export:${view.export}`);
  if (pairs.some(({ disagreements }) => disagreements.length > 0)) {
    return { outcome: 'fail', reasons: ['reconcile-beyond'], missing };
  }
  const isOpen = ({ compared, measures, undecided }: ComparedPair): boolean =>
    compared === 0 || measures.length === 0 || undecided > 0;
  const open = pairs.filter(isOpen).map(({ right }) => `export:${right}`);
  if (open.length === 0) return { outcome: 'pass', reasons: [], missing: [] };
  return {
    outcome: 'inconclusive',
    reasons: [missing.length > 0 ? 'no-data' : 'reconcile-open'],
    missing: missing.length > 0 ? missing : open,
  };
}
