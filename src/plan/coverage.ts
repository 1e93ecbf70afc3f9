import { draftOf, type Draft } from './draft.ts';
import { supportOf } from './export-support.ts';
import { budgetGaps, type Gap, isJudgeable, metricGaps } from './fillable.ts';
import type { AdapterFacts } from './measures.ts';
import type { Plan, PlanExport } from './schema/plan.ts';

/** Says what a review of the plan will not cover, in the words of the review record. */
export interface PlanGap {
  /** A subject of a record, such as `smoke:none` or `metric:cost-per-seat`. */
  readonly subject: string;
  readonly why:
    | 'field-not-in-export'
    | 'no-export'
    | 'no-series'
    | 'not-enabled'
    | 'not-in-plan'
    | 'not-linked'
    | 'zone-unknown';
}

/**
 * Lists what a plan does not ask for, and what its approved exports can never support; each subject and reason once.
 */
export function planCoverage(plan: Plan, adapters: readonly AdapterFacts[]): readonly PlanGap[] {
  const draft = draftOf(plan, { adapters });
  const gaps: readonly PlanGap[] = [
    ...absent(plan),
    ...exportGaps(plan, draft),
    ...metricCoverage(plan, draft),
    ...plan.budgets.flatMap(({ id, ...budget }) =>
      isJudgeable(draft)
        ? reasonsOf(budgetGaps(budget, draft)).map((why) => ({ subject: `budget:${id}`, why }))
        : [{ subject: `budget:${id}`, why: 'no-export' as const }],
    ),
    ...smokeGaps(plan, draft),
  ];
  const unique = new Map(gaps.map((gap) => [`${gap.subject} ${gap.why}`, gap]));
  return [...unique.values()];
}

/** Sections that are empty and checks that are not set up. */
function absent(plan: Plan): readonly PlanGap[] {
  const sections = [
    ['document:none', plan.documents.length],
    ['assumption:none', plan.assumptions.length],
    ['metric:none', plan.metrics.length],
    ['budget:none', plan.budgets.length],
    ['smoke:none', plan.smoke.length],
    ['channel:none', plan.notify.length],
    ['guard:environment-mismatch', Number(plan.guards.environment.lockfile !== undefined)],
    ['guard:scope-drift', Object.keys(plan.guards.areas).length],
  ] as const;
  const missing = sections.filter(([, count]) => count === 0);
  return missing.map(([subject]) => ({ subject, why: 'not-in-plan' }));
}

function exportGaps(plan: Plan, draft: Draft): readonly PlanGap[] {
  if (plan.exports.length === 0) return [{ subject: 'export:none', why: 'no-export' }];
  const linked = new Set(plan.reconcile.flatMap(({ of }) => of));
  return plan.exports.flatMap((entry) => exportReasons(entry, linked, draft));
}

function exportReasons(
  entry: PlanExport,
  linked: ReadonlySet<string>,
  { adapters }: Draft,
): readonly PlanGap[] {
  const subject = `export:${entry.id}`;
  const lacksUnit =
    entry.conversion === undefined &&
    (entry.table?.cost?.unit === 'quota' ||
      adapters.some(({ id, needsConversion }) => id === entry.adapter && needsConversion));
  const reasons: readonly (readonly [boolean, PlanGap['why']])[] = [
    [entry.zone === 'unknown', 'zone-unknown'],
    [lacksUnit, 'field-not-in-export'],
    [entry.approved.for.includes('reconcile') && !linked.has(entry.id), 'not-linked'],
  ];
  return reasons.filter(([applies]) => applies).map(([, why]) => ({ subject, why }));
}

function metricCoverage(plan: Plan, draft: Draft): readonly PlanGap[] {
  const series = new Set(plan.series.map(({ id }) => id));
  return plan.metrics.flatMap((metric): readonly PlanGap[] => {
    const subject = `metric:${metric.id}`;
    const { denominator } = metric;
    const lacksSeries = 'series' in denominator && !series.has(denominator.series);
    if (lacksSeries) return [{ subject, why: 'no-series' }];
    if (!isJudgeable(draft)) return [{ subject, why: 'no-export' }];
    return reasonsOf(metricGaps(metric, draft)).map((why) => ({ subject, why }));
  });
}

const reasonsOf = (gaps: readonly Gap[]): readonly PlanGap['why'][] =>
  gaps.length === 0 ? [] : ['field-not-in-export'];

/** A smoke test is linked by the trace of a request, or by the daily count of a key of its own. */
function smokeGaps(plan: Plan, draft: Draft): readonly PlanGap[] {
  return plan.smoke.flatMap((smoke): readonly PlanGap[] => {
    const subject = `smoke:${smoke.id}`;
    if (!smoke.enabled) return [{ subject, why: 'not-enabled' }];
    const link = smoke.usageEvidence;
    if (link === undefined) return [{ subject, why: 'not-linked' }];
    const entry = plan.exports.find(({ id }) => id === link.export);
    const support = entry === undefined ? undefined : supportOf(entry, draft.adapters);
    if (support === undefined) return [{ subject, why: 'no-export' }];
    const isTold =
      link.by === 'attested' ||
      (link.by === 'trace' ? support.grain === 'request' : support.dimensions.has('key'));
    return isTold ? [] : [{ subject, why: 'field-not-in-export' }];
  });
}
