import type { Digest, Instant } from '../../core/index.ts';
import type { NormalisedDocument } from './normalised.ts';

/**
 * Holds what a page's server said of the answer that was last read whole, bound to everything that shaped its text.
 *
 * It is no evidence: lost, the next check reads the page again.
 */
export interface Snapshot {
  /** Digest of the normaliser, the scope, the address asked and the headers sent. */
  readonly binding: Digest;
  /** The address that was asked, and the one that answered. */
  readonly asked: string;
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly raw: Digest;
  /** Content digest of the whole page, whatever the scope is. */
  readonly whole: Digest;
  /** When the page was last read whole. */
  readonly readAt: Instant;
  /** Checks since then that the server answered with "not modified". */
  readonly renewals: number;
}

/** Holds a `robots.txt` as it was read. */
export interface StoredRobots {
  readonly readAt: Instant;
  /** Empty where the host has none. */
  readonly text: string;
}

/** Remembers between checks what saves requests; whoever runs the checks keeps it, outside the ledger. */
export interface FetchMemory {
  readonly snapshotOf: (document: string) => Snapshot | undefined;
  readonly keepSnapshot: (document: string, snapshot: Snapshot) => void;
  readonly robotsOf: (origin: string) => StoredRobots | undefined;
  readonly keepRobots: (origin: string, robots: StoredRobots) => void;
  /** Reads a normalised text that is kept on this machine. */
  readonly textOf: (content: Digest) => Promise<NormalisedDocument | undefined>;
}

/** Remembers nothing. */
export const NO_MEMORY: FetchMemory = {
  snapshotOf: () => undefined,
  keepSnapshot: () => undefined,
  robotsOf: () => undefined,
  keepRobots: () => undefined,
  textOf: () => Promise.resolve(undefined),
};
