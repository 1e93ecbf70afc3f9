export {
  type AdapterFacts,
  type DimensionId,
  DIMENSIONS,
  type MeasureId,
  MEASURES,
} from './measures.ts';
export type { Claim } from './schema/documents.ts';
export type { Budget, BudgetRule } from './schema/budgets.ts';
export type { CostBasis, Scope } from './schema/fields.ts';
export type { DenominatorCount } from './schema/metrics.ts';
export type {
  Plan,
  PlanAssumption,
  PlanBudget,
  PlanDocument,
  PlanExport,
  PlanMetric,
} from './schema/plan.ts';
export type { Provider, SmokeTest } from './schema/smoke.ts';
export type { Channel } from './schema/team.ts';
export type { TableMapping } from './schema/exports.ts';
