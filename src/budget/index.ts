export { type Alert, alertDigest, type EarlierAlert, firedRules } from './alerts.ts';
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
export { type BudgetInput, type BudgetResult, judgeBudget } from './judge.ts';
export { budgetPeriods, budgetRequest } from './periods.ts';
export type { NotJudged, RuleResult } from './rules.ts';
