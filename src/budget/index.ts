export { type Alert, alertDigest, type Resolution } from './alerts.ts';
export {
  type AlertEvent,
  type AlertRoutes,
  type AlertRow,
  type AlertState,
  type DueNotice,
  dueNotices,
  type Escalation,
  foldAlerts,
  noticeDigest,
  type NoticeTransition,
} from './alert-state.ts';
export { amountOf, type Drivers, seriesOfAmounts } from './amount.ts';
export { type HourSums, hourSpans, wholeHour } from './burn.ts';
export { exclusionRequest, withoutExcluded } from './exclusion.ts';
export type { ForecastText } from './forecast-text.ts';
export { type BudgetOutlook, budgetOutlook, historyPeriod } from './history.ts';
export { type BudgetInput, type BudgetResult, judgeBudget } from './judge.ts';
export { type BudgetMemory, budgetMemory, NO_MEMORY } from './memory.ts';
export { budgetPeriods, budgetRequest } from './periods.ts';
export type { NotJudged, RuleResult } from './rules.ts';
