/** One thing that a check points at, as every finding renderer reads it; it holds no value of a file. */
export interface Finding {
  /** Such as `money` or `scope-drift/symlink`. */
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly hint?: string;
  /** Absent for what no file shows. */
  readonly place?: Place;
}

/** Names a file, and the part of it that is meant; without one the whole file is. */
export interface Place {
  /** Relative to the folder that the code host knows, written with `/`. */
  readonly file: string;
  readonly region?: Region;
}

/** Names a part of a file. */
export interface Region {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  readonly endLine: number;
  /** Exclusive. */
  readonly endColumn: number;
  /** What part of the file it stands in, such as `table`. */
  readonly where: string;
}

/** Holds what is said about a rule wherever it is listed. */
export interface FindingRule {
  readonly id: string;
  readonly summary?: string;
}

/** Joins what was found and what to do. */
export const findingText = ({ message, hint }: Finding): string =>
  hint === undefined ? message : `${message} ${hint}`;
