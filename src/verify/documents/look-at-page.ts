import { durationMs, type Instant } from '../../core/index.ts';
import type { BrowserPage, PageBrowser } from './browser.ts';
import { conditionalHeaders, keepValidators, renewedPage, usableSnapshot } from './conditional.ts';
import type { FetchMemory } from './fetch-memory.ts';
import {
  type Fetched,
  fetchPage,
  type FetchPorts,
  type FetchRequest,
  isOwnHost,
} from './page-fetch.ts';
import type { Representation } from './normalised.ts';
import type { RobotsGate } from './robots-gate.ts';
import {
  type LookRequest,
  type PageSighting,
  type Sighting,
  partElements,
  sightingOf,
  unreadable,
} from './sighting.ts';
import { probeSibling } from './sibling-probe.ts';
import { declaredTwins, isTwinOf, markdownTwin, possibleTwins, type Twin } from './twins.ts';

/** The world a look at a page needs: one for all documents of a run. */
export interface LookPorts extends FetchPorts {
  readonly clock: { readonly ms: () => number; readonly now: () => Instant };
  readonly memory: FetchMemory;
  readonly robots: RobotsGate;
  readonly browser: PageBrowser;
}

/** Sets how a look differs from the first of a page. */
export interface LookOptions {
  /** Whether it may trust "not modified"; a second look never does. */
  readonly conditional: boolean;
  /** The form that the first look found: the second asks for no other. */
  readonly form?: Representation | undefined;
}

interface Look extends LookOptions {
  readonly request: LookRequest;
  readonly ports: LookPorts;
}

const ACCEPT =
  'text/html, application/xhtml+xml, text/markdown;q=0.8, application/json;q=0.7, text/plain;q=0.6';

/**
 * Looks at a page once, on a new connection: declared twins first, then the page, its Markdown twin, and at last the page as a
 * browser shows it.
 *
 * What form the accepted text had decides what is asked: another form cannot be compared (design: documents.md 3.1).
 */
export async function lookAtPage(
  request: LookRequest,
  ports: LookPorts,
  options: LookOptions = { conditional: false },
): Promise<Sighting> {
  const look: Look = { request, ports, ...options };
  const { document } = request;
  // Elements are those of HTML: no other form has them.
  const form = options.form ?? knownForm(request);
  const isFree = partElements(request) === undefined || form === 'rendered';
  const known = isFree ? form : 'html';
  for (const twin of knownTwins(look, known)) {
    const sighting = await lookAtTwin(twin, look);
    if (sighting !== undefined) return sighting;
  }
  if (document.fetch.render === 'always' || known === 'rendered') return await lookRendered(look);
  return await lookAtOwnPage(look, known === undefined || known === 'markdown');
}

async function lookAtOwnPage(look: Look, wantsTwin: boolean): Promise<Sighting> {
  const { request, ports } = look;
  const { document } = request;
  const { sighting, answer } = await lookAt(document.url ?? '', ACCEPT, look);
  if (sighting.kind === 'page') {
    const twin =
      wantsTwin && answer !== undefined ? await findTwin(sighting, answer, look) : undefined;
    return twin ?? sighting;
  }
  const plain = requestOf(document.url ?? '', ACCEPT, look);
  const probed = await probeSibling(sighting, plain, request, ports);
  return probed.kind === 'unreadable' && probed.needsScripts === true
    ? await lookWithScripts(probed, look)
    : probed;
}

const knownForm = ({ baseline: { accepted } }: LookRequest) =>
  accepted?.normalised?.representation ?? accepted?.representation;

/** The twins that the plan declares, and the one that an earlier check found; in the accepted form only. */
function knownTwins(
  { request: { document }, ports: { memory } }: Look,
  known: ReturnType<typeof knownForm>,
): readonly Twin[] {
  const declared = declaredTwins(document);
  const asked = memory.snapshotOf(document.id)?.asked;
  const isFound =
    known === 'markdown' &&
    asked !== undefined &&
    asked !== document.url &&
    declared.every(({ url }) => url !== asked);
  const twins = isFound ? [...declared, markdownTwin(asked)] : declared;
  return twins.filter(({ form }) => known === undefined || known === form);
}

async function lookAtTwin(twin: Twin, look: Look): Promise<PageSighting | undefined> {
  const { sighting } = await lookAt(twin.url, twin.accept, look);
  const fits = sighting.kind === 'page' && sighting.whole.representation === twin.form;
  return fits ? sighting : undefined;
}

