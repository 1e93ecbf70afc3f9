import { canonicalJson, type Digest, type Instant, instantMs, sha256 } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { comparedPart, partDigest } from './compared-part.ts';
import type { FetchMemory, Snapshot } from './fetch-memory.ts';
import { NO_HEAD_LINKS } from './head-links.ts';
import { digestDocument, NORMALISER } from './normalised.ts';
import type { Fetched, FetchRequest } from './page-fetch.ts';
import { accessOf, type LookRequest, pageOf, type PageSighting, partElements } from './sighting.ts';

/** Every seventh check reads the page whole, because some servers say "not modified" of pages that changed. */
const RENEWALS_MAX = 6;
/** And none trusts such a server for longer than this, in days. */
const READ_WHOLE_EVERY_DAYS = 8;

/** Digests everything that shapes the text of an answer; a validator means nothing for another of these. */
export const bindingOf = (
  document: PlanDocument,
  { url, accept, locale }: Pick<FetchRequest, 'url' | 'accept' | 'locale'>,
  now: Instant,
): Digest => {
  const part = comparedPart(document, now);
  return sha256(
    canonicalJson({
      normaliser: NORMALISER,
      scope: part === undefined ? null : partDigest(part),
      mustContain: [...document.mustContain],
      hosts: [...document.hosts],
      url,
      accept,
      locale: locale ?? null,
    }),
  );
};

/** Gives the snapshot whose validators may be sent now; `undefined` when the page is to be read whole. */
export function usableSnapshot(
  memory: FetchMemory,
  document: PlanDocument,
  request: FetchRequest,
  now: Instant,
): Snapshot | undefined {
  const snapshot = memory.snapshotOf(document.id);
  // The part that elements tell cannot be taken from a text that was kept.
  if (snapshot === undefined || partElements({ document, now }) !== undefined) return undefined;
  if (snapshot.binding !== bindingOf(document, request, now)) return undefined;
  const ageMs = instantMs(now) - instantMs(snapshot.readAt);
  const isRecent = ageMs >= 0 && ageMs < READ_WHOLE_EVERY_DAYS * 86_400_000;
  const isValidated = snapshot.etag !== null || snapshot.lastModified !== null;
  return isValidated && isRecent && snapshot.renewals < RENEWALS_MAX ? snapshot : undefined;
}

/** Writes the headers of a conditional request (RFC 9110 13.1). */
export const conditionalHeaders = ({
  etag,
  lastModified,
}: Snapshot): Readonly<Record<string, string>> => ({
  ...(etag === null ? {} : { 'if-none-match': etag }),
  ...(etag !== null || lastModified === null ? {} : { 'if-modified-since': lastModified }),
});

/** Restores the page that a "not modified" speaks of; `undefined` when its text is not on this machine any more. */
export async function renewedPage(
  answer: Fetched,
  snapshot: Snapshot,
  request: LookRequest,
  memory: FetchMemory,
): Promise<PageSighting | undefined> {
  const whole = await memory.textOf(snapshot.whole);
  if (whole === undefined) return undefined;
  const found = { ...answer, ...accessOf(answer), whole, raw: snapshot.raw, head: NO_HEAD_LINKS };
  const page = pageOf(found, request);
  if (page === undefined) return undefined;
  memory.keepSnapshot(request.document.id, { ...snapshot, renewals: snapshot.renewals + 1 });
  return page;
}

/** Keeps the validators of a page that was read whole and understood. */
export function keepValidators(
  page: PageSighting,
  answer: Fetched,
  asked: FetchRequest,
  context: {
    readonly document: PlanDocument;
    readonly memory: FetchMemory;
    readonly now: Instant;
  },
): void {
  const { document, memory, now } = context;
  const snapshot = {
    binding: bindingOf(document, asked, now),
    asked: asked.url,
    url: page.url.href,
    etag: validEtag(answer.headers.get('etag')),
    lastModified: pastDate(answer.headers.get('last-modified'), now),
    raw: page.raw,
    whole: digestDocument(page.whole).content,
    readAt: now,
    renewals: 0,
  };
  memory.keepSnapshot(document.id, snapshot);
}

/** A validator is sent back as it came, so it must be one (RFC 9110 8.8.3). */
const validEtag = (text: string | undefined): string | null =>
  text !== undefined && /^(?:W\/)?"[\x21\x23-\x7e]{0,256}"$/.test(text) ? text : null;

/** A date in the future says nothing about what was read now. */
function pastDate(text: string | undefined, now: Instant): string | null {
  if (text === undefined || text.length > 64) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || atMs > instantMs(now) ? null : text;
}
