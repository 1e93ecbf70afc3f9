import { canonicalJson, type Digest, type Instant, instantMs, sha256 } from '../../core/index.ts';

/** Holds the way to an answer, in the server's words: it stays on this machine. */
export interface Trail {
  /** Every address asked, in order; the last one answered, or is where the page was said to be. */
  readonly urls: readonly string[];
  /** The header `Date` of the answer. */
  readonly date?: string;
}

/** Holds what a record says of the way to an answer; addresses and texts of others stand in it as digests only. */
export interface TrailFacts {
  /** Digest of the address that answered. */
  readonly address?: Digest;
  /** Digest of the list of addresses, where there was a redirect. */
  readonly way?: Digest;
  /** Seconds by which the server's clock is ahead of ours; absent when it is off by more than a day, or says nothing. */
  readonly serverClock?: number;
}

const CLOCK_MAX_SECONDS = 86_400;

/** Reduces the way to an answer to what a record holds (design: documents.md 3.7). */
export function trailFacts(trail: Trail | undefined, accessedAt: Instant): TrailFacts {
  if (trail === undefined) return {};
  const { urls, date = '' } = trail;
  const last = urls.at(-1);
  const seconds = Math.round((Date.parse(date) - instantMs(accessedAt)) / 1000);
  return {
    ...(last === undefined ? {} : { address: sha256(last) }),
    ...(urls.length > 1 ? { way: sha256(canonicalJson([...urls])) } : {}),
    ...(Math.abs(seconds) <= CLOCK_MAX_SECONDS ? { serverClock: seconds } : {}),
  };
}
