import type { RecordKind, RecordOf, StoredRecord } from '../evidence/index.ts';

type Stored<K extends RecordKind> = StoredRecord<RecordOf<K>>;

/** Holds every record of one review, as the ledger has them: all that a report says beside the plan. */
export interface ReviewBundle {
  readonly review: Stored<'review'>;
  readonly documents: readonly Stored<'document-check'>[];
  readonly imports: readonly Stored<'import'>[];
  readonly metrics: readonly Stored<'metric'>[];
  readonly budgets: readonly Stored<'budget-verdict'>[];
  readonly alerts: readonly Stored<'alert'>[];
  readonly deliveries: readonly Stored<'delivery'>[];
  readonly smoke: readonly Stored<'smoke'>[];
  readonly usageLinks: readonly Stored<'usage-link'>[];
  readonly guards: readonly Stored<'guard'>[];
  readonly holds: readonly Stored<'hold'>[];
  /** Absent until the handoff is recorded, which follows the review. */
  readonly handoff?: Stored<'handoff'> | undefined;
  /** The review before this one. */
  readonly previous?: Stored<'review'> | undefined;
}

export type MetricBody = RecordOf<'metric'>;
export type BudgetBody = RecordOf<'budget-verdict'>;
export type DocumentBody = RecordOf<'document-check'>;
export type ReviewBody = RecordOf<'review'>;
