import { type Digest, digestOf } from '../core/index.ts';
import { parseEnvelope } from './dsse.ts';
import type { LedgerHead } from './ledger-head.ts';
import { corrupt } from './layout.ts';
import { leafHash } from './merkle.ts';
import type { RecordBody, RecordContext, RecordKind, RecordOf } from './records/registry.ts';
import { kindOfPayload, parseStatement } from './statement.ts';

/** A record as the ledger holds it. */
export interface StoredRecord<B extends RecordBody = RecordBody> {
  /** The leaf hash: how other records name this one. */
  readonly ref: Digest;
  /** Its place in the ledger, from 0. */
  readonly index: number;
  readonly context: RecordContext;
  readonly body: B;
}

/** Chooses records; without a kind, all. */
export interface RecordFilter<K extends RecordKind> {
  readonly kind?: K;
  /** The first index to look at; default 0. */
  readonly from?: number;
}

interface Leaf {
  readonly ref: Digest;
  readonly payload: Uint8Array;
  readonly kind: string;
  record?: StoredRecord;
}

/** Reads each leaf once; judges a record against its schema only when somebody asks for its kind. */
export class StoredRecords {
  readonly #head: LedgerHead;
  readonly #origin: string;
  readonly #leaves: Leaf[] = [];
  readonly #refs = new Set<string>();
  #reading: Promise<void> = Promise.resolve();

  constructor(head: LedgerHead, origin: string) {
    this.#head = head;
    this.#origin = origin;
  }

  /** @throws {AppError} `ledger-corrupt` for a leaf that is no record of ours. */
  async select<K extends RecordKind>(
    filter: RecordFilter<K>,
  ): Promise<readonly StoredRecord<RecordOf<K>>[]> {
    await this.#read();
    const found: StoredRecord<RecordOf<K>>[] = [];
    for (let index = Math.max(0, filter.from ?? 0); index < this.#leaves.length; index += 1) {
      const leaf = this.#leaves[index];
      if (leaf === undefined || (filter.kind !== undefined && leaf.kind !== filter.kind)) continue;
      const record = this.#record(leaf, index);
      if (isOfKind(record, filter.kind)) found.push(record);
    }
    return found;
  }

  /** Finds the newest record of a kind that a predicate accepts. */
  async latest<K extends RecordKind>(
    kind: K,
    accepts: (record: StoredRecord<RecordOf<K>>) => boolean,
  ): Promise<StoredRecord<RecordOf<K>> | undefined> {
    await this.#read();
    for (let index = this.#leaves.length - 1; index >= 0; index -= 1) {
      const leaf = this.#leaves[index];
      if (leaf?.kind !== kind) continue;
      const record = this.#record(leaf, index);
      if (isOfKind(record, kind) && accepts(record)) return record;
    }
    return undefined;
  }

  /**
   * Lists the records whose leaf hash begins so; `sha256:` may be left out. Of records that say the same in the same second,
   * and so have one leaf hash, only the first.
   */
  async beginningWith(prefix: string): Promise<readonly StoredRecord[]> {
    await this.#read();
    const wanted = prefix.startsWith('sha256:') ? prefix : `sha256:${prefix}`;
    const found = new Map<Digest, StoredRecord>();
    for (const [index, leaf] of this.#leaves.entries()) {
      if (!leaf.ref.startsWith(wanted) || found.has(leaf.ref)) continue;
      found.set(leaf.ref, this.#record(leaf, index));
    }
    return [...found.values()];
  }

  /** Tells whether a record with this leaf hash stands in the ledger. */
  async has(ref: string): Promise<boolean> {
    await this.#read();
    return this.#refs.has(ref);
  }

  /** Readings stand in line: two at once would take up the same leaves twice. */
  async #read(): Promise<void> {
    const turn = this.#reading.then(() => this.#readOn());
    this.#reading = turn.catch(() => undefined);
    await turn;
  }

  async #readOn(): Promise<void> {
    for await (const bytes of this.#head.leaves(this.#leaves.length, this.#head.size)) {
      const payload = parseEnvelope(bytes)?.payload;
      const kind = payload === undefined ? undefined : kindOfPayload(payload);
      if (payload === undefined || kind === undefined) throw this.#noRecord(this.#leaves.length);
      const ref = digestOf(leafHash(bytes));
      this.#leaves.push({ ref, payload, kind });
      this.#refs.add(ref);
    }
  }

  #record(leaf: Leaf, index: number): StoredRecord {
    if (leaf.record !== undefined) return leaf.record;
    const stated = parseStatement(leaf.payload, this.#origin);
    if (stated === undefined) throw this.#noRecord(index);
    leaf.record = { ref: leaf.ref, index, ...stated };
    return leaf.record;
  }

  #noRecord(index: number): Error {
    return corrupt(
      `Expected entry ${index} to be a record, got another form`,
      this.#head.layout.folder,
    );
  }
}

/** Narrows a record to a kind; every record is of the kind `undefined`. */
function isOfKind<K extends RecordKind>(
  record: StoredRecord,
  kind: K | undefined,
): record is StoredRecord<RecordOf<K>> {
  return kind === undefined || record.body.kind === kind;
}
