import { setTimeout as pause } from 'node:timers/promises';
import { durationMs, type Instant, type Ports } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { isListed } from '../address/guard.ts';
import { type BrowserPorts, openBrowser } from './browser.ts';
import type { DocumentBaseline, DocumentCheck } from './document-check.ts';
import { type FetchMemory, NO_MEMORY } from './fetch-memory.ts';
import { isKnownText } from './compare-page.ts';
import { templatesByHost } from './host-template.ts';
import { type Finding, judgeAttested, type JudgeContext, judgeFinding } from './judge-document.ts';
import { startHostQueue } from './host-queue.ts';
import { lookAtPage, type LookPorts } from './look-at-page.ts';
import { openRobotsGate } from './robots-gate.ts';
import type { PageSighting, Sighting } from './sighting.ts';

/** Names a document to check and what is known about it. */
export interface DocumentCheckRequest {
  readonly document: PlanDocument;
  /** The plan's `network.loopback`. */
  readonly loopback: readonly string[];
  readonly baseline: DocumentBaseline;
  /** The instant that freshness is judged at: the review's. */
  readonly now: Instant;
  /** Lets milliseconds pass between looks; default: a timer. The first request's is that of the run. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** The parts of the world that a document check touches. */
export type DocumentPorts = Pick<Ports, 'clock' | 'log' | 'network' | 'random'> &
  Partial<Pick<Ports, 'env'>>;

/** What a run may be given beside its documents. */
export interface DocumentRun {
  /** What earlier checks left to save requests; default: nothing. */
  readonly memory?: FetchMemory;
  /** Loads the browser's driver; default: the optional package. */
  readonly loadBrowser?: BrowserPorts['load'];
  /** Keeps to the spacing on listed addresses of this machine too; for measuring. */
  readonly spacesListed?: boolean;
}

/** Requests at one time, over all hosts. */
const REQUESTS_MAX = 16;

/**
 * Checks one document: fetches it, compares its text with the accepted one, judges its claims.
 *
 * What would raise an alarm is looked at a second time, `confirmAfter` later (at once on a listed address of this machine) and on a
 * new connection. Never throws for what a server does; a page that cannot be read is inconclusive.
 */
export async function checkDocument(
  request: DocumentCheckRequest,
  ports: DocumentPorts,
  run: DocumentRun = {},
): Promise<DocumentCheck> {
  const [check] = await checkDocuments([request], ports, run);
  if (check === undefined) throw new RangeError('A request always has its check');
  return check;
}

/**
 * Checks documents side by side, one host no faster than its documents allow, and reports progress.
 *
 * The first looks at all pages come first: what changed on several pages of a host at once is known before any is judged.
 */
export async function checkDocuments(
  requests: readonly DocumentCheckRequest[],
  ports: DocumentPorts,
  run: DocumentRun = {},
): Promise<readonly DocumentCheck[]> {
  const world = openWorld(requests[0], ports, run);
  const progress = startProgress(requests.length, ports);
  try {
    const firsts = await Promise.all(
      requests.map(async (request) => {
        const first = await firstLook(request, world);
        progress.read(request.document.id);
        return { request, first, at: world.clock.now() };
      }),
    );
    const templatesOf = templatesByHost(
      firsts.map(({ request: { document, baseline }, first }) => ({
        document,
        whole: first?.kind === 'page' ? first.whole : undefined,
        accepted: baseline.accepted?.normalised,
      })),
    );
    return await Promise.all(
      firsts.map(async (looked) => {
        const templates = templatesOf(looked.request.document);
        const check = await concludeCheck(looked, { world, templates });
        progress.judged(check);
        return check;
      }),
    );
  } finally {
    await world.browser.close();
  }
}

interface FirstLook {
  readonly request: DocumentCheckRequest;
  /** Undefined for what no page can show. */
  readonly first: Sighting | undefined;
  readonly at: Instant;
}

function openWorld(
  first: DocumentCheckRequest | undefined,
  ports: DocumentPorts,
  { memory = NO_MEMORY, loadBrowser, spacesListed = false }: DocumentRun,
): LookPorts {
  const wait = first?.wait ?? pauseFor;
  const { clock, network, random, env } = ports;
  const queue = startHostQueue(REQUESTS_MAX, { ms: clock.ms, wait });
  const resting = new Map<string, number>();
  const fetching = { clock, network, random, wait, queue, resting, spacesListed };
  const browser = openBrowser(first?.loopback ?? [], {
    network,
    ...(env === undefined ? {} : { env }),
    ...(loadBrowser === undefined ? {} : { load: loadBrowser }),
  });
  return { ...fetching, memory, robots: openRobotsGate(fetching, memory), browser };
}

async function pauseFor(ms: number): Promise<void> {
  await pause(ms);
}

function startProgress(count: number, { log }: DocumentPorts) {
  let read = 0;
  let judged = 0;
  return {
    read: (document: string): void => {
      read += 1;
      if (read < count) log.progress(`documents ${read}/${count} read: ${document}`);
    },
    judged: ({ document, state }: DocumentCheck): void => {
      judged += 1;
      log.progress(`documents ${judged}/${count}: ${document} ${state}`);
    },
  };
}

async function firstLook(
  request: DocumentCheckRequest,
  world: LookPorts,
): Promise<Sighting | undefined> {
  const { document } = request;
  if (document.kind === 'attested' || document.url === undefined) return undefined;
  return await lookAtPage(request, world, { conditional: true });
}

async function concludeCheck(
  { request, first, at: accessedAt }: FirstLook,
  {
    world,
    templates,
  }: { readonly world: LookPorts; readonly templates: JudgeContext['templates'] & object },
): Promise<DocumentCheck> {
  const { document, baseline, now } = request;
  const context: JudgeContext = { document, baseline, now, accessedAt, templates };
  if (first === undefined) return judgeAttested(context);
  if (!needsSecondLook(first, context)) {
    return judgeFinding({ sighting: first, confirmed: true }, context);
  }
  const pauseMs = pauseBefore(first, request);
  if (pauseMs !== undefined) await world.wait(pauseMs);
  const form = first.kind === 'page' ? first.compared.representation : undefined;
  const second = await lookAtPage(request, world, { conditional: false, form });
  const latest = { ...context, accessedAt: world.clock.now() };
  return judgeFinding(settle(first, second, baseline), latest);
}

/**
 * One look is enough for what is known and for what could not be read; an alarm needs two, and so does a page that nobody has
 * accepted yet: what shows every visitor another text cannot be compared later (design: documents.md 3.1).
 */
function needsSecondLook(first: Sighting, { baseline }: JudgeContext): boolean {
  return first.kind === 'page' ? !isKnownText(first, baseline) : first.kind === 'missing';
}

/** Gives what may pass by itself time to pass; a new page is only asked twice. */
function pauseBefore(
  first: Sighting,
  { document, baseline, loopback }: DocumentCheckRequest,
): number | undefined {
  if (first.kind === 'page' && baseline.accepted === undefined) return undefined;
  const isOwn = isListed(new URL(document.url ?? ''), loopback);
  return isOwn ? 0 : durationMs(document.fetch.confirmAfter);
}

/** Believes an alarm when both looks agree, and a known text when the second look shows it. */
function settle(first: Sighting, second: Sighting, baseline: DocumentBaseline): Finding {
  if (first.kind === 'missing' && second.kind === 'missing') {
    return { sighting: second, confirmed: true };
  }
  if (second.kind !== 'page') return { sighting: first, confirmed: false };
  const agrees = first.kind === 'page' && isSameText(first, second);
  return { sighting: second, confirmed: agrees || isKnownText(second, baseline) };
}

const isSameText = (first: PageSighting, second: PageSighting): boolean =>
  first.digests.content === second.digests.content &&
  first.compared.representation === second.compared.representation;
