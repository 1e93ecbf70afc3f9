import { type Digest, type Instant, type ReasonId, sha256 } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { comparedPart, elementsOf, limitToPart } from './compared-part.ts';
import type { DocumentBaseline } from './document-check.ts';
import type { HeadLinks } from './head-links.ts';
import { normalisePage } from './normalise.ts';
import {
  type DocumentDigests,
  digestDocument,
  type NormalisedDocument,
  type Representation,
  textLength,
} from './normalised.ts';
import { type Fetched, type FetchFailure, type FetchResult, isOwnHost } from './page-fetch.ts';
import { type PageSign, signOf } from './page-signs.ts';
import { isSameSite } from './site-of.ts';
import type { Trail } from './trail.ts';

/** Names why a page could not be read: the reason codes of documents.md 3.6. */
export type UnreadableDetail = 'moved-host' | 'blocked' | 'degraded' | 'unreachable';

interface Access {
  readonly status: number | null;
  readonly redirects: number;
  /** Undefined where nothing was asked, and where a record stands for the access. */
  readonly trail: Trail | undefined;
}

/** Holds a page that was read. */
export interface PageSighting extends Access {
  readonly kind: 'page';
  readonly url: URL;
  readonly movedForGood: boolean;
  readonly raw: Digest;
  /** The body as it came; absent where the server said that an earlier one still holds. */
  readonly body?: Uint8Array;
  /** The whole page, for claims. */
  readonly whole: NormalisedDocument;
  /** What is compared: the plan's scope, or the whole. */
  readonly compared: NormalisedDocument;
  readonly digests: DocumentDigests;
  readonly head: HeadLinks;
}

/** Holds an answer that is no page. */
export interface UnreadableSighting extends Access {
  readonly kind: 'unreadable';
  readonly detail: UnreadableDetail;
  /** Says more than the detail, where more is known. */
  readonly because?: ReasonId;
  /** What was read although it is not believed: four of the same over a day are. */
  readonly doubted?: PageSighting;
  /** Scripts may show more than the answer itself. */
  readonly needsScripts?: boolean;
}

/** Holds what one look at a page showed. */
export type Sighting = PageSighting | (Access & { readonly kind: 'missing' }) | UnreadableSighting;

/** Holds what a look needs to know. */
export interface LookRequest {
  readonly document: PlanDocument;
  readonly loopback: readonly string[];
  readonly baseline: DocumentBaseline;
  /** The instant of the review: what the plan ignores, it ignores until a day. */
  readonly now: Instant;
}

const BLOCKED: readonly number[] = [401, 403, 407, 429, 451];
const GONE: readonly number[] = [404, 410];
const DETAILS: Partial<Record<FetchFailure, UnreadableDetail>> = {
  truncated: 'degraded',
  'too-large': 'degraded',
  encoding: 'degraded',
  robots: 'blocked',
  resting: 'blocked',
};
const BECAUSE: Partial<Record<FetchFailure, ReasonId>> = {
  robots: 'robots-disallowed',
  tls: 'document-tls',
};

/**
 * Turns what a fetch brought into a sighting; every answer that is no page by itself is sorted here.
 *
 * @param form overrules what the answer's type says, for a page that a browser made.
 */
export function sightingOf(result: FetchResult, request: LookRequest, form?: 'rendered'): Sighting {
  const access = accessOf(result);
  if (result.kind === 'moved-host') return unreadable(access, 'moved-host');
  if (result.kind === 'failure') {
    const because = BECAUSE[result.failure];
    const found = unreadable(access, DETAILS[result.failure] ?? 'unreachable');
    return because === undefined ? found : { ...found, because };
  }
  const { status } = result;
  if (result.headers.has('cf-mitigated') || BLOCKED.includes(status)) {
    return unreadable(access, 'blocked');
  }
  if (GONE.includes(status)) return { kind: 'missing', ...access };
  if (status === 408 || status >= 500) return unreadable(access, 'unreachable');
  return status === 200 || status === 203
    ? readAnswer(result, request, form)
    : unreadable(access, 'degraded');
}

/** Takes from an answer what is known of the access. */
export function accessOf(result: FetchResult): Access {
  const { status, redirects, urls } = result;
  const date = result.kind === 'answer' ? result.headers.get('date') : undefined;
  return { status, redirects, trail: { urls, ...(date === undefined ? {} : { date }) } };
}

/** Makes a sighting of what could not be read. */
export const unreadable = (
  { status, redirects, trail }: Access,
  detail: UnreadableDetail,
): UnreadableSighting => ({ kind: 'unreadable', status, redirects, trail, detail });

