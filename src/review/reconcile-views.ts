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
  COMPARED,
  COMPARED_MEASURE,
  type ComparedMeasure,
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
  /** Each further view against the first, and against an earlier one that alone knows what the first does not. */
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
  const { plan, asOf } = context;
  const lags = plan.exports.filter(({ id }) => entry.of.includes(id)).map(({ lag }) => lag);
  const options = {
    dates: endedDates(period, asOf),
    zone: period.zone,
    asOf,
    quanta: entry.tolerance.quanta,
    lagMs: Math.max(...[entry.tolerance.lag, ...lags].map(durationMs)),
  };
  const pairs = views.flatMap((view, index) =>
    referencesOf(views, index).map((reference) => compareViews(reference, view, options)),
  );
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

const knownIn = ({ totals }: BillView): readonly ComparedMeasure[] =>
  COMPARED.filter((measure) => totals[measure].value !== null);

const shares = (one: BillView, other: BillView): boolean =>
  knownIn(one).some((measure) => knownIn(other).includes(measure));

/** Each measure is compared with the first view that knows it, as it is counted from that one; the first is always compared. */
function referencesOf(views: readonly BillView[], index: number): readonly BillView[] {
  const [first] = views;
  const view = views[index];
  if (first === undefined || view === undefined || index === 0) return [];
  const told = new Set(knownIn(first));
  const references = [first];
  for (const earlier of views.slice(1, index)) {
    const adds = knownIn(earlier).filter((measure) => !told.has(measure));
    for (const measure of adds) told.add(measure);
    if (adds.length > 0 && shares(earlier, view)) references.push(earlier);
  }
  return references;
}

/** Cost pages and usage pages have no measure in common: each counts what the other lacks, and there is nothing to compare. */
function complement(views: readonly BillView[], { left, right }: ComparedPair): boolean {
  const [one, other] = [left, right].map((id) => views.find((view) => view.export === id));
  if (one === undefined || other === undefined) return false;
  return knownIn(one).length > 0 && knownIn(other).length > 0 && !shares(one, other);
}

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
  const isOpen = (pair: ComparedPair): boolean =>
    pair.compared === 0 ||
    pair.undecided > 0 ||
    (pair.measures.length === 0 && !complement(views, pair));
  const open = pairs.filter(isOpen).map(({ right }) => `export:${right}`);
  if (open.length === 0) return { outcome: 'pass', reasons: [], missing: [] };
  return {
    outcome: 'inconclusive',
    reasons: [missing.length > 0 ? 'no-data' : 'reconcile-open'],
    missing: missing.length > 0 ? missing : open,
  };
}
