import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answer,
  DONE,
  type DocumentServer,
  holdOpen,
  redirect,
  startDocumentServer,
} from '../../../test/servers/documents.ts';
import { openBrowser, type PageBrowser } from './browser.ts';
import { loadPlaywright } from './playwright.ts';

const driver = await loadPlaywright(process.env['SPENDPROOF_TEST_PLAYWRIGHT'] ?? 'playwright-core');
const isHere = driver !== undefined && existsSync('/usr/bin/chromium');

describe.skipIf(!isHere)('openBrowser (needs Chromium and playwright-core)', () => {
  let server: DocumentServer;
  let inside: Server;
  let insideHost = '';
  let insideHits = 0;
  let browser: PageBrowser;
  beforeAll(async () => {
    server = await startDocumentServer();
    inside = createServer((_request, response) => {
      insideHits += 1;
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('secret of the inside');
    });
    await new Promise<void>((ready) => {
      inside.listen(0, '127.0.0.1', ready);
    });
    const address = inside.address();
    insideHost = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const network = { lookup: async () => ['127.0.0.1'] };
    browser = openBrowser([server.host], { network, load: async () => driver });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    inside.close();
  });
  const render = async (path: string) =>
    await browser.render({ url: `${server.origin}${path}`, locale: 'en', timeout: '10m' });

  it('shows what scripts write, under our own name', async () => {
    server.serve(
      '/app',
      `<div id="root"></div><script>root.innerHTML = '<h1>Written by ' + (20 + 22) + '</h1>'</script>`,
    );
    const page = await render('/app');
    expect(page).toMatchObject({ kind: 'page', status: 200, redirects: 0 });
    expect(page.kind === 'page' && page.html).toContain('<h1>Written by 42</h1>');
    const asked = server.requests.find(({ line }) => line === 'GET /app');
    expect(asked?.headers['user-agent']).toMatch(/^spendproof\//);
  });

  it('lets no request of a page, a redirect, a picture or a socket reach the inside', async () => {
    server.serve('/bounce', redirect(302, `http://${insideHost}/bounced`));
    const name = `localhost:${insideHost.split(':')[1]}`;
    server.serve(
      '/probe',
      `<h1>Probe</h1><img src="http://${insideHost}/img"><iframe src="http://${name}/frame"></iframe>
<link rel="stylesheet" href="http://${insideHost}/css"><script src="http://[::ffff:127.0.0.1]:${insideHost.split(':')[1]}/js"></script>
<script>
const asked = ['http://${insideHost}/fetch', '/bounce', 'http://${name}/name', 'https://${insideHost}/tls'].map((url) =>
  fetch(url).then((r) => r.text()).then((t) => { document.body.append(t) }, () => {}));
try { new WebSocket('ws://${insideHost}/ws') } catch {}
navigator.sendBeacon('http://${insideHost}/beacon');
Promise.all(asked).then(${DONE});
</script>${holdOpen(server)}`,
    );
    const page = await render('/probe');
    expect(page).toMatchObject({ kind: 'page', status: 200 });
    expect(page.kind === 'page' && page.html).not.toContain('secret of the inside');
    expect(server.requests.some(({ line }) => line === 'GET /bounce')).toBe(true);
    expect(insideHits).toBe(0);
    // The same page does get through where the plan lists the address: the probe can fail.
    const network = { lookup: async () => ['127.0.0.1'] };
    const open = openBrowser([server.host, insideHost], { network, load: async () => driver });
    await open.render({ url: `${server.origin}/probe`, locale: 'en', timeout: '10m' });
    await open.close();
    expect(insideHits).toBeGreaterThan(2);
    insideHits = 0;
  });

  it('follows a page that leads away by itself and says where it ended', async () => {
    server.serve('/old', redirect(302, '/new'));
    server.serve('/new', '<h1>New</h1>');
    expect(await render('/old')).toMatchObject({
      kind: 'page',
      redirects: 1,
      url: new URL('/new', server.origin),
    });
    server.serve('/hop', `<script>location = 'http://${insideHost}/hop'</script>`);
    await render('/hop');
    expect(insideHits).toBe(0);
  });

  it('gives up on what is no page', async () => {
    server.serve(
      '/file',
      answer(200, 'x', { 'content-disposition': 'attachment; filename=a.txt' }),
    );
    expect(await render('/file')).toEqual({ kind: 'failure' });
  });
});

describe('openBrowser', () => {
  const network = { lookup: async () => ['127.0.0.1'] };
  const request = { url: 'http://127.0.0.1:1/', locale: undefined, timeout: '1s' };

  it('says that there is no browser where none is, where its driver is missing, and where it does not start', async () => {
    const refusing = {
      chromium: {
        launch: async () => {
          throw new Error('no display');
        },
      },
    };
    for (const [chromium, load] of [
      ['/nowhere/chromium', async () => refusing],
      [process.execPath, async () => undefined],
      [process.execPath, async () => refusing],
    ] as const) {
      const browser = openBrowser([], { network, env: { SPENDPROOF_CHROMIUM: chromium }, load });
      expect(await browser.render(request)).toEqual({ kind: 'no-browser' });
      await browser.close();
    }
  });

  it('loads no driver that is not one', async () => {
    expect(await loadPlaywright('no-such-package-anywhere')).toBeUndefined();
    expect(await loadPlaywright('node:path')).toBeUndefined();
  });
});
