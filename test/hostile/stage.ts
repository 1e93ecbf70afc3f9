import { createServer, type Server } from 'node:https';
import { type Instant, instantFromMs, parsePlainDate } from '../../src/core/index.ts';
import {
  checkDocument,
  digestDocument,
  type DocumentBaseline,
  type DocumentCheck,
  type FetchMemory,
  type NormalisedDocument,
  type Snapshot,
  type StoredRobots,
} from '../../src/verify/index.ts';
import { planDocument } from '../../src/verify/documents/testing.ts';
import {
  type DocumentHandler,
  type DocumentServer,
  pricingPage,
  startDocumentServer,
} from '../servers/documents.ts';
import { loadDriver } from './driver.ts';
import { makeCertificate } from './certificate.ts';

type DocumentFields = Parameters<typeof planDocument>[0];

/** Where one scenario plays: a server of its own whose page a role has accepted, and what the scenario may bend. */
export interface Stage {
  readonly server: DocumentServer;
  /** A second site on this machine, listed too, but no host of the document. */
  readonly other: DocumentServer;
  /** Answers of the name server; names that are not here lead to this machine. */
  readonly names: Map<string, readonly (readonly string[])[]>;
  /** Addresses that the plan lists beside the server's own. */
  readonly loopback: string[];
  /** Starts HTTPS with a certificate that nobody trusts and gives its origin; ended by the stage. */
  readonly startTls: (days: number) => Promise<string>;
}

/** One thing that a documentation server may do, and what a check must make of it. */
export interface Scenario {
  readonly name: string;
  readonly group: string;
  /** Bends the server after the ordinary page was accepted; gives fields of the document to check. */
  readonly play: (
    stage: Stage,
  ) => DocumentFields | undefined | void | Promise<DocumentFields | undefined>;
  /** What the first check read and a role accepted; default: the ordinary page. */
  readonly accepted?: string | DocumentHandler;
  /** A text that a role accepted earlier. */
  readonly variant?: string;
  /** Fields of the document from the beginning. */
  readonly document?: DocumentFields;
  /** Checks before the one that counts; default 0. */
  readonly before?: number;
  readonly needs?: 'openssl' | 'browser';
  /** `state / detail / outcome`, with the reason that says more, such as `+ document-tls`. */
  readonly expected: string;
}

const START_MS = Date.UTC(2026, 10, 23, 8);
const CLAIMS = [
  { id: 'pricing-page', kind: 'heading', text: 'About pricing' },
  { id: 'chat', kind: 'endpoint', method: 'POST', path: '/v1/chat/completions' },
] as const;
/** Reasons that say more than the detail; the rest repeats it. */
const TELLING: readonly string[] = [
  'browser-missing',
  'document-tls',
  'document-unstable',
  'robots-disallowed',
];

/** Plays a scenario on real sockets and gives what the check found, in the words of {@link Scenario.expected}. */
export async function playScenario(scenario: Scenario): Promise<string> {
  const server = await startDocumentServer();
  const other = await startDocumentServer();
  const tls: Server[] = [];
  const stage: Stage = {
    server,
    other,
    names: new Map(),
    loopback: [server.host, other.host],
    startTls: async (days) => await startTls(days, tls, stage),
  };
  try {
    const memory = makeMemory();
    server.serve('/page', scenario.accepted ?? pricingPage());
    const { fetch } = planDocument();
    const document: DocumentFields = {
      url: `${server.origin}/page`,
      claims: CLAIMS,
      mustContain: ['pricing'],
      locale: 'en',
      fetch: { ...fetch, render: 'never' },
      ...scenario.document,
    };
    const first = await check(stage, document, { variants: [] }, memory);
    const variants = await acceptedEarlier(scenario, { stage, document, memory });
    const baseline = { ...accept(first), variants };
    const bent = { ...document, ...(await scenario.play(stage)) };
    let found = first;
    for (let round = 0; round <= (scenario.before ?? 0); round += 1) {
      found = await check(stage, bent, baseline, memory);
    }
    return summary(found);
  } finally {
    await server.close();
    await other.close();
    for (const one of tls) {
      one.closeAllConnections();
      one.close();
    }
  }
}

function summary({ state, detail, outcome }: DocumentCheck): string {
  const more = outcome.reasons.filter((reason) => TELLING.includes(reason));
  return [`${state} / ${detail} / ${outcome.kind}`, ...more].join(' + ');
}

async function check(
  stage: Stage,
  fields: DocumentFields,
  baseline: DocumentBaseline,
  memory: FetchMemory & { readonly keepRead: (check: DocumentCheck) => void },
): Promise<DocumentCheck> {
  const asked = new Map<string, number>();
  const now: Instant = instantFromMs(START_MS);
  const found = await checkDocument(
    {
      document: planDocument(fields),
      loopback: stage.loopback,
      baseline,
      now,
      wait: async () => undefined,
    },
    {
      clock: { now: () => now, ms: () => START_MS },
      log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
      random: { bytes: (count) => new Uint8Array(count).fill(7) },
      network: {
        lookup: async (host) => {
          const answers = stage.names.get(host) ?? [['127.0.0.1']];
          const turn = asked.get(host) ?? 0;
          asked.set(host, turn + 1);
          const answer = answers[Math.min(turn, answers.length - 1)] ?? [];
          if (answer.length > 0) return answer;
          throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
        },
      },
    },
    { memory, loadBrowser: loadDriver },
  );
  memory.keepRead(found);
  return found;
}

async function acceptedEarlier(
  { variant }: Scenario,
  world: {
    readonly stage: Stage;
    readonly document: DocumentFields;
    readonly memory: ReturnType<typeof makeMemory>;
  },
): Promise<DocumentBaseline['variants']> {
  if (variant === undefined) return [];
  world.stage.server.serve('/page', variant);
  const { content } = await check(world.stage, world.document, { variants: [] }, world.memory);
  return content === null ? [] : [content];
}

function accept({ content, normalised, detail }: DocumentCheck): DocumentBaseline {
  if (content === null || normalised === undefined) throw new Error(`Not accepted: ${detail}`);
  const on = parsePlainDate('2026-11-22');
  if (on === undefined) throw new RangeError('A date');
  return {
    accepted: { content, by: 'finops', on, normalised },
    variants: [],
    lastVerified: instantFromMs(START_MS - 86_400_000),
  };
}

function makeMemory(): FetchMemory & { readonly keepRead: (check: DocumentCheck) => void } {
  const snapshots = new Map<string, Snapshot>();
  const robots = new Map<string, StoredRobots>();
  const texts = new Map<string, NormalisedDocument>();
  return {
    snapshotOf: (document) => snapshots.get(document),
    keepSnapshot: (document, snapshot) => void snapshots.set(document, snapshot),
    // Scenarios bend robots.txt after the page was accepted, so it is read each time.
    robotsOf: () => undefined,
    keepRobots: (origin, rules) => void robots.set(origin, rules),
    textOf: async (content) => texts.get(content),
    keepRead: ({ normalised, whole }) => {
      for (const text of [normalised, whole]) {
        if (text !== undefined) texts.set(digestDocument(text).content, text);
      }
    },
  };
}

async function startTls(days: number, servers: Server[], stage: Stage): Promise<string> {
  const certificate = makeCertificate(days);
  if (certificate === undefined) throw new Error('openssl is not here');
  const server = createServer(certificate, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(pricingPage());
  });
  servers.push(server);
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  stage.loopback.push(`localhost:${port}`);
  return `https://localhost:${port}`;
}
