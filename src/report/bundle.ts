import type { RecordOf } from '../evidence/index.ts';

export type MetricBody = RecordOf<'metric'>;
export type BudgetBody = RecordOf<'budget-verdict'>;
export type DocumentBody = RecordOf<'document-check'>;
export type ReviewBody = RecordOf<'review'>;
