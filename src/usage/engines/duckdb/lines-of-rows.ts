import type { MarksAhead } from './marks-ahead.ts';

/** What makes the number of a row another than that of its line. */
export interface Numbering {
  /** Records before the first row. */
  readonly header: number;
  /** Lines that are records and no rows; where they are counted as rows there are none. */
  readonly blank: MarksAhead;
  /** Records that are no rows. */
  readonly rejected: MarksAhead;
  /** Rows that hold line breaks, and how many. */
  readonly breaks: MarksAhead;
}

/** Numbers of rows and of rejected records, ascending. */
export interface Wanted {
  readonly rows: readonly number[];
  readonly records: readonly number[];
}

/** The lines of what was wanted, by its number. */
export interface LinesFound {
  readonly ofRow: ReadonlyMap<number, number>;
  readonly ofRecord: ReadonlyMap<number, number>;
}

/**
 * Turns numbers of records and rows into lines: a header is record 1, blank lines and rejected records are records and no rows,
 * and a quoted field may span lines. What is plain between them is passed over in one step.
 */
export async function linesOfRows(wanted: Wanted, numbering: Numbering): Promise<LinesFound> {
  const walk = new Walk(wanted, numbering);
  while (!walk.isDone) {
    const unread = walk.unread;
    if (unread === undefined) walk.step();
    else await unread.load();
  }
  return walk;
}

/** Goes through a file line by line, or by many where nothing marks them. */
class Walk implements LinesFound {
  readonly ofRow = new Map<number, number>();
  readonly ofRecord = new Map<number, number>();
  readonly #rows: readonly number[];
  readonly #records: ReadonlySet<number>;
  readonly #last: { row: number; record: number };
  readonly #marks: Numbering;
  /** The next ones. */
  readonly #at: { line: number; record: number; row: number };
  #found = 0;

  constructor({ rows, records }: Wanted, marks: Numbering) {
    this.#rows = rows;
    this.#records = new Set(records);
    this.#last = { row: rows.at(-1) ?? 0, record: records.at(-1) ?? 0 };
    this.#marks = marks;
    this.#at = { line: marks.header + 1, record: marks.header + 1, row: 1 };
  }

  get isDone(): boolean {
    return this.#at.row > this.#last.row && this.#at.record > this.#last.record;
  }

  /** Marks of which a page is to be loaded before the next step. */
  get unread(): MarksAhead | undefined {
    const { blank, rejected, breaks } = this.#marks;
    if (!blank.hasReached(this.#at.line)) return blank;
    if (!rejected.hasReached(this.#at.record)) return rejected;
    return breaks.hasReached(this.#at.row) ? undefined : breaks;
  }

  step(): void {
    const at = this.#at;
    const { blank, rejected, breaks } = this.#marks;
    const asked = this.#rows[this.#found] ?? Infinity;
    const plain = Math.min(
      blank.next - at.line,
      rejected.next - at.record,
      breaks.next - at.row,
      // A record that nothing marks is in no file.
      asked === Infinity ? this.#last.record + 1 - at.record : asked - at.row,
    );
    if (plain > 0) return this.#pass(plain, plain);
    if (blank.next === at.line) return this.#pass(1, 0);
    if (rejected.next === at.record) {
      if (this.#records.has(at.record)) this.ofRecord.set(at.record, at.line);
      return this.#pass(1, 0);
    }
    if (asked === at.row) {
      this.ofRow.set(at.row, at.line);
      this.#found += 1;
    }
    const more = breaks.next === at.row ? breaks.count : 0;
    this.#pass(1, 1);
    at.line += more;
  }

  #pass(lines: number, rows: number): void {
    this.#at.line += lines;
    this.#at.record += lines;
    this.#at.row += rows;
  }
}
