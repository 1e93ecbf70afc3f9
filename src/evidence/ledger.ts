import type { Digest } from '../core/index.ts';
import type { GateRegistry } from './gate.ts';
import type { RecordBody, RecordContext, RecordKind, RecordOf } from './records/registry.ts';
import type { RecordFilter, StoredRecord } from './stored-records.ts';

/** What an append needs beside the records. */
export interface AppendOptions {
  readonly context: RecordContext;
  readonly registry: GateRegistry;
  /** Secrets and lines of prompts and answers: no record may hold a piece of one, in any encoding. */
  readonly needles?: readonly string[];
  /**
   * Appends nothing when this holds. It is asked again on the new head whenever another process was faster, so that a
   * notice is claimed exactly once.
   */
  readonly unless?: (records: readonly StoredRecord[]) => boolean | Promise<boolean>;
}

/** A size and its root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Digest;
}

/** An open ledger. Any number of processes may read and append at once. */
export interface Ledger {
  readonly folder: string;
  readonly origin: string;
  /** The newest head that this process knows. */
  readonly head: () => TreeHead;
  /**
   * Appends records in one commit; they are durable when this returns.
   *
   * @returns the stored records in order; an empty list when `unless` held.
   * @throws {AppError} `leak-blocked` (nothing is written but that it was refused), `key-missing`, `disk-full`,
   * `file-not-writable`, `ledger-corrupt`.
   */
  readonly append: (
    bodies: readonly RecordBody[],
    options: AppendOptions,
  ) => Promise<readonly StoredRecord[]>;
  /** Reads records in order, those of other processes included. */
  readonly records: <K extends RecordKind = RecordKind>(
    filter?: RecordFilter<K>,
  ) => Promise<readonly StoredRecord<RecordOf<K>>[]>;
  readonly latest: <K extends RecordKind>(
    kind: K,
    accepts?: (record: StoredRecord<RecordOf<K>>) => boolean,
  ) => Promise<StoredRecord<RecordOf<K>> | undefined>;
  /** @throws {AppError} `record-unknown` for no record, or more than one, whose leaf hash begins so. */
  readonly get: (refOrPrefix: string) => Promise<StoredRecord>;
  /**
   * Names the reviewers who have cosigned a checkpoint over the record at an index, in the order of their keys.
   *
   * Names are those of their keys, `<origin>/<role>`; each counted as a reviewer when that checkpoint was made.
   */
  readonly cosigners: (index: number) => Promise<readonly string[]>;
  /** Stands for a value in a `mac` field. @throws {AppError} `key-missing` where the salt is not on this machine. */
  readonly mac: (value: string) => string;
  /** Writes tiles and the signed checkpoint of all that is committed; without a key it does nothing. */
  readonly publish: () => Promise<void>;
  /** Publishes; what was appended is durable even when this is never called. */
  readonly close: () => Promise<void>;
}
