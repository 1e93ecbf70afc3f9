export { type CalendarEvent, renderCalendar } from './calendar.ts';
export { type ContractRow, contractRows } from './contract.ts';
export { csvCell, markdownCode, markdownText, markdownUrl, xmlText, yamlScalar } from './encode.ts';
export type { Finding, FindingRule } from './finding.ts';
export { findingTable } from './findings.ts';
export { renderGithub } from './github.ts';
export { count, countOf, money, moneyOrUnknown, percent, unitCost } from './numbers.ts';
export { backTestWords, forecastWords } from './forecast-words.ts';
export { type OutboxLine, outboxTable } from './outbox-table.ts';
export { junitOf } from './junit.ts';
export { smokeChecks } from './smoke-checks.ts';
export { tapOf } from './tap.ts';
export { RENDERERS, type ReportFormat } from './registry.ts';
export { renderReview } from './render-review.ts';
export type { Rendered, RenderInput, RenderOptions } from './renderer.ts';
export { renderSarif } from './sarif.ts';
export { notCoveredLines, subjectWords } from './subjects.ts';
export {
  cell,
  type Cell,
  type Column,
  shown,
  TABLE_WRITERS,
  type TableContent,
  type TableFormat,
} from './table.ts';
export {
  type BudgetRow,
  budgetTable,
  contractTable,
  type DocumentRow,
  documentTable,
  type MetricRow,
  metricTable,
  spendWords,
} from './tables.ts';
export {
  coverageWords,
  daysWords,
  heldWords,
  nextActionWords,
  partWords,
  periodWords,
  reasonWords,
} from './words.ts';
export { agendaOf } from './weekly/agenda.ts';
export type {
  AlertLine,
  AllocatedCost,
  Compared,
  Comparison,
  ForecastCheck,
  WeeklyPage,
} from './weekly/page.ts';
export { renderWeekly } from './weekly/render-weekly.ts';
