import { setTimeout as pause } from 'node:timers/promises';
import { durationMs, type Instant, type Ports } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { isListed } from '../address/guard.ts';
import type { DocumentBaseline, DocumentCheck } from './document-check.ts';
import {
  type Finding,
  isKnownText,
  judgeAttested,
  judgeClaims,
  type JudgeContext,
  judgeFinding,
  type PageSighting,
} from './judge-document.ts';
import { type HostLimits, type HostQueue, startHostQueue } from './host-queue.ts';
import { lookAtPage, type Sighting } from './sighting.ts';

/** Names a document to check and what is known about it. */
export interface DocumentCheckRequest {
  readonly document: PlanDocument;
  /** The plan's `network.loopback`. */
  readonly loopback: readonly string[];
  readonly baseline: DocumentBaseline;
  /** The instant that freshness is judged at: the review's. */
  readonly now: Instant;
  /** Lets milliseconds pass between looks; default: a timer. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** The parts of the world that a document check touches. */
export type DocumentPorts = Pick<Ports, 'clock' | 'log' | 'network'>;

/** Documents looked at side by side, over all hosts. */
const LOOKS_MAX = 6;

/**
 * Checks one document: fetches it, compares its text with the accepted one, judges its claims.
 *
 * What would raise an alarm is looked at a second time, `confirmAfter` later (at once on a listed address of this machine) and on a
 * new connection. Never throws for what a server does; a page that cannot be read is inconclusive.
 */
export async function checkDocument(
  request: DocumentCheckRequest,
  ports: DocumentPorts,
): Promise<DocumentCheck> {
  return await checkInQueue(request, ports, startQueue(request.wait, ports));
}

/** Checks documents side by side, one host no faster than its documents allow, and reports progress. */
export async function checkDocuments(
  requests: readonly DocumentCheckRequest[],
  ports: DocumentPorts,
): Promise<readonly DocumentCheck[]> {
  const queue = startQueue(requests[0]?.wait, ports);
  let done = 0;
  return await Promise.all(
    requests.map(async (request) => {
      const check = await checkInQueue(request, ports, queue);
      done += 1;
      ports.log.progress(`documents ${done}/${requests.length}: ${check.document} ${check.state}`);
      return check;
    }),
  );
}

const startQueue = (wait: DocumentCheckRequest['wait'], ports: DocumentPorts): HostQueue =>
  startHostQueue(LOOKS_MAX, { ms: ports.clock.ms, wait: wait ?? pauseFor });

async function pauseFor(ms: number): Promise<void> {
  await pause(ms);
}

async function checkInQueue(
  request: DocumentCheckRequest,
  ports: DocumentPorts,
  queue: HostQueue,
): Promise<DocumentCheck> {
  const { document, baseline, now } = request;
  const context: JudgeContext = { document, baseline, now, accessedAt: ports.clock.now() };
  if (document.kind === 'attested' || document.url === undefined) return judgeAttested(context);
  const url = new URL(document.url);
  const isOwn = isListed(url, request.loopback);
  const wait = request.wait ?? pauseFor;
  const limits: HostLimits = {
    atOnce: document.fetch.perHost,
    spacingMs: isOwn ? 0 : durationMs(document.fetch.spacing),
  };
  const look = async (): Promise<Sighting> =>
    await queue.run(url.host, limits, async () => lookAtPage(request, { ...ports, wait }));
  const first = await look();
  if (!needsSecondLook(first, context))
    return judgeFinding({ sighting: first, confirmed: true }, context);
  await wait(isOwn ? 0 : durationMs(document.fetch.confirmAfter));
  const second = await look();
  const latest = { ...context, accessedAt: ports.clock.now() };
  return judgeFinding(settle(first, second, baseline), latest);
}

/** One look is enough for what is known and for what could not be read; an alarm needs two. */
function needsSecondLook(first: Sighting, context: JudgeContext): boolean {
  if (first.kind !== 'page') return first.kind === 'missing';
  if (isKnownText(first, context.baseline)) return false;
  const isBroken = judgeClaims(first, context).some(({ result }) => result === 'broken');
  return isBroken || context.baseline.accepted !== undefined;
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
