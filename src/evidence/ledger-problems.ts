/** Names what does not hold; each code says where to look. */
export type ProblemCode =
  | 'checkpoint'
  | 'commit'
  | 'key'
  | 'link'
  | 'missing'
  | 'policy'
  | 'record'
  | 'reference'
  | 'rollback'
  | 'signature'
  | 'tile'
  | 'unreadable';

/** One thing that does not hold. */
export interface LedgerProblem {
  readonly code: ProblemCode;
  readonly message: string;
  /** The record it is about, from 0. */
  readonly index?: number;
}

const PROBLEMS_MAX = 100;

/** Collects problems; a broken ledger has many, and the first ones say enough. */
export class Problems {
  readonly list: LedgerProblem[] = [];

  add(code: ProblemCode, message: string, index?: number): void {
    if (this.list.length >= PROBLEMS_MAX) return;
    this.list.push({ code, message, ...(index === undefined ? {} : { index }) });
  }
}
