import type { Digest, Instant } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import type { DocumentBaseline, DocumentCheck } from './document-check.ts';
import { NO_HEAD_LINKS } from './head-links.ts';
import { type Finding, judgeAttested, judgeFinding } from './judge-document.ts';
import { digestDocument, type NormalisedDocument } from './normalised.ts';
import type { Sighting, UnreadableDetail } from './sighting.ts';

/** What a record of a check holds of the look itself, which cannot be repeated. */
export type DocumentObservation = Pick<
  DocumentCheck,
  'state' | 'detail' | 'accessedAt' | 'status' | 'redirects' | 'raw' | 'content' | 'claims'
>;

const UNREADABLE: readonly string[] = ['moved-host', 'blocked', 'degraded', 'unreachable'];

/**
 * Judges a document again from the text that was kept, the baseline of that time, and what was seen of the access.
 *
 * Claims are answered from the kept text; where the plan narrows the comparison to some sections, or a claim is about the
 * host, the recorded answer is taken, because only the access could show it.
 *
 * @returns undefined when a page was read and its text is not there any more.
 */
export function rejudgeDocument(
  seen: DocumentObservation,
  page: NormalisedDocument | undefined,
  context: {
    readonly document: PlanDocument;
    readonly baseline: DocumentBaseline;
    readonly now: Instant;
  },
): DocumentCheck | undefined {
  const { document } = context;
  const answered = new Map(
    seen.claims
      .filter(({ claim }) => isSeenOnly(document, claim))
      .map(({ claim, result }) => [claim, result]),
  );
  const whole = { ...context, accessedAt: seen.accessedAt, answered };
  if (document.kind === 'attested' || document.url === undefined) return judgeAttested(whole);
  const finding = findingOf(seen, page, document.url);
  return finding === undefined ? undefined : judgeFinding(finding, whole);
}

/** The kept text is what was compared: it shows neither the host nor the sections beside the plan's scope. */
const isSeenOnly = ({ claims, scope }: PlanDocument, claim: string): boolean =>
  scope !== undefined || claims.some(({ id, kind }) => id === claim && kind === 'host');

function findingOf(
  seen: DocumentObservation,
  page: NormalisedDocument | undefined,
  url: string,
): Finding | undefined {
  const confirmed = seen.detail !== 'pending';
  const access = { status: seen.status, redirects: seen.redirects };
  if (seen.content !== null) {
    if (page === undefined || seen.raw === null) return undefined;
    return { sighting: pageOf(seen, page, { ...access, raw: seen.raw, url }), confirmed };
  }
  if (UNREADABLE.includes(seen.detail)) {
    const detail = seen.detail as UnreadableDetail;
    return { sighting: { kind: 'unreadable', detail, ...access }, confirmed: true };
  }
  return { sighting: { kind: 'missing', ...access }, confirmed };
}

const pageOf = (
  seen: DocumentObservation,
  page: NormalisedDocument,
  access: {
    readonly status: number | null;
    readonly redirects: number;
    readonly raw: Digest;
    readonly url: string;
  },
): Sighting => ({
  kind: 'page',
  ...access,
  url: new URL(access.url),
  movedForGood: seen.detail === 'moved',
  whole: page,
  compared: page,
  digests: digestDocument(page),
  // Where the page says it lives was settled at the access: `movedForGood` holds the answer.
  head: NO_HEAD_LINKS,
});
