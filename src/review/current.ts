import { type Hold, holdsOn } from './holds.ts';
import { measureMetric, seriesOf, type StudiedMetric } from './measure-metric.ts';
import { readSeries } from './series.ts';
import type { BudgetResult } from '../budget/index.ts';
import type { Instant, Period } from '../core/index.ts';
import type { DimensionId } from '../plan/index.ts';
import { judgePeriods, readAlertHistory } from './judge-budgets.ts';
import { currentHolds } from './steps/documents.ts';
import { askerOf, openUsage, type UsageFound } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

type Labelled<T> = T & {
  readonly held: readonly { readonly assumption: string; readonly since: string }[];
};

/** Judges every budget in its current period on what is imported; sends nothing and records nothing. */
export async function budgetStatus(
  workspace: Workspace,
  asOf: Instant | undefined,
): Promise<readonly Labelled<BudgetResult>[]> {
  const now = asOf ?? workspace.ports.clock.now();
  const { plan } = workspace;
  return await asking(workspace, now, async (aggregate, holds) => {
    const results: Labelled<BudgetResult>[] = [];
    const history = await readAlertHistory(workspace);
    for (const budget of plan.budgets) {
      const today = { start: now, end: now, zone: plan.timezone };
      const judged = await judgePeriods(budget, today, { plan, aggregate, now, history });
      const result = judged.at(-1);
      if (result === undefined) continue;
      const restsOn = { exports: result.exports, assumption: budget.assumption };
      results.push({ ...result, held: holdsOn(restsOn, holds, plan) });
    }
    return results;
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
  return await asking(workspace, what.asOf, async (aggregate, holds) => {
    const results: Labelled<StudiedMetric>[] = [];
    for (const metric of plan.metrics.filter(({ id }) => what.ids.includes(id))) {
      const id = seriesOf(metric);
      const series = id === undefined ? {} : { series: await readSeries(workspace, id, what.asOf) };
      const { period, asOf, by } = what;
      const studied = await measureMetric(
        { plan, aggregate, asOf, ...series },
        { metric, period, by },
      );
      results.push({ ...studied, held: holdsOn({ exports: studied.exports }, holds, plan) });
    }
    return results;
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
