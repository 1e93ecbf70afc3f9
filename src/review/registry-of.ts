import type { GateRegistry } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import { MASK_NAMES, NORMALISER } from '../verify/index.ts';

/**
 * Lists every name that a record may hold: the slugs of the plan, its roles, and our normaliser (design: evidence.md 1.1).
 * A name that the plan does not have cannot be stored.
 */
export function registryOf(plan: Plan): GateRegistry {
  const claims = plan.documents.flatMap((document) => document.claims.map(({ id }) => id));
  const slugs = [
    NORMALISER,
    ...MASK_NAMES,
    plan.team,
    ...plan.documents.map(({ id }) => id),
    ...claims,
    ...plan.assumptions.map(({ id }) => id),
    ...plan.exports.flatMap(({ id, adapter }) => [id, adapter]),
    ...plan.reconcile.map(({ id }) => id),
    ...plan.series.map(({ id }) => id),
    ...plan.metrics.map(({ id }) => id),
    ...plan.budgets.flatMap(({ id, rules }) => [id, ...rules.map((rule) => rule.id)]),
    ...plan.smoke.map(({ id }) => id),
    ...plan.environments.map(({ id }) => id),
    ...plan.providers.map(({ id }) => id),
    ...plan.notify.map(({ id }) => id),
    ...plan.workloads,
    ...plan.owners.map(({ id }) => id),
  ];
  return { slugs: new Set(slugs), models: new Set(), aliases: new Set() };
}