async function findTwin(
  page: PageSighting,
  answer: Fetched,
  look: Look,
): Promise<PageSighting | undefined> {
  if (page.whole.representation !== 'html') return undefined;
  for (const twin of possibleTwins(page, answer.headers.get('link') ?? '')) {
    const found = await lookAtTwin(twin, look);
    if (found !== undefined && isTwinOf(found.whole, page.whole)) return found;
  }
  // The validators that are kept must be those of the page that is compared.
  keepPage(page, answer, requestOf(look.request.document.url ?? '', ACCEPT, look), look);
  return undefined;
}

async function lookAt(
  url: string,
  accept: string,
  look: Look,
): Promise<{ readonly sighting: Sighting; readonly answer?: Fetched }> {
  const { request, ports } = look;
  const { document } = request;
  const plain = requestOf(url, accept, look);
  const snapshot = look.conditional
    ? usableSnapshot(ports.memory, document, plain, ports.clock.now())
    : undefined;
  const conditional =
    snapshot === undefined
      ? {}
      : { conditional: { url: snapshot.url, headers: conditionalHeaders(snapshot) } };
  const result = await fetchPage({ ...plain, ...conditional }, ports);
  if (result.kind !== 'answer') return { sighting: sightingOf(result, request) };
  if (result.status === 304 && snapshot !== undefined) {
    const renewed = await renewedPage(result, snapshot, request, ports.memory);
    if (renewed !== undefined) return { sighting: renewed };
    return await lookAt(url, accept, { ...look, conditional: false });
  }
  const sighting = sightingOf(result, request);
  if (sighting.kind === 'page') keepPage(sighting, result, plain, look);
  return { sighting, answer: result };
}

function keepPage(
  page: PageSighting,
  answer: Fetched,
  asked: FetchRequest,
  { request: { document }, ports }: Look,
): void {
  const context = { document, memory: ports.memory, now: ports.clock.now() };
  keepValidators(page, answer, asked, context);
}

function requestOf(url: string, accept: string, { request, ports }: Look): FetchRequest {
  const { document, loopback } = request;
  return {
    url,
    hosts: document.hosts,
    locale: document.locale,
    accept,
    timeout: document.fetch.timeout,
    loopback,
    limits: { atOnce: document.fetch.perHost, spacingMs: durationMs(document.fetch.spacing) },
    refuse: ports.robots,
  };
}

/** Tries a browser where the plan allows it; without one the gap is named. */
async function lookWithScripts(found: Sighting, look: Look): Promise<Sighting> {
  if (look.request.document.fetch.render === 'never') return found;
  const rendered = await lookRendered(look);
  const isBetter = rendered.kind === 'page' || 'because' in rendered;
  if (!isBetter || found.kind !== 'unreadable') return found;
  return rendered.kind === 'page' ? rendered : { ...found, because: 'browser-missing' };
}

async function lookRendered(look: Look): Promise<Sighting> {
  const { request, ports } = look;
  const asked = requestOf(request.document.url ?? '', ACCEPT, look);
  const url = new URL(asked.url);
  const refused = await ports.robots(url, asked);
  if (refused !== undefined)
    return sightingOf({ ...refused, redirects: 0, urls: [asked.url] }, request);
  const page = await ports.queue.run(url.host, asked.limits, async () =>
    ports.browser.render(asked),
  );
  switch (page.kind) {
    case 'no-browser':
      return { ...NOTHING_SEEN, detail: 'degraded', because: 'browser-missing' };
    case 'failure':
      return NOTHING_SEEN;
    case 'page':
      return readRendered(page, asked, request);
    default:
      page satisfies never;
      throw new RangeError('Unknown answer of the browser');
  }
}

const NOTHING_SEEN = unreadable({ status: null, redirects: 0, trail: undefined }, 'unreachable');

function readRendered(page: BrowserPage, asked: FetchRequest, request: LookRequest): Sighting {
  const { status, redirects } = page;
  // A page may have left by a script, which is no redirect of its server.
  const urls = [...new Set([asked.url, page.url.href])];
  const trail = { urls };
  if (!isOwnHost(page.url, asked)) return unreadable({ status, redirects, trail }, 'moved-host');
  const answer: Fetched = {
    kind: 'answer',
    status,
    redirects,
    urls,
    url: page.url,
    movedForGood: false,
    headers: page.headers,
    body: Buffer.from(page.html),
  };
  return sightingOf(answer, request, 'rendered');
}
