import type { Digest, Instant, ReasonId } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import type { DocumentBaseline, DocumentCheck } from './document-check.ts';
import { NO_HEAD_LINKS } from './head-links.ts';
import {
  type Finding,
  isBelieved,
  judgeAttested,
  type JudgeContext,
  judgeFinding,
} from './judge-document.ts';
import { digestDocument, type NormalisedDocument } from './normalised.ts';
import { type PageSighting, unreadable, type UnreadableDetail } from './sighting.ts';
import type { TrailFacts } from './trail.ts';

/** What a record of a check holds of the look itself, which cannot be repeated. */
export type DocumentObservation = Pick<
  DocumentCheck,
  | 'state'
  | 'detail'
  | 'accessedAt'
  | 'status'
  | 'redirects'
  | 'representation'
  | 'raw'
  | 'content'
  | 'outline'
  | 'links'
  | 'claims'
> &
  TrailFacts &
  Pick<DocumentCheck, 'sections'> & { readonly reasons: readonly ReasonId[] };

/** Says more than the detail of an access, and only the access could show it. */
const ONLY_SEEN: readonly ReasonId[] = ['browser-missing', 'document-tls', 'robots-disallowed'];

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
    /** Texts that belong to the host's template, as the pages of the same run show it. */
    readonly templates: ReadonlySet<string>;
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
  const finding = findingOf(seen, page, { ...whole, url: document.url });
  if (finding === undefined) return undefined;
  const check = { ...judgeFinding(finding, whole), ...seenOfTheWay(seen) };
  if (check.state !== 'unreadable') return check;
  // A text that was read and not believed leaves its digests, and nothing of it is judged.
  const { representation, raw, content, outline, links, sections } = seen;
  const digests = { representation, raw, content, outline, links };
  return { ...check, ...digests, ...(sections === undefined ? {} : { sections }) };
}

const seenOfTheWay = ({ address, way, serverClock }: DocumentObservation): TrailFacts => ({
  ...(address === undefined ? {} : { address }),
  ...(way === undefined ? {} : { way }),
  ...(serverClock === undefined ? {} : { serverClock }),
});

/** The kept text is what was compared: it shows neither the host nor the sections beside the plan's scope. */
const isSeenOnly = ({ claims, scope, ignore }: PlanDocument, claim: string): boolean =>
  scope !== undefined ||
  ignore !== undefined ||
  claims.some(({ id, kind }) => id === claim && kind === 'host');

function findingOf(
  seen: DocumentObservation,
  page: NormalisedDocument | undefined,
  context: JudgeContext & { readonly url: string },
): Finding | undefined {
  const confirmed = seen.detail !== 'pending';
  const access = { status: seen.status, redirects: seen.redirects, trail: undefined };
  const detail = unreadableDetail(seen);
  if (detail !== undefined) {
    const because = seen.reasons.find((reason) => ONLY_SEEN.includes(reason));
    const sighting = { kind: 'unreadable', detail, ...access } as const;
    return { sighting: because === undefined ? sighting : { ...sighting, because }, confirmed };
  }
  if (seen.content === null) return { sighting: { kind: 'missing', ...access }, confirmed };
  if (page === undefined || seen.raw === null) return undefined;
  const sighting = pageOf(seen, page, { ...access, raw: seen.raw, url: context.url });
  if (!isBelieved(sighting, context)) return { sighting, confirmed };
  return { sighting: { ...unreadable(access, 'degraded'), doubted: sighting }, confirmed };
}

/** A page that refused us and that a role has confirmed lately is `attested`; a page can be so in no other way. */
function unreadableDetail({ state, detail }: DocumentObservation): UnreadableDetail | undefined {
  if (detail === 'attested') return 'blocked';
  return state === 'unreadable' && detail !== 'pending' ? (detail as UnreadableDetail) : undefined;
}

const pageOf = (
  seen: DocumentObservation,
  page: NormalisedDocument,
  access: {
    readonly status: number | null;
    readonly redirects: number;
    readonly trail: undefined;
    readonly raw: Digest;
    readonly url: string;
  },
): PageSighting => ({
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
