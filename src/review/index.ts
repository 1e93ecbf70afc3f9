export {
  type AssumptionChange,
  assumptionChanges,
  type AssumptionProblem,
  assumptionProblems,
  refuseAssumptionChanges,
} from './assumption-change.ts';
export { acceptDocument, type Acceptance, unknownName } from './accept-document.ts';
export { attestDocument } from './attest-document.ts';
export { budgetStatus, metricValues } from './current.ts';
export { coveredPeriod } from './covered-period.ts';
export { guardGap, guardHandoff } from './guard-evidence.ts';
export {
  acceptPlan,
  failingSignals,
  guardEnvironment,
  type Guarded,
  guardFallback,
  guardScope,
  type Signal,
  SIGNALS,
} from './guards.ts';
export { type HistoryEvent, historyOf } from './document-history.ts';
export { attestSmokeUsage } from './attest-smoke.ts';
export { type Hold, holdsOn } from './holds.ts';
export { homeFolder } from './home.ts';
export { initProject, type InitResult, makeLedger } from './init-project.ts';
export { diffDocument, headingsOf, latestDocumentChecks } from './latest-documents.ts';
export { type Reconciled, reconcileViews } from './reconcile-views.ts';
export { loadReport, type Report, writeReport } from './report.ts';
export type { Difference } from './reproduce-compare.ts';
export {
  type DerivedFrom,
  reproduce,
  type ReproduceRequest,
  type Reproduction,
  reproductionExit,
} from './reproduce.ts';
export { resumeAssumption } from './resume-assumption.ts';
export type { ReviewRequest } from './run.ts';
export { runReview } from './run-review.ts';
export { checkAndRecord, currentHolds, holdAssumptions } from './steps/documents.ts';
export { runSmokeTest } from './steps/smoke.ts';
export { orderOf, patternStateOf } from './steps/smoke-order.ts';
export { importExport, manifestsOf, openUsage } from './steps/usage.ts';
export { openPlan, openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';
