/** Names what does not hold; each code says where to look. */
export type ProblemCode =
  | 'checkpoint'
  | 'commit'
  | 'consistency'
  | 'key'
  | 'link'
  | 'missing'
  | 'policy'
  | 'quorum'
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

/** In which order a verification speaks of them (design: evidence.md 2.6): whom to trust, the tree, the records. */
const ORDER: readonly ProblemCode[] = [
  'policy',
  'checkpoint',
  'quorum',
  'link',
  'unreadable',
  'missing',
  'commit',
  'tile',
  'consistency',
  'rollback',
  'key',
  'signature',
  'record',
  'reference',
];

/** Collects problems; a broken ledger has many, and the first ones say enough. */
export class Problems {
  readonly list: LedgerProblem[] = [];

  add(code: ProblemCode, message: string, index?: number): void {
    if (this.list.length >= PROBLEMS_MAX) return;
    this.list.push({ code, message, ...(index === undefined ? {} : { index }) });
  }

  /** Lists them in the order of the verification. */
  inOrder(): readonly LedgerProblem[] {
    return this.list.toSorted((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code));
  }
}
