import { describe, expect, it } from 'vitest';
import { openBrowser } from './browser.ts';
import type { Playwright, PlaywrightContext } from './playwright.ts';

type Launch = Parameters<Playwright['chromium']['launch']>[0];
type Page = Awaited<ReturnType<PlaywrightContext['newPage']>>;

const network = { lookup: async () => ['127.0.0.1'] };
const request = { url: 'http://127.0.0.1:1/page', locale: 'en', timeout: '1s' };

/** Plays the driver: what it was told, and a page that a test may bend. */
function playDriver(bend: Partial<Page> = {}) {
  const seen = { launches: [] as Launch[], contexts: [] as object[], closed: 0, open: 0, most: 0 };
  const handlers: Parameters<PlaywrightContext['route']>[1][] = [];
  const page: Page = {
    goto: async () => ({
      status: () => 200,
      headers: () => ({ 'content-type': 'text/html; charset=iso-8859-1', server: 'x' }),
      request: () => ({ redirectedFrom: () => ({ redirectedFrom: () => null }) }),
    }),
    waitForLoadState: async () => {
      throw new Error('never silent');
    },
    content: async () => '<h1>Page</h1>',
    url: () => 'http://127.0.0.1:1/end',
    ...bend,
  };
  const driver: Playwright = {
    chromium: {
      launch: async (options) => {
        seen.launches.push(options);
        return {
          newContext: async (context) => {
            seen.contexts.push(context);
            seen.open += 1;
            seen.most = Math.max(seen.most, seen.open);
            return {
              route: async (_pattern, handler) => void handlers.push(handler),
              newPage: async () => page,
              close: async () => void (seen.open -= 1),
            };
          },
          close: async () => void (seen.closed += 1),
        };
      },
    },
  };
  const env = { SPENDPROOF_CHROMIUM: process.execPath, HOME: '/home/x', API_KEY: 'a secret' };
  return { browser: openBrowser([], { network, env, load: async () => driver }), seen, handlers };
}

describe('openBrowser, by what it tells its driver', () => {
  it('starts once, behind the proxy, without the environment, one fresh context a page', async () => {
    const { browser, seen } = playDriver();
    const pages = await Promise.all([browser.render(request), browser.render(request)]);
    await browser.close();
    expect(pages[1]).toMatchObject({
      kind: 'page',
      status: 200,
      redirects: 1,
      html: '<h1>Page</h1>',
    });
    expect(pages[0]?.kind === 'page' && pages[0].headers.get('content-type')).toBe(
      'text/html; charset=utf-8',
    );
    expect(seen).toMatchObject({ closed: 1, open: 0, most: 1 });
    expect(seen.launches).toHaveLength(1);
    const [launch] = seen.launches;
    expect(launch?.args).toContain('--proxy-bypass-list=<-loopback>');
    expect(launch?.proxy).toMatchObject({ bypass: '<-loopback>' });
    expect(launch?.proxy.server).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.keys(launch?.env ?? {})).toEqual(['HOME', 'PATH']);
    for (const context of seen.contexts) {
      expect(context).toMatchObject({
        serviceWorkers: 'block',
        acceptDownloads: false,
        locale: 'en',
      });
    }
  });

  it('loads words, not pictures', async () => {
    const { browser, handlers } = playDriver();
    await browser.render(request);
    const told: string[] = [];
    for (const type of ['document', 'script', 'image', 'font', 'media']) {
      await handlers[0]?.({
        request: () => ({ resourceType: () => type }),
        abort: async () => void told.push(`${type} no`),
        continue: async () => void told.push(`${type} yes`),
      });
    }
    await browser.close();
    expect(told).toEqual(['document yes', 'script yes', 'image no', 'font no', 'media no']);
  });

  it.each<readonly [string, Partial<Page>]>([
    ['answers nothing', { goto: async () => null }],
    ['fails', { goto: async () => Promise.reject(new Error('net::ERR_CERT_AUTHORITY_INVALID')) }],
    ['holds more than eleven mebibytes', { content: async () => 'x'.repeat(11 * 1024 * 1024) }],
    ['ended nowhere', { url: () => 'nowhere' }],
  ])('gives up on a page that %s, and closes what it opened', async (_what, bend) => {
    const { browser, seen } = playDriver(bend);
    expect(await browser.render(request)).toEqual({ kind: 'failure' });
    await browser.close();
    expect(seen).toMatchObject({ closed: 1, open: 0 });
  });

  it('has nothing to close when no page needed it', async () => {
    const { browser, seen } = playDriver();
    await browser.close();
    expect(seen.closed).toBe(0);
  });
});
