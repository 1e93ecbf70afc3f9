/** A finding in a file of the project, as every finding renderer reads it; it holds no value of the file. */
export interface SourceFinding {
  readonly rule: string;
  /** Relative to the folder the command ran in, written with `/`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  readonly endLine: number;
  /** Exclusive. */
  readonly endColumn: number;
  /** What part of the file it stands in, such as `table`. */
  readonly where: string;
  readonly message: string;
  readonly hint: string;
}

/** Holds what is said about a rule wherever it is listed. */
export interface FindingRule {
  readonly id: string;
  readonly summary: string;
}
