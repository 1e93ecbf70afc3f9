import type { RecordOf, StoredRecord } from '../../evidence/index.ts';

/** One sum with how much of it is known, as a record holds it. */
type Measured = RecordOf<'budget-verdict'>['spend'];

/** A number of this period beside the same weekdays before. */
export interface Compared {
  readonly measure: 'cost' | 'requests' | 'tokens';
  readonly current: Measured;
  readonly previous: Measured;
  /** (current − previous) ÷ previous; null where days are missing or either side is unknown or zero. */
  readonly change: string | null;
}

/** One date of the comparison and the date of the same weekday that it stands beside. */
export interface ComparedDay {
  readonly date: string;
  readonly before: string;
  /** Null: not measured, which is not zero. */
  readonly current: string | null;
  readonly previous: string | null;
}

/** Two stretches with the same number of each weekday. */
export interface Comparison {
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  readonly beforeFrom: string;
  readonly beforeUntil: string;
  readonly measures: readonly Compared[];
  readonly days: readonly ComparedDay[];
  /** Dates of either side that no export holds. */
  readonly missing: readonly string[];
}

/** Whose the cost is. */
export interface AllocatedCost {
  readonly currency: string;
  /** Allocated ÷ known cost; null where nothing is known. */
  readonly share: string | null;
  /** Sorted by cost, the largest first; `unallocated` and its reasons stand among them. */
  readonly rows: readonly { readonly workload: string; readonly cost: string | null }[];
}

/** How a forecast of an ended period compares with what came. */
export interface ForecastCheck {
  readonly budget: string;
  readonly asOf: string;
  readonly periodEnd: string;
  readonly method: string;
  readonly currency: string;
  readonly forecast: string;
  readonly actual: string;
  /** (forecast − actual) ÷ actual; null for an actual of zero. */
  readonly error: string | null;
  /** Whether the actual lay within the 80 % band; null for a forecast without one. */
  readonly inBand: boolean | null;
}

/** One alert and what people did about it. */
export interface AlertLine {
  readonly alert: string;
  readonly budget: string;
  readonly rules: readonly string[];
  readonly severity: 'info' | 'warning' | 'critical';
  readonly owner: string;
  readonly at: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: string | null;
  /** Channels that it reached, and those that it did not. */
  readonly reached: readonly string[];
  readonly failed: readonly string[];
}

/** One thing to talk about, with who acts and how. */
export interface AgendaItem {
  readonly weight: 'act' | 'look' | 'note';
  readonly what: string;
  readonly owner: string;
  /** The command that shows more; null where there is none. */
  readonly command: string | null;
}

/** One of the last reviews. */
export interface HistoryLine {
  readonly review: string;
  readonly trigger: string;
  readonly outcome: string;
  readonly at: string;
}

/** Everything that the weekly page shows; made of records and of sums over imports that records name. */
export interface WeeklyPage {
  readonly team: string;
  readonly review: StoredRecord<RecordOf<'review'>>;
  readonly ownerTitle: string;
  readonly agenda: readonly AgendaItem[];
  /** Null where nothing is imported. */
  readonly comparison: Comparison | null;
  /** Null where the plan allocates nothing. */
  readonly allocation: AllocatedCost | null;
  readonly metrics: readonly RecordOf<'metric'>[];
  readonly budgets: readonly RecordOf<'budget-verdict'>[];
  readonly budgetTitles: Readonly<Record<string, string>>;
  readonly forecasts: readonly ForecastCheck[];
  readonly alerts: readonly AlertLine[];
  readonly smoke: readonly RecordOf<'smoke'>[];
  readonly documents: readonly RecordOf<'document-check'>[];
  readonly history: readonly HistoryLine[];
  /** When reviews were due that nobody ran. */
  readonly missed: readonly string[];
  /** When the next review is due. */
  readonly next: string;
  /** Names of the reviewers, `<origin>/<role>`, who have cosigned a checkpoint over the review. */
  readonly cosigners: readonly string[];
  /** Addresses of this machine that the plan lets be asked without TLS. */
  readonly loopback: readonly string[];
}
