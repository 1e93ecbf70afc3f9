export { type CutOffReview, cutOffReviews } from './cut-off.ts';
export {
  type AssumptionChange,
  assumptionChanges,
  type AssumptionProblem,
  assumptionProblems,
  refuseAssumptionChanges,
} from './assumption-change.ts';
export { acceptDocument, type Acceptance } from './accept-document.ts';
export { attestDocument } from './attest-document.ts';
export { answerAlert, type OpenAlert, openAlerts } from './answer-alert.ts';
export { familyLines, overlaps } from './budget-family.ts';
export { simulateBudget } from './simulate-budget.ts';
export { budgetStatus, metricValues } from './current.ts';
export { calendarEntries, type CalendarEntry, calendarEvents } from './calendar.ts';
export { compactUsage } from './compact.ts';
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
export { cadenceWords } from './due.ts';
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
export { type DueRun, runDue } from './run-due.ts';
export { runReview } from './run-review.ts';
export { type Cleared, reviewClearance } from './triggers.ts';
export { checkAndRecord, currentHolds, holdAssumptions } from './steps/documents.ts';
export { runSmokeTest } from './steps/smoke.ts';
export { orderOf, patternStateOf } from './steps/smoke-order.ts';
export { importExport, openUsage } from './steps/usage.ts';
export { manifestsOf } from './usage-table.ts';
export { outbox, type OutboxRow, retryNotice } from './outbox.ts';
export { sendNotices } from './send-notices.ts';
export { testChannel } from './test-channel.ts';
export { openPlan, openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';
export { weeklyPage } from './weekly.ts';
export { unknownName } from './unknown-name.ts';
export { writeWhole } from './write-whole.ts';
