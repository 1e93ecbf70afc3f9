import { access, constants } from 'node:fs/promises';
import { durationMs, type Network, VERSION } from '../../core/index.ts';
import { type EgressProxy, startEgressProxy } from '../address/egress-proxy.ts';
import { BODY_MAX_BYTES } from './body.ts';
import type { FetchRequest } from './page-fetch.ts';
import {
  loadPlaywright,
  type Playwright,
  type PlaywrightBrowser,
  type PlaywrightContext,
} from './playwright.ts';

/** Holds a page as a browser shows it after its scripts ran. */
export interface BrowserPage {
  readonly kind: 'page';
  readonly status: number;
  readonly url: URL;
  readonly redirects: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly html: string;
}

export type BrowserAnswer =
  | BrowserPage
  | { readonly kind: 'no-browser' }
  | { readonly kind: 'failure' };

/** Opens pages in the browser of this machine, one at a time; started by the first page that needs it. */
export interface PageBrowser {
  readonly render: (
    request: Pick<FetchRequest, 'url' | 'locale' | 'timeout'>,
  ) => Promise<BrowserAnswer>;
  readonly close: () => Promise<void>;
}

/** What a browser needs of the world. */
export interface BrowserPorts {
  readonly network: Network;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Loads the driver; tests replace it. */
  readonly load?: () => Promise<Playwright | undefined>;
}

/** Where systems install Chromium; `SPENDPROOF_CHROMIUM` names another. */
const CHROMIUM_PATHS: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const LAUNCH_ARGS: readonly string[] = [
  // Without this Chromium reaches loopback beside the proxy (design: documents.md 3.8).
  '--proxy-bypass-list=<-loopback>',
  // Names are looked up by the proxy alone.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--disable-quic',
  '--disable-gpu',
];

/** What a page of text does not need. */
const UNNEEDED: readonly string[] = ['image', 'media', 'font'];
/** A page that never falls silent is read as it is after this time. */
const SETTLE_MAX_MS = 5000;

interface Started {
  readonly browser: PlaywrightBrowser;
  readonly proxy: EgressProxy;
}

/** Prepares the browser; nothing is loaded or started before a page needs it. */
export function openBrowser(loopback: readonly string[], ports: BrowserPorts): PageBrowser {
  let starting: Promise<Started | undefined> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    render: async (request) => {
      starting ??= startBrowser(loopback, ports);
      const started = await starting;
      if (started === undefined) return { kind: 'no-browser' };
      const turn = last.then(async () => await renderPage(started, request));
      last = turn;
      return await turn;
    },
    close: async () => {
      const started = await starting;
      await started?.browser.close();
      await started?.proxy.close();
    },
  };
}

async function startBrowser(
  loopback: readonly string[],
  { network, env = {}, load = loadPlaywright }: BrowserPorts,
): Promise<Started | undefined> {
  const executablePath = await findChromium(env['SPENDPROOF_CHROMIUM']);
  const playwright = executablePath === undefined ? undefined : await load();
  if (executablePath === undefined || playwright === undefined) return undefined;
  const proxy = await startEgressProxy(loopback, network);
  const { server, username, password } = proxy;
  try {
    const browser = await playwright.chromium.launch({
      executablePath,
      headless: true,
      // Chromium's own sandbox does not start for root.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [...LAUNCH_ARGS],
      proxy: { server, username, password, bypass: '<-loopback>' },
      // The secrets of the environment are no business of a page.
      env: { HOME: env['HOME'] ?? '/tmp', PATH: env['PATH'] ?? '/usr/bin:/bin' },
    });
    return { browser, proxy };
  } catch {
    // A browser that does not start is as good as none.
    await proxy.close();
    return undefined;
  }
}

async function findChromium(named: string | undefined): Promise<string | undefined> {
  for (const path of named === undefined ? CHROMIUM_PATHS : [named]) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

async function renderPage(
  { browser, proxy }: Started,
  request: Pick<FetchRequest, 'url' | 'locale' | 'timeout'>,
): Promise<BrowserAnswer> {
  proxy.startPage();
  const timeout = durationMs(request.timeout);
  let context: PlaywrightContext | undefined;
  // A script that never ends would keep the page from answering at all.
  const deadline = setTimeout(() => void context?.close(), timeout + SETTLE_MAX_MS);
  try {
    context = await browser.newContext({
      serviceWorkers: 'block',
      acceptDownloads: false,
      userAgent: `spendproof/${VERSION}`,
      ...(request.locale === undefined ? {} : { locale: request.locale }),
    });
    return await readPage(context, request.url, timeout);
  } catch {
    // What a browser says of a page that failed holds parts of the page.
    return { kind: 'failure' };
  } finally {
    clearTimeout(deadline);
    await context?.close();
  }
}

async function readPage(
  context: PlaywrightContext,
  url: string,
  timeout: number,
): Promise<BrowserAnswer> {
  await context.route('**/*', async (route) => {
    if (UNNEEDED.includes(route.request().resourceType())) await route.abort();
    else await route.continue();
  });
  const page = await context.newPage();
  const response = await page.goto(url, { waitUntil: 'domcontentloaded', timeout });
  if (response === null) return { kind: 'failure' };
  await page.waitForLoadState('networkidle', { timeout: Math.min(timeout, SETTLE_MAX_MS) }).then(
    () => undefined,
    () => undefined,
  );
  const html = await page.content();
  if (Buffer.byteLength(html) > BODY_MAX_BYTES) return { kind: 'failure' };
  const headers = new Map(Object.entries(response.headers()));
  // The browser has undone the encoding and the charset.
  headers.set('content-type', 'text/html; charset=utf-8');
  let redirects = 0;
  for (
    let from = response.request().redirectedFrom();
    from !== null;
    from = from.redirectedFrom()
  ) {
    redirects += 1;
  }
  return {
    kind: 'page',
    status: response.status(),
    url: new URL(page.url()),
    redirects: Math.min(redirects, 20),
    headers,
    html,
  };
}
