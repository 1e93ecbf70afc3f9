import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantFromMs, parsePlainDate } from '../../core/index.ts';
import {
  answer,
  type DocumentServer,
  htmlPage,
  PRICING_MAIN,
  pricingPage,
  startDocumentServer,
} from '../../../test/servers/documents.ts';
import { checkDocument, checkDocuments, type DocumentRun } from './check-document.ts';
import type { DocumentBaseline, DocumentCheck } from './document-check.ts';
import type { StoredRobots } from './fetch-memory.ts';
import { NO_MEMORY } from './fetch-memory.ts';
import { planDocument } from './testing.ts';

const START = Date.UTC(2026, 10, 23, 8);
const ON = parsePlainDate('2026-11-22')!;
let server: DocumentServer;
beforeAll(async () => {
  server = await startDocumentServer();
});
afterAll(async () => {
  await server.close();
});

let nowMs = START;
const ports = () => ({
  clock: { now: () => instantFromMs(nowMs), ms: () => nowMs },
  log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
  network: { lookup: async () => ['127.0.0.1'] },
  random: { bytes: (count: number) => new Uint8Array(count) },
});
const requestOf = (
  path: string,
  baseline: DocumentBaseline = { variants: [] },
  extra: Parameters<typeof planDocument>[0] = {},
) => ({
  document: planDocument({ id: path.slice(1), url: server.origin + path, ...extra }),
  loopback: [server.host],
  baseline,
  now: instantFromMs(nowMs),
  wait: async () => undefined,
});
const check = async (
  path: string,
  baseline?: DocumentBaseline,
  extra?: Parameters<typeof planDocument>[0],
  run: DocumentRun = {},
): Promise<DocumentCheck> => await checkDocument(requestOf(path, baseline, extra), ports(), run);

function accepted({ content, normalised }: DocumentCheck): DocumentBaseline {
  if (content === null || normalised === undefined) throw new Error('not read');
  return {
    accepted: { content, by: 'finops', on: ON, normalised },
    variants: [],
    lastVerified: instantFromMs(START),
  };
}
const asked = (path: string): number =>
  server.requests.filter(({ line }) => line === `GET ${path}`).length;

describe('a page that nobody has accepted', () => {
  const URL_PATH = '/fresh';

  it('is read twice, on two connections and without a pause', async () => {
    server.serve(URL_PATH, pricingPage());
    const waits: number[] = [];
    const wait = async (ms: number): Promise<void> => void waits.push(ms);
    const found = await checkDocument({ ...requestOf(URL_PATH), wait }, ports());
    expect(found.detail).toBe('first-sight');
    // A Markdown twin was looked for once.
    expect([asked(URL_PATH), asked(`${URL_PATH}.md`)]).toEqual([2, 1]);
    expect(waits).toEqual([]);
  });

  it('is unsteady when it shows another text to each visitor', async () => {
    const other = pricingPage('is what counts', 'is what matters');
    server.serveInTurn(URL_PATH, [pricingPage(), other]);
    const found = await check(URL_PATH);
    expect(found).toMatchObject({ state: 'new', detail: 'pending' });
    expect(found.outcome).toEqual({
      kind: 'inconclusive',
      reasons: ['document-new', 'document-unsteady'],
      missing: ['document:fresh'],
    });
  });
});

