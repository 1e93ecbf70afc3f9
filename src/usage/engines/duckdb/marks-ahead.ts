/** A number that means something, and how much of it. */
export interface Mark {
  readonly at: number;
  readonly count: number;
}

/** Marks in ascending order, of which one page is in memory at a time. */
export class MarksAhead {
  readonly #pages: AsyncIterator<readonly Mark[]>;
  #page: readonly Mark[] = [];
  #index = 0;
  #isLast = false;

  constructor(pages: AsyncIterable<readonly Mark[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** The next mark; infinite behind the last. */
  get next(): number {
    return this.#page[this.#index]?.at ?? Infinity;
  }

  /** What the next mark counts. */
  get count(): number {
    return this.#page[this.#index]?.count ?? 0;
  }

  /** Drops the marks before a number. @returns `false` where {@link load} is to be awaited first. */
  hasReached(from: number): boolean {
    while (this.next < from) this.#index += 1;
    return this.#isLast || this.#index < this.#page.length;
  }

  async load(): Promise<void> {
    const { value, done } = await this.#pages.next();
    this.#isLast = done === true;
    this.#page = done === true ? [] : value;
    this.#index = 0;
  }

  /** Lets go of what the pages are read from. */
  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}