function readAnswer(answer: Fetched, request: LookRequest, form?: 'rendered'): Sighting {
  const access = accessOf(answer);
  const bytes = {
    body: answer.body,
    contentType: answer.headers.get('content-type') ?? '',
    url: answer.url.href,
  };
  const result = normalisePage(bytes);
  const needsScripts = form === undefined && holdsScripts(answer.body);
  if (result.kind === 'degraded') return { ...unreadable(access, 'degraded'), needsScripts };
  const inForm = (document: NormalisedDocument): NormalisedDocument =>
    form === undefined ? document : { ...document, representation: form };
  const whole = inForm(result.document);
  const elements = partElements(request);
  const selected = elements === undefined ? result : normalisePage({ ...bytes, elements });
  if (selected.kind === 'degraded') return { ...unreadable(access, 'degraded'), needsScripts };
  const part = elements === undefined ? {} : { part: inForm(selected.document) };
  const { url, movedForGood } = answer;
  const raw = sha256(answer.body);
  const found = { ...access, url, movedForGood, whole, head: result.head, raw, ...part };
  const page = pageOf(found, request);
  if (page === undefined) return { ...unreadable(access, 'degraded'), needsScripts };
  return judgeSigns({ ...page, body: answer.body }, request, {
    asksForPassword: result.asksForPassword,
    needsScripts,
  });
}

/** Puts a page together from its normalised text; `undefined` when the plan's scope is not on it. */
export function pageOf(
  found: Pick<
    PageSighting,
    'status' | 'redirects' | 'trail' | 'url' | 'movedForGood' | 'raw' | 'whole' | 'head'
  > & { readonly part?: NormalisedDocument },
  { document, now }: LookRequest,
): PageSighting | undefined {
  const { status, redirects, trail, url, movedForGood, raw, whole, head } = found;
  const part = comparedPart(document, now);
  const compared = part === undefined ? whole : limitToPart(found.part ?? whole, part);
  if (compared === undefined) return undefined;
  const digests = digestDocument(compared);
  const access = { kind: 'page', status, redirects, trail, url, movedForGood } as const;
  return { ...access, raw, whole, compared, digests, head };
}

/** Gives the elements of an HTML page that alone are compared, where the plan names some. */
export function partElements({ document, now }: Pick<LookRequest, 'document' | 'now'>) {
  const part = comparedPart(document, now);
  return part === undefined ? undefined : elementsOf(part);
}

function judgeSigns(
  page: PageSighting,
  { document, baseline }: LookRequest,
  signs: { readonly asksForPassword: boolean; readonly needsScripts: boolean },
): Sighting {
  const accepted = comparable(baseline, page.whole.representation);
  // A text that a role has read needs no canary and may be as short as it is.
  const isRead = baseline.accepted?.content === page.digests.content;
  const comparedLength = textLength(page.compared);
  const sign: PageSign = signOf({
    document: page.whole,
    asksForPassword: signs.asksForPassword,
    mustContain: isRead ? [] : document.mustContain,
    locale: document.locale,
    comparedLength,
    acceptedLength: isRead ? comparedLength : accepted && textLength(accepted),
  });
  if (sign === 'missing') {
    const { status, redirects, trail } = page;
    return { kind: 'missing', status, redirects, trail };
  }
  if (sign === 'degraded') {
    const { needsScripts } = signs;
    return { ...unreadable(page, 'degraded'), doubted: page, needsScripts };
  }
  if (sign === 'blocked') return unreadable(page, 'blocked');
  return livesElsewhere(page, document) ? unreadable(page, 'moved-host') : page;
}

/** The page itself says that another owner's host is where it lives. */
function livesElsewhere({ head, url }: PageSighting, document: PlanDocument): boolean {
  if (head.canonical === null) return false;
  const canonical = new URL(head.canonical);
  const own = { url: document.url ?? url.href, hosts: document.hosts };
  return (
    !isOwnHost(canonical, own) &&
    canonical.hostname !== url.hostname &&
    !isSameSite(canonical.hostname, url.hostname)
  );
}

function comparable(
  baseline: DocumentBaseline,
  representation: Representation,
): NormalisedDocument | undefined {
  const accepted = baseline.accepted?.normalised;
  return accepted?.representation === representation ? accepted : undefined;
}

const holdsScripts = (body: Uint8Array): boolean =>
  /<script\b/i.test(Buffer.from(body).toString('latin1'));
