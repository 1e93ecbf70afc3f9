import type { BudgetResult } from '../budget/index.ts';
import type { Instant, Period } from '../core/index.ts';
import type { DimensionId } from '../plan/index.ts';
import type { Hold, holdsOn } from './holds.ts';
import { judgeBudgets, readAlertHistory } from './judge-budgets.ts';
import { measureMetrics, type StudiedMetric } from './measure-metric.ts';
import { currentSeries, readSeries } from './series.ts';
import { currentHolds } from './steps/documents.ts';
import { askerOf, openUsage, type UsageFound } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

type Labelled<T> = T & { readonly held: ReturnType<typeof holdsOn> };

/** Judges every budget in its current period on what is imported; sends nothing and records nothing. */
export async function budgetStatus(
  workspace: Workspace,
  asOf: Instant | undefined,
): Promise<readonly Labelled<BudgetResult>[]> {
  const now = asOf ?? workspace.ports.clock.now();
  const { plan } = workspace;
  const today = { start: now, end: now, zone: plan.timezone };
  return await asking(workspace, now, async (aggregate, holds) => {
    const history = await readAlertHistory(workspace);
    const series = currentSeries(workspace, now);
    const from = { plan, aggregate, now, history, holds, series };
    const judged = await judgeBudgets(plan.budgets, today, from);
    // Of a budget whose closed periods changed, the current one is the last.
    const newest = new Map(judged.map((one) => [one.budget.id, one]));
    return [...newest.values()].map(({ result, held }) => ({ ...result, held }));
  });
}

/** Computes metrics of a period on what is imported, and series as their files say them; records nothing. */
export async function metricValues(
  workspace: Workspace,
  what: {
    readonly ids: readonly string[];
    readonly period: Period;
    readonly asOf: Instant;
    /** What the change is split by. */
    readonly by: DimensionId;
  },
): Promise<readonly Labelled<StudiedMetric>[]> {
  const { plan } = workspace;
  const { asOf, period, by } = what;
  const metrics = plan.metrics.filter(({ id }) => what.ids.includes(id));
  const series = async (id: string) => await readSeries(workspace, id, asOf);
  return await asking(workspace, asOf, async (aggregate, holds) => {
    const from = { plan, aggregate, asOf, holds, series };
    return await measureMetrics(metrics, { period, by }, from);
  });
}

async function asking<T>(
  workspace: Workspace,
  asOf: Instant,
  use: (aggregate: UsageFound['aggregate'], holds: readonly Hold[]) => Promise<T>,
): Promise<T> {
  const store = await openUsage(workspace);
  try {
    return await use(await askerOf(workspace, store, asOf), await currentHolds(workspace));
  } finally {
    await store.close();
  }
}