describe('a run of checks', () => {
  it('takes what changed on three unlike pages of a host for its template, and nothing with a value in it', async () => {
    const paths = ['/one', '/two', '/three'];
    const serve = (banner: string): void => {
      for (const path of paths) {
        const words = Array.from(
          { length: 8 },
          (_, at) => `<p>${path} says what only it can say about ${'abcdefgh'[at]}.</p>`,
        );
        server.serve(
          path,
          htmlPage({ title: path, main: `<h1>${path}</h1><p>${banner}</p>${words.join('')}` }),
        );
      }
    };
    serve('Meet us in spring.');
    const firsts = await checkDocuments(
      paths.map((path) => requestOf(path)),
      ports(),
    );
    const again = async () =>
      await checkDocuments(
        paths.map((path, index) => requestOf(path, accepted(firsts[index]!))),
        ports(),
      );
    serve('Meet us in autumn.');
    expect((await again()).map(({ detail }) => detail)).toEqual(Array(3).fill('changed-cosmetic'));
    const alone = await check('/one', accepted(firsts[0]!));
    expect(alone.detail).toBe('changed');
    serve('Input costs $4.00 now.');
    expect((await again()).map(({ detail }) => detail)).toEqual(Array(3).fill('changed'));
  });

  it('reads robots.txt once a run and host, and again after a day', async () => {
    const kept = new Map<string, StoredRobots>();
    const memory = {
      ...NO_MEMORY,
      robotsOf: (origin: string) => kept.get(origin),
      keepRobots: (origin: string, rules: StoredRobots) => void kept.set(origin, rules),
    };
    server.serve('/a', pricingPage());
    server.serve('/b', pricingPage());
    const before = asked('/robots.txt');
    const run = async () =>
      await checkDocuments([requestOf('/a'), requestOf('/b')], ports(), { memory });
    await run();
    await run();
    expect(asked('/robots.txt') - before).toBe(1);
    nowMs = START + 25 * 3600 * 1000;
    await run();
    nowMs = START;
    expect(asked('/robots.txt') - before).toBe(2);
  });

  it('asks a host no more that wants a long rest', async () => {
    server.serve('/c', answer(503, '', { 'retry-after': '3600' }));
    const fetch = { ...planDocument().fetch, perHost: 1 };
    const before = asked('/c');
    const found = await checkDocuments(
      ['first', 'second'].map((id) => requestOf('/c', undefined, { id, fetch })),
      ports(),
    );
    expect(asked('/c') - before).toBe(1);
    expect(found.map(({ detail }) => detail)).toEqual(['unreachable', 'blocked']);
  });

  it('finds the Markdown twin that the header, the head or the address names, and stays with it', async () => {
    const markdown = `# About pricing\n\n${'Usage is billed by the token. '.repeat(9)}\n\n## Rates\n\nAs shown.\n`;
    const asMarkdown = answer(200, markdown, { 'content-type': 'text/markdown' });
    server.serve(
      '/twin-a',
      answer(200, pricingPage(), { link: '</aside.md>; rel="alternate"; type="text/markdown"' }),
    );
    server.serve('/aside.md', asMarkdown);
    const byHeader = await check('/twin-a');
    expect(byHeader).toMatchObject({ representation: 'markdown', state: 'new' });
    expect(await check('/twin-a', accepted(byHeader))).toMatchObject({ detail: 'unchanged' });
    server.serve('/twin-b', pricingPage());
    server.serve('/twin-b.md', asMarkdown);
    expect(await check('/twin-b')).toMatchObject({ representation: 'markdown' });
    server.serve(
      '/twin-b.md',
      answer(200, '# Welcome\n\nTo another page of the site.', { 'content-type': 'text/markdown' }),
    );
    expect(await check('/twin-b')).toMatchObject({ representation: 'html' });
  });

  it('names the gap when a page needs scripts and no browser is there', async () => {
    server.serve('/app', '<title>Pricing</title><div id="root"></div><script>go()</script>');
    const without = { loadBrowser: async () => undefined };
    expect(await check('/app', undefined, {}, without)).toMatchObject({
      detail: 'degraded',
      outcome: { kind: 'inconclusive', reasons: expect.arrayContaining(['browser-missing']) },
    });
    const always = { fetch: { ...planDocument().fetch, render: 'always' as const } };
    expect(await check('/app', undefined, always, without)).toMatchObject({
      outcome: { reasons: expect.arrayContaining(['browser-missing']) },
    });
    server.serve('/robots.txt', 'User-agent: *\nDisallow: /app');
    expect(await check('/app', undefined, always, without)).toMatchObject({ detail: 'blocked' });
    server.serve('/robots.txt', answer(404, ''));
  });

  it('calls a source unstable that flips too often, without failing it', async () => {
    server.serve('/flip', pricingPage());
    const base = accepted(await check('/flip'));
    const other = await (async () => {
      server.serve('/flip', pricingPage('is what counts', 'is what matters'));
      return await check('/flip');
    })();
    const variants = other.content === null ? [] : [other.content];
    const calm = await check('/flip', { ...base, variants, flips: 4 });
    expect(calm.outcome).toEqual({ kind: 'pass', reasons: [] });
    const wild = await check('/flip', { ...base, variants, flips: 5 });
    expect(wild.outcome).toEqual({ kind: 'pass', reasons: ['document-unstable'] });
  });

  it('takes an upgrade of the normaliser for no change', async () => {
    server.serve('/upgrade', pricingPage());
    const now = await check('/upgrade');
    const { accepted: text, ...rest } = accepted(now);
    const old = { ...text!, content: other(text!.content), normaliser: 'nd0' };
    const upgraded = { ...old, upgraded: now.content!, normalised: now.normalised! };
    expect(await check('/upgrade', { ...rest, accepted: upgraded })).toMatchObject({
      state: 'same',
      detail: 'unchanged',
    });
    server.serve('/upgrade', pricingPage('$3.00', '$4.00'));
    expect(await check('/upgrade', { ...rest, accepted: upgraded })).toMatchObject({
      detail: 'changed',
      changes: { value: 1 },
    });
  });

  it('gives the body, the masks and the whole page, to be kept by whoever asked', async () => {
    server.serve(
      '/kept',
      htmlPage({ title: 'P', main: `${PRICING_MAIN}<p>Updated: 3 days ago</p>` }),
    );
    const found = await check('/kept', undefined, { scope: { headings: ['Rates'] } });
    expect(found.masks).toEqual(['relative-time']);
    expect(found.normalised?.sections).toHaveLength(1);
    expect(found.whole?.sections.length).toBeGreaterThan(3);
    expect(Buffer.from(found.body ?? []).toString()).toContain('<main>');
  });
});

const other = (digest: NonNullable<DocumentCheck['content']>): typeof digest =>
  digest.replace(/.$/, (last) => (last === '0' ? '1' : '0')) as typeof digest;
