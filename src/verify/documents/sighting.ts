import { type Digest, sha256 } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import type { DocumentBaseline } from './document-check.ts';
import { normalisePage } from './normalise.ts';
import {
  type DocumentDigests,
  digestDocument,
  limitToHeadings,
  type NormalisedDocument,
  type Representation,
  textLength,
} from './normalised.ts';
import {
  type Fetched,
  type FetchFailure,
  fetchPage,
  type FetchPorts,
  type FetchResult,
} from './page-fetch.ts';
import { signOf } from './page-signs.ts';

/** Names why a page could not be read: the reason codes of documents.md 3.6. */
export type UnreadableDetail = 'moved-host' | 'blocked' | 'degraded' | 'unreachable';

interface Access {
  readonly status: number | null;
  readonly redirects: number;
}

/** Holds what one look at a page showed. */
export type Sighting =
  | (Access & {
      readonly kind: 'page';
      readonly url: URL;
      readonly movedForGood: boolean;
      readonly raw: Digest;
      /** The whole page, for claims. */
      readonly whole: NormalisedDocument;
      /** What is compared: the plan's scope, or the whole. */
      readonly compared: NormalisedDocument;
      readonly digests: DocumentDigests;
    })
  | (Access & { readonly kind: 'missing' })
  | (Access & { readonly kind: 'unreadable'; readonly detail: UnreadableDetail });

/** Holds what a look needs to know. */
export interface LookRequest {
  readonly document: PlanDocument;
  readonly loopback: readonly string[];
  readonly baseline: DocumentBaseline;
}

const ACCEPT: Readonly<Record<'html' | 'markdown', string>> = {
  html: 'text/html, application/xhtml+xml, text/markdown;q=0.8, application/json;q=0.7, text/plain;q=0.6',
  markdown: 'text/markdown, text/plain;q=0.8',
};

/**
 * Looks at a page once, on a new connection: the declared Markdown twin first, else the page itself.
 *
 * Where the accepted text was HTML the twin is not asked: another representation cannot be compared.
 */
export async function lookAtPage(request: LookRequest, ports: FetchPorts): Promise<Sighting> {
  const { document, baseline } = request;
  const twin = document.alternates.find(({ kind }) => kind === 'markdown');
  const { accepted } = baseline;
  const known = accepted?.normalised?.representation ?? accepted?.representation ?? 'markdown';
  if (twin !== undefined && known === 'markdown') {
    const sighting = await lookAt(twin.url, 'markdown', request, ports);
    if (sighting.kind === 'page' && sighting.whole.representation === 'markdown') return sighting;
  }
  return await lookAt(document.url ?? '', 'html', request, ports);
}

async function lookAt(
  url: string,
  wanted: 'html' | 'markdown',
  request: LookRequest,
  ports: FetchPorts,
): Promise<Sighting> {
  const { document, loopback } = request;
  const result = await fetchPage(
    {
      url,
      hosts: document.hosts,
      locale: document.locale,
      accept: ACCEPT[wanted],
      timeout: document.fetch.timeout,
      loopback,
    },
    ports,
  );
  const failed = unreadableOf(result);
  if (failed !== undefined) return failed;
  return result.kind === 'answer' ? readAnswer(result, request) : unreadable(result, 'degraded');
}

const BLOCKED: readonly number[] = [401, 403, 407, 429, 451];
const GONE: readonly number[] = [404, 410];
const DEGRADED_FAILURES: readonly FetchFailure[] = ['truncated', 'too-large', 'encoding'];

/** Sorts every answer that is no page by itself. */
function unreadableOf(result: FetchResult): Sighting | undefined {
  if (result.kind === 'moved-host') return unreadable(result, 'moved-host');
  if (result.kind === 'failure') {
    const isDegraded = DEGRADED_FAILURES.includes(result.failure);
    return unreadable(result, isDegraded ? 'degraded' : 'unreachable');
  }
  const { status, redirects } = result;
  if (result.headers.has('cf-mitigated') || BLOCKED.includes(status)) {
    return unreadable(result, 'blocked');
  }
  if (GONE.includes(status)) return { kind: 'missing', status, redirects };
  if (status === 408 || status >= 500) return unreadable(result, 'unreachable');
  return status === 200 || status === 203 ? undefined : unreadable(result, 'degraded');
}

const unreadable = ({ status, redirects }: Access, detail: UnreadableDetail): Sighting => ({
  kind: 'unreadable',
  status,
  redirects,
  detail,
});

function readAnswer(answer: Fetched, { document, baseline }: LookRequest): Sighting {
  const { status, redirects, url, movedForGood } = answer;
  const result = normalisePage({
    body: answer.body,
    contentType: answer.headers.get('content-type') ?? '',
    url: url.href,
  });
  if (result.kind === 'degraded') return unreadable(answer, 'degraded');
  const whole = result.document;
  const compared =
    document.scope === undefined ? whole : limitToHeadings(whole, document.scope.headings);
  const accepted = comparable(baseline, whole.representation);
  const sign = signOf({
    document: whole,
    asksForPassword: result.asksForPassword,
    mustContain: document.mustContain,
    locale: document.locale,
    comparedLength: textLength(compared ?? whole),
    acceptedLength: accepted === undefined ? undefined : textLength(accepted),
  });
  if (sign === 'missing') return { kind: 'missing', status, redirects };
  if (sign !== 'page') return unreadable(answer, sign);
  if (compared === undefined) return unreadable(answer, 'degraded');
  const raw = sha256(answer.body);
  const digests = digestDocument(compared);
  return { kind: 'page', status, redirects, url, movedForGood, raw, whole, compared, digests };
}

function comparable(
  baseline: DocumentBaseline,
  representation: Representation,
): NormalisedDocument | undefined {
  const accepted = baseline.accepted?.normalised;
  return accepted?.representation === representation ? accepted : undefined;
}
