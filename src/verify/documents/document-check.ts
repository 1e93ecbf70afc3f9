import type { Digest, Instant, Outcome, PlainDate } from '../../core/index.ts';
import type { ClaimResult } from './claims.ts';
import type { ChangedSection } from './document-diff.ts';
import type { MaterialityCounts } from './materiality.ts';
import type { NormalisedDocument, Representation } from './normalised.ts';
import type { TrailFacts } from './trail.ts';

/** The word that people see. */
export type DocumentState = 'new' | 'same' | 'changed' | 'gone' | 'unreadable';

/** The reason code under the state (design: documents.md 3.6); the value set of the record. */
export type DocumentDetail =
  | 'unchanged'
  | 'unchanged-variant'
  | 'changed-cosmetic'
  | 'changed'
  | 'claim-broken'
  | 'pending'
  | 'moved'
  | 'moved-host'
  | 'gone'
  | 'blocked'
  | 'degraded'
  | 'unreachable'
  | 'stale'
  | 'rebaseline-needed'
  | 'first-sight'
  | 'attested'
  | 'not-attested';

/** Holds the text that a role has accepted. */
export interface AcceptedText {
  readonly content: Digest;
  readonly by: string;
  readonly on: PlainDate;
  /** The normaliser that made the digest, and the form of the page it read; from the check that was accepted. */
  readonly normaliser?: string;
  readonly representation?: Representation;
  /** Digest of what of the page was compared; absent when all of it was. */
  readonly scope?: Digest;
  /** The text itself, when `.spendproof/documents/` still has it; without it a change cannot be weighed. */
  readonly normalised?: NormalisedDocument;
  /** The digest that today's normaliser gives the accepted bytes, where an older one made `content`: a technical upgrade. */
  readonly upgraded?: Digest;
}

/** Holds what the ledger knows about a document; the caller reads it, this room keeps no state. */
export interface DocumentBaseline {
  readonly accepted?: AcceptedText;
  /** Content digests accepted earlier or as cosmetic, between which the page may flip. */
  readonly variants: readonly Digest[];
  /** When the page was last verified: a check that passed on the accepted text, or its acceptance. */
  readonly lastVerified?: Instant;
  /** The text that was read last and not believed, how often in a row, and since when. */
  readonly doubted?: {
    readonly content: Digest;
    readonly times: number;
    readonly since: Instant;
  };
  /** How often the page flipped between known texts during the last seven days. */
  readonly flips?: number;
  /** The latest attestation of the document. */
  readonly attested?: {
    readonly claims: readonly string[];
    readonly by: string;
    readonly on: Instant;
  };
}

/** Holds one section whose change must hold what cites it. */
export interface HeldSection {
  /** Headings from the top down. */
  readonly path: readonly string[];
}

/**
 * Holds the check of one document. The fields up to `claims` are those of the ledger's record; those after it stay local, because
 * they hold the page's words.
 */
export interface DocumentCheck extends TrailFacts {
  readonly document: string;
  readonly outcome: Outcome;
  readonly state: DocumentState;
  readonly detail: DocumentDetail;
  readonly fresh: boolean;
  readonly accessedAt: Instant;
  readonly status: number | null;
  readonly redirects: number;
  readonly representation: Representation | 'none';
  readonly normaliser: string;
  /** Names of what the normaliser replaced because it differs from visit to visit. */
  readonly masks?: readonly string[];
  readonly raw: Digest | null;
  readonly content: Digest | null;
  readonly outline: Digest | null;
  readonly links: Digest | null;
  /** Digest of the list of section digests; absent when nothing was read. */
  readonly sections?: Digest;
  /** Digest of what of the page is compared; absent when all of it is. */
  readonly scope?: Digest;
  readonly accepted: Pick<AcceptedText, 'content' | 'by' | 'on'> | null;
  readonly changes: MaterialityCounts;
  readonly claims: readonly { readonly claim: string; readonly result: ClaimResult }[];
  /** Claims that hold next to words of deprecation. */
  readonly deprecated: readonly string[];
  readonly changedSections: readonly ChangedSection[];
  /** Sections whose change holds what cites them; `all` when the page is gone or the change could not be weighed. */
  readonly heldSections: readonly HeldSection[] | 'all';
  /** Where the page answered, or was said to be, when that is not the plan's address. */
  readonly foundAt?: string;
  /** What was compared, to be kept by its content digest; absent when nothing was read. */
  readonly normalised?: NormalisedDocument;
  /** The whole page, where the plan's scope compares less. */
  readonly whole?: NormalisedDocument;
  /** The body as it came, to be archived by `raw` where the plan asks for it. */
  readonly body?: Uint8Array;
}
