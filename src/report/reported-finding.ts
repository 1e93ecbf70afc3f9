/** One thing that a check points at; tools for code review show it beside the file. */
export interface ReportedFinding {
  /** Such as `scope-drift/symlink`. */
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  /** Relative to the root of the repository. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
}
