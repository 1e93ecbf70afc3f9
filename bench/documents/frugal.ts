import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Instant, instantFromMs, parsePlainDate } from '../../src/core/index.ts';
import {
  checkDocuments,
  digestDocument,
  type DocumentCheck,
  type FetchMemory,
  type NormalisedDocument,
  type Snapshot,
  type StoredRobots,
} from '../../src/verify/index.ts';
import { planDocument } from '../../src/verify/documents/testing.ts';
import type { Figure } from '../figure.ts';

const HOSTS = 20;
const PAGES = 10;
const SPACING_MS = 1000;
const LATENCY_MS = 50;

interface Site {
  readonly server: Server;
  readonly host: string;
  bytes: number;
  requests: number;
}

interface Run {
  readonly checks: readonly DocumentCheck[];
  readonly bytes: number;
  /** Requests at the busiest host. */
  readonly requests: number;
  readonly ms: number;
}

/**
 * Measures 200 documents of 20 hosts on this machine, each host 50 ms away and one second between requests: the bytes of a second
 * run over unchanged pages against the first, and the time of both against what the spacing alone requires.
 */
export async function frugalFigures(): Promise<readonly Figure[]> {
  const sites: Site[] = [];
  for (let index = 0; index < HOSTS; index += 1) sites.push(await startSite(index));
  try {
    const memory = makeMemory();
    const first = await runOnce(sites, memory, []);
    const second = await runOnce(sites, memory, first.checks);
    const same = second.checks.filter(({ detail }) => detail === 'unchanged').length;
    if (same !== HOSTS * PAGES) throw new Error(`Expected 200 unchanged documents, got ${same}`);
    return [bytesFigure(first, second), timeFigure('first', first), timeFigure('second', second)];
  } finally {
    for (const { server } of sites) {
      server.closeAllConnections();
      server.close();
    }
  }
}

function bytesFigure(first: Run, second: Run): Figure {
  const ratio = second.bytes / first.bytes;
  return {
    name: 'documents: bytes of a second run over 200 unchanged pages, against the first',
    value: String(second.bytes),
    reference: String(first.bytes),
    ratio: ratio.toFixed(3),
    goal: '<= 0.10',
    ok: ratio <= 0.1,
  };
}

function timeFigure(name: string, { ms, requests }: Run): Figure {
  const reference = (requests - 1) * SPACING_MS + LATENCY_MS;
  const ratio = ms / reference;
  return {
    name: `documents: ms of the ${name} run over 20 hosts, against the spacing alone`,
    value: ms.toFixed(0),
    reference: String(reference),
    ratio: ratio.toFixed(2),
    goal: '<= 1.10',
    ok: ratio <= 1.1,
  };
}

async function runOnce(
  sites: readonly Site[],
  memory: ReturnType<typeof makeMemory>,
  accepted: readonly DocumentCheck[],
): Promise<Run> {
  for (const site of sites) Object.assign(site, { bytes: 0, requests: 0 });
  const now: Instant = instantFromMs(Date.now());
  const started = performance.now();
  const checks = await checkDocuments(
    sites.flatMap(({ host }, site) =>
      Array.from({ length: PAGES }, (_, page) => ({
        document: planDocument({ id: `page-${site}-${page}`, url: `http://${host}/page-${page}` }),
        loopback: sites.map((one) => one.host),
        baseline: baselineOf(`page-${site}-${page}`, accepted),
        now,
      })),
    ),
    {
      clock: { now: () => now, ms: () => Date.now() },
      log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
      random: { bytes: (count) => new Uint8Array(count) },
      network: { lookup: async () => ['127.0.0.1'] },
    },
    { memory, spacesListed: true },
  );
  const ms = performance.now() - started;
  for (const check of checks) memory.keepRead(check);
  return {
    checks,
    bytes: sites.reduce((sum, site) => sum + site.bytes, 0),
    requests: Math.max(...sites.map(({ requests }) => requests)),
    ms,
  };
}

function baselineOf(id: string, checks: readonly DocumentCheck[]) {
  const check = checks.find(({ document }) => document === id);
  const on = parsePlainDate('2026-11-23');
  const isRead = check?.normalised !== undefined && check.content !== null && on !== undefined;
  return isRead
    ? {
        variants: [],
        accepted: { content: check.content, by: 'finops', on, normalised: check.normalised },
        lastVerified: check.accessedAt,
      }
    : { variants: [] };
}

/** Serves ten pages of some 60 kB with validators, ETag and Last-Modified in turn, gzipped as sites do. */
async function startSite(index: number): Promise<Site> {
  const site: Site = { server: createServer(), host: '', bytes: 0, requests: 0 };
  site.server.on('request', (request, response) => {
    site.requests += 1;
    const { socket } = response;
    const before = socket?.bytesWritten ?? 0;
    response.on('close', () => {
      site.bytes += (socket?.bytesWritten ?? 0) - before;
    });
    const path = request.url ?? '/';
    const etag = `"${index}${path}"`;
    const modified = 'Mon, 02 Nov 2026 08:00:00 GMT';
    const isSame =
      request.headers['if-none-match'] === etag ||
      request.headers['if-modified-since'] === modified;
    void pause(LATENCY_MS).then(() => {
      if (!/^\/page-\d$/.test(path)) response.writeHead(404).end();
      else if (isSame) response.writeHead(304).end();
      else {
        const validator = Number(path.at(-1)) % 2 === 0 ? { etag } : { 'last-modified': modified };
        response.writeHead(200, {
          'content-type': 'text/html',
          'content-encoding': 'gzip',
          ...validator,
        });
        response.end(gzipSync(pageOf(index, path)));
      }
    });
  });
  await new Promise<void>((ready) => {
    site.server.listen(0, '127.0.0.1', ready);
  });
  const { port } = site.server.address() as AddressInfo;
  return Object.assign(site, { host: `127.0.0.1:${port}` });
}

function pageOf(site: number, path: string): string {
  const paragraphs = Array.from(
    { length: 200 },
    (_, index) =>
      `<h2>Part ${index} of ${path}</h2><p>Words of site ${site}, number ${index * 7919}: ${'what a page of a documentation says about itself '.repeat(5)}</p>`,
  );
  return `<html lang="en"><head><title>${path}</title></head><body><main>${paragraphs.join('')}</main></body></html>`;
}

function makeMemory(): FetchMemory & { readonly keepRead: (check: DocumentCheck) => void } {
  const snapshots = new Map<string, Snapshot>();
  const robots = new Map<string, StoredRobots>();
  const texts = new Map<string, NormalisedDocument>();
  return {
    snapshotOf: (document) => snapshots.get(document),
    keepSnapshot: (document, snapshot) => void snapshots.set(document, snapshot),
    robotsOf: (origin) => robots.get(origin),
    keepRobots: (origin, rules) => void robots.set(origin, rules),
    textOf: async (content) => texts.get(content),
    keepRead: ({ normalised }) => {
      if (normalised !== undefined) texts.set(digestDocument(normalised).content, normalised);
    },
  };
}
