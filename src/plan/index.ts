export { type PlanGap, planCoverage } from './coverage.ts';
export type { Diagnostic, PlanErrorCode } from './diagnostic.ts';
export { tellsHours } from './fillable.ts';
export { expandedYaml, planDigest } from './expanded-yaml.ts';
export { expand } from './expand.ts';
export type { PlanContext } from './draft.ts';
export { planJsonSchema } from './json-schema.ts';
export {
  acceptPlan,
  findPlan,
  type FindPlanOptions,
  type LoadedPlan,
  loadPlan,
  PLAN_BYTES_MAX,
  PLAN_FILE,
} from './load.ts';
export {
  type AdapterFacts,
  type DimensionId,
  DIMENSIONS,
  type MeasureId,
  MEASURES,
} from './measures.ts';
export { type ParseOptions, parsePlan, type ParseResult } from './parse.ts';
export {
  type FactPlace,
  findClaimFacts,
  findProviderFacts,
  PROVIDER_FACT_WORDS,
  type ProviderFact,
  type ProviderFactKind,
} from './provider-facts.ts';
export { parseExpandedPlan } from './parse-expanded.ts';
export { PROVIDER_PRESETS } from './presets/providers.ts';
export { renderDiagnostics } from './render.ts';
export { findSecrets, maskSecrets, type SecretShape } from './secret-shapes.ts';
export { smallPlan, type SmallPlanExport, type SmallPlanOptions } from './small-plan.ts';
export type { Budget, BudgetRule, DriverAmount } from './schema/budgets.ts';
export type { Claim } from './schema/claims.ts';
export type { TableMapping } from './schema/exports.ts';
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
