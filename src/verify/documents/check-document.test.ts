import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instantFromMs, parsePlainDate } from '../../core/index.ts';
import {
  answer,
  cutOff,
  drip,
  type DocumentHandler,
  type DocumentServer,
  gzipBomb,
  htmlPage,
  oversize,
  PRICING_MAIN,
  pricingPage,
  redirect,
  reset,
  startDocumentServer,
} from '../../../test/servers/documents.ts';
import { NOBODY } from '../../../test/servers/nobody.ts';
import { checkDocument, checkDocuments } from './check-document.ts';
import type { DocumentBaseline, DocumentCheck } from './document-check.ts';
import { planDocument } from './testing.ts';

const NOW = instantFromMs(Date.UTC(2026, 10, 23, 8));
const YESTERDAY = instantFromMs(Date.UTC(2026, 10, 22, 8));
const LAST_MONTH = instantFromMs(Date.UTC(2026, 9, 22, 8));
const ON = parsePlainDate('2026-11-22')!;
const NOTHING: DocumentBaseline = { variants: [] };

let server: DocumentServer;
let waits: number[] = [];
beforeAll(async () => {
  server = await startDocumentServer();
});
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  waits = [];
});

const ports = () => ({
  clock: { now: () => NOW, ms: () => Date.UTC(2026, 10, 23, 8) },
  log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
  network: { lookup: async () => ['127.0.0.1'] },
  random: { bytes: (count: number) => new Uint8Array(count).fill(7) },
});

type Counted = { readonly detail: string } & Partial<DocumentCheck['changes']>;

const CLAIMS = [
  { id: 'pricing-page', kind: 'heading', text: 'About pricing' },
  { id: 'chat', kind: 'endpoint', method: 'POST', path: '/v1/chat/completions' },
] as const;

async function check(
  extra: Parameters<typeof planDocument>[0] = {},
  baseline: DocumentBaseline = NOTHING,
): Promise<DocumentCheck> {
  return await checkDocument(
    {
      document: planDocument({ url: `${server.origin}/page`, claims: CLAIMS, ...extra }),
      loopback: [server.host],
      baseline,
      now: NOW,
      wait: async (ms) => {
        waits.push(ms);
      },
    },
    ports(),
  );
}

/** Serves the ordinary page, checks it as new, and gives the baseline that an acceptance would make. */
async function acceptPage(
  page = pricingPage(),
  extra: Parameters<typeof planDocument>[0] = {},
): Promise<DocumentBaseline & { accepted: NonNullable<DocumentBaseline['accepted']> }> {
  server.serve('/page', page);
  const first = await check(extra);
  if (first.content === null || first.normalised === undefined) throw new Error(first.detail);
  const { content, normalised } = first;
  return {
    accepted: { content, by: 'finops', on: ON, normalised },
    variants: [],
    lastVerified: YESTERDAY,
  };
}

describe('checkDocument', () => {
  it('finds a page that nobody has accepted new, and inconclusive until somebody does', async () => {
    server.serve('/page', pricingPage());
    const found = await check();
    expect(found).toMatchObject({
      state: 'new',
      detail: 'first-sight',
      outcome: { kind: 'inconclusive', reasons: ['document-new'], missing: ['document:pricing'] },
      fresh: false,
      accessedAt: NOW,
      status: 200,
      redirects: 0,
      representation: 'html',
      normaliser: 'nd1',
      accepted: null,
      claims: [
        { claim: 'pricing-page', result: 'holds' },
        { claim: 'chat', result: 'holds' },
      ],
    });
    const { raw, content, outline, links, sections, address } = found;
    for (const digest of [raw, content, outline, links, sections, address]) {
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });

  it('passes the accepted text, whatever the chrome and the bytes around it do', async () => {
    const baseline = await acceptPage();
    server.serve(
      '/page',
      htmlPage({
        title: 'Pricing',
        main: PRICING_MAIN.replaceAll('<h2>', '\n\n  <h2 class="x" id="y">\n').replaceAll(
          '<td>',
          '\n<td>',
        ),
        chrome: '<aside>Related: nothing</aside><script>var visit = 7</script>',
      }),
    );
    const found = await check({}, baseline);
    expect(found).toMatchObject({ state: 'same', detail: 'unchanged', outcome: { kind: 'pass' } });
    expect(found.fresh).toBe(true);
    expect(waits).toEqual([]);
  });

  it('takes an accepted earlier text for the same', async () => {
    const baseline = await acceptPage();
    const accepted = { ...baseline.accepted, content: baseline.accepted.content };
    const other = await acceptPage(pricingPage('by the token', 'per token'));
    const found = await check({}, { ...other, accepted, variants: [other.accepted.content] });
    expect(found).toMatchObject({ state: 'same', detail: 'unchanged-variant' });
  });

  const edits: readonly (readonly [string, string, string, Counted])[] = [
    ['wording', 'is what counts', 'is what matters', { detail: 'changed', editorial: 1 }],
    ['letter case', 'The console', 'the console', { detail: 'changed-cosmetic', cosmetic: 1 }],
    ['a price in text', 'costs $3.00', 'costs $4.00', { detail: 'changed', value: 1 }],
    ['a price in a table', '<td>$0.25</td>', '<td>$0.30</td>', { detail: 'changed', value: 1 }],
    ['a name', 'example-small', 'example-tiny', { detail: 'changed', identifier: 1 }],
    ['a column', '<th>Input</th>', '<th>Prompt</th>', { detail: 'changed', structural: 1 }],
  ];
  it.each(edits)('weighs an edit of %s', async (_what, from, to, { detail, ...counts }) => {
    const baseline = await acceptPage();
    server.serve('/page', pricingPage(from, to));
    const found = await check({}, baseline);
    expect(found).toMatchObject({ state: 'changed', detail, changes: counts });
    expect(found.outcome).toEqual({ kind: 'pass', reasons: ['document-changed'] });
    expect(waits).toEqual([0]);
  });

  it('shows no amount in what it returns for display', async () => {
    const baseline = await acceptPage();
    server.serve('/page', pricingPage('costs $3.00', 'costs $4.00'));
    const found = await check({}, baseline);
    expect(found.changedSections).toHaveLength(1);
    expect(JSON.stringify(found.changedSections)).toContain('<amount>');
    expect(JSON.stringify(found.changedSections)).not.toMatch(/[34]\.00/);
    expect(found.heldSections).toEqual([{ path: ['About pricing', 'Rates'] }]);
  });

  it('cannot weigh a change whose accepted text is not kept, and holds everything', async () => {
    const { accepted, ...baseline } = await acceptPage();
    const { normalised: _gone, ...digests } = accepted;
    server.serve('/page', pricingPage('what counts', 'what matters'));
    const found = await check({}, { ...baseline, accepted: digests });
    expect(found).toMatchObject({
      state: 'changed',
      outcome: { kind: 'inconclusive', reasons: ['document-changed'] },
      heldSections: 'all',
    });
  });

  it('lets an unaccepted change expire at the old date', async () => {
    const baseline = await acceptPage();
    server.serve('/page', pricingPage('what counts', 'what matters'));
    const found = await check({}, { ...baseline, lastVerified: LAST_MONTH });
    expect(found).toMatchObject({
      fresh: false,
      outcome: { kind: 'inconclusive', reasons: ['document-stale', 'document-changed'] },
    });
  });

  it.each([
    ['a renamed heading', '<h1>About pricing</h1>', '<h1>Plans</h1>', 'pricing-page'],
    ['a longer path', '/v1/chat/completions', '/v1/chat/completionsX', 'chat'],
    ['a removed endpoint', 'POST /v1/chat/completions', 'See the console', 'chat'],
  ])('fails the claim that %s breaks', async (_what, from, to, claim) => {
    const baseline = await acceptPage();
    server.serve('/page', pricingPage(from, to));
    const found = await check({}, baseline);
    expect(found).toMatchObject({ state: 'changed', detail: 'claim-broken' });
    expect(found.outcome).toEqual({ kind: 'fail', reasons: ['claim-broken', 'document-changed'] });
    expect(found.claims).toContainEqual({ claim, result: 'broken' });
    expect(found.claims.filter(({ result }) => result === 'broken')).toHaveLength(1);
  });

  it('fails a claim that the accepted text never met', async () => {
    const baseline = await acceptPage();
    const claims = [{ id: 'faq', kind: 'heading', text: 'FAQ' }] as const;
    const found = await check({ claims }, baseline);
    expect(found).toMatchObject({ state: 'same', detail: 'claim-broken' });
    expect(found.outcome).toEqual({ kind: 'fail', reasons: ['claim-broken'] });
  });

  it('waits for a second look before it believes a change', async () => {
    const baseline = await acceptPage();
    server.serveInTurn('/page', [pricingPage('$3.00', '$4.00'), pricingPage('$3.00', '$5.00')]);
    expect(await check({}, baseline)).toMatchObject({
      state: 'changed',
      detail: 'pending',
      outcome: { kind: 'inconclusive', reasons: ['document-changed'] },
    });
    server.serveInTurn('/page', [pricingPage('$3.00', '$4.00'), pricingPage()]);
    expect(await check({}, baseline)).toMatchObject({ state: 'same', detail: 'unchanged' });
    server.serveInTurn('/page', [pricingPage('$3.00', '$4.00'), answer(404, '')]);
    expect(await check({}, baseline)).toMatchObject({ state: 'changed', detail: 'pending' });
  });

  const softMissing = htmlPage({ title: 'Page not found', main: '<h1>Page not found</h1>' });
  it.each<readonly [string, string | DocumentHandler]>([
    ['404', answer(404, 'no')],
    ['410', answer(410, 'no')],
    ['a 404 in words', softMissing],
  ])('says gone when %s is seen twice', async (_what, page) => {
    const baseline = await acceptPage();
    server.serve('/page', page);
    expect(await check({}, baseline)).toMatchObject({
      state: 'gone',
      detail: 'gone',
      outcome: { kind: 'fail', reasons: ['document-gone'] },
      heldSections: 'all',
      claims: [{ result: 'not-evaluable' }, { result: 'not-evaluable' }],
    });
    server.serveInTurn('/page', [page, answer(503, '')]);
    expect(await check({}, baseline)).toMatchObject({ state: 'unreadable', detail: 'pending' });
    server.serveInTurn('/page', [page, pricingPage()]);
    expect(await check({}, baseline)).toMatchObject({ state: 'same' });
  });

  const login = htmlPage({
    title: 'Sign in',
    main: '<h1>Sign in</h1><form><input type="text"><input type="PASSWORD"></form>',
  });
  const long = `<p>${'Words that say nothing about anything. '.repeat(60)}</p>`;
  const unreadable: readonly (readonly [string, string | DocumentHandler, string])[] = [
    ['a login page with 200', login, 'blocked'],
    ['a challenge', htmlPage({ title: 'Just a moment...', main: 'Checking' }), 'blocked'],
    ['a mitigation header', answer(200, pricingPage(), { 'cf-mitigated': 'challenge' }), 'blocked'],
    ['401', answer(401, ''), 'blocked'],
    ['403', answer(403, ''), 'blocked'],
    ['429', answer(429, ''), 'blocked'],
    ['451', answer(451, ''), 'blocked'],
    ['503', answer(503, ''), 'unreachable'],
    ['a reset', reset, 'unreachable'],
    ['418', answer(418, ''), 'degraded'],
    ['204', answer(204, ''), 'degraded'],
    ['an empty main', htmlPage({ title: 'Pricing', main: '' }), 'degraded'],
    ['nothing at all', '', 'degraded'],
    [
      'a page that lost most of its text',
      htmlPage({ title: 'P', main: '<h1>About pricing</h1>' }),
      'degraded',
    ],
    ['a page in another language', pricingPage().replace('lang="en"', 'lang="de"'), 'degraded'],
    ['a page without its canary', htmlPage({ title: 'P', main: long }), 'degraded'],
    ['a picture', answer(200, 'x', { 'content-type': 'image/png' }), 'degraded'],
    ['no HTML, JSON or text', answer(200, '{', { 'content-type': 'application/json' }), 'degraded'],
    ['bytes of no charset', answer(200, Buffer.alloc(400, 0xff)), 'degraded'],
    ['a cut connection', cutOff, 'degraded'],
    ['eleven mebibytes', oversize, 'degraded'],
    ['a gzip bomb', gzipBomb, 'degraded'],
    ['bad gzip', answer(200, 'no gzip', { 'content-encoding': 'gzip' }), 'degraded'],
    [
      'cut gzip',
      answer(200, gzipSync(pricingPage()).subarray(0, 300), { 'content-encoding': 'gzip' }),
      'degraded',
    ],
    ['bad brotli', answer(200, 'no brotli', { 'content-encoding': 'br' }), 'degraded'],
    ['an unknown encoding', answer(200, 'x', { 'content-encoding': 'zstd' }), 'degraded'],
    ['a redirect to nowhere', answer(302, ''), 'unreachable'],
    ['a redirect to nonsense', redirect(302, 'http://['), 'unreachable'],
    ['a redirect loop', redirect(302, '/page'), 'unreachable'],
    ['another host', redirect(302, 'https://sso.example/login'), 'moved-host'],
    ['an address of the inside', redirect(302, 'http://169.254.169.254/latest'), 'moved-host'],
    ['a decimal address', redirect(302, 'http://2130706433/'), 'moved-host'],
  ];
  it.each(unreadable)('calls %s unreadable', async (_what, page, detail) => {
    const { fetch } = planDocument();
    const render = 'never' as const;
    const extra = { mustContain: ['pricing'], locale: 'en-GB', fetch: { ...fetch, render } };
    const baseline = await acceptPage(pricingPage(), extra);
    server.serve('/page', page);
    const found = await check(extra, baseline);
    expect(found).toMatchObject({ state: 'unreadable', detail, fresh: true });
    expect(found.normalised).toBeUndefined();
    const reason = detail === 'moved-host' ? 'document-moved' : 'document-unreadable';
    expect(found.outcome).toMatchObject({ kind: 'inconclusive', reasons: [reason] });
    expect(found.heldSections).toEqual([]);
    const stale = await check(extra, { ...baseline, lastVerified: LAST_MONTH });
    expect(stale.outcome.reasons).toEqual([reason, 'document-stale']);
  });

  it('gives up on a page that drips', async () => {
    server.serve('/page', drip);
    const fetch = {
      spacing: '0s',
      perHost: 1,
      confirmAfter: '0s',
      timeout: '300ms',
      render: 'auto',
    } as const;
    expect(await check({ fetch })).toMatchObject({ state: 'unreadable', detail: 'unreachable' });
  });

  it('calls refused connections, failed TLS and unknown hosts unreachable', async () => {
    for (const [url, loopback] of [
      [`http://${NOBODY}/page`, NOBODY],
      [`https://${server.host}/page`, server.host],
      [`http://${server.host}/page`, '127.0.0.1:1'],
    ] as const) {
      const found = await checkDocument(
        { document: planDocument({ url }), loopback: [loopback], baseline: NOTHING, now: NOW },
        ports(),
      );
      expect(found).toMatchObject({ state: 'unreadable', detail: 'unreachable' });
    }
  });

  it('does not connect to a public name that points inside', async () => {
    const before = server.requests.length;
    const found = await checkDocument(
      {
        document: planDocument({ url: 'https://docs.example/page' }),
        loopback: [server.host],
        baseline: NOTHING,
        now: NOW,
      },
      ports(),
    );
    expect(found).toMatchObject({ state: 'unreadable', detail: 'unreachable' });
    expect(server.requests.length).toBe(before);
  });

  it('follows redirects within its hosts and says when the address moved for good', async () => {
    const baseline = await acceptPage();
    server.serve('/page', redirect(308, '/new#top'));
    server.serve('/new', pricingPage());
    expect(await check({}, baseline)).toMatchObject({
      state: 'same',
      detail: 'moved',
      redirects: 1,
      outcome: { kind: 'pass' },
    });
    server.serve('/page', redirect(302, `http://localhost:${server.port}/new`));
    const elsewhere = { hosts: [`localhost:${server.port}`] };
    expect(await check({}, baseline)).toMatchObject({ detail: 'moved-host', redirects: 1 });
    expect(await check(elsewhere, baseline)).toMatchObject({ detail: 'unreachable' });
  });

  it('tries once more when the trouble may pass, as late as the server asks', async () => {
    server.serveInTurn('/page', [answer(503, '', { 'retry-after': '7' }), pricingPage()]);
    expect(await check()).toMatchObject({ state: 'new' });
    expect(waits[0]).toBe(7000);
    server.serveInTurn('/page', [reset, pricingPage()]);
    expect(await check()).toMatchObject({ state: 'new' });
    server.serveInTurn('/page', [answer(503, '', { 'retry-after': '700' }), pricingPage()]);
    expect(await check()).toMatchObject({ state: 'unreadable', status: 503 });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('reads %s', async (encoding, compress) => {
    const plain = await acceptPage();
    server.serve('/page', answer(200, compress(pricingPage()), { 'content-encoding': encoding }));
    expect((await check()).content).toBe(plain.accepted.content);
  });

  it('asks honestly: its own name, the language, no cookie, no credential', async () => {
    server.serve('/page', answer(200, pricingPage(), { 'set-cookie': 'visitor=1' }));
    await check({ locale: 'en' });
    await check({ locale: 'en' });
    const headers = server.requests.at(-1)?.headers ?? {};
    expect(headers['user-agent']).toMatch(/^spendproof\/\d/);
    expect(headers['accept-language']).toBe('en');
    for (const name of ['cookie', 'authorization', 'referer']) {
      expect(headers[name]).toBeUndefined();
    }
  });

  const markdown = `# About pricing\n\n${'Usage is billed by the token. '.repeat(5)}\n\n\`POST /v1/chat/completions\`\n`;
  const asMarkdown = answer(200, markdown, { 'content-type': 'text/markdown' });
  const twin = () => ({
    alternates: [{ kind: 'markdown' as const, url: `${server.origin}/page.md` }],
  });
  it('prefers the declared Markdown twin and never calls a switch of form a change', async () => {
    server.serve('/page.md', asMarkdown);
    const baseline = await acceptPage(pricingPage(), twin());
    expect(await check(twin(), baseline)).toMatchObject({
      representation: 'markdown',
      state: 'same',
    });
    server.serve('/page.md', answer(404, ''));
    const asHtml = await acceptPage();
    server.serve('/page.md', asMarkdown);
    expect(await check(twin(), asHtml)).toMatchObject({ representation: 'html', state: 'same' });
    server.serve('/page.md', answer(404, ''));
    expect(await check(twin(), baseline)).toMatchObject({
      representation: 'html',
      state: 'new',
      detail: 'rebaseline-needed',
      outcome: { kind: 'inconclusive', reasons: ['document-new'] },
    });
  });

  it('needs a new baseline when another normaliser made the old one', async () => {
    const { accepted, ...baseline } = await acceptPage();
    const { normalised: _gone, ...digests } = accepted;
    const old = { ...baseline, accepted: { ...digests, normaliser: 'nd0' } };
    expect(await check({}, old)).toMatchObject({ state: 'same', detail: 'unchanged' });
    server.serve('/page', pricingPage('what counts', 'what matters'));
    expect(await check({}, old)).toMatchObject({ state: 'new', detail: 'rebaseline-needed' });
  });

  it('compares only the headings in scope, and cannot judge a scope that is not there', async () => {
    const scope = { scope: { headings: ['requests', 'Support', 'Rates'] } };
    const baseline = await acceptPage(pricingPage(), scope);
    server.serve('/page', pricingPage('what counts', 'what matters'));
    expect(await check(scope, baseline)).toMatchObject({ state: 'same' });
    server.serve('/page', pricingPage('<h2>Support</h2>', '<h2>Help</h2>'));
    expect(await check(scope, baseline)).toMatchObject({ state: 'unreadable', detail: 'degraded' });
  });

  it('asks for a confirmation of what only the own account shows', async () => {
    const claims = [{ id: 'contract', kind: 'attestation' }] as const;
    const baseline = await acceptPage();
    expect((await check({ claims }, baseline)).outcome).toEqual({
      kind: 'inconclusive',
      reasons: ['claim-not-evaluable'],
      missing: ['claim:contract'],
    });
    const attested = { claims: ['contract'], by: 'finops', on: YESTERDAY };
    expect((await check({ claims }, { ...baseline, attested })).outcome.kind).toBe('pass');
    const old = { ...attested, on: LAST_MONTH };
    expect((await check({ claims }, { ...baseline, attested: old })).outcome.kind).toBe(
      'inconclusive',
    );
  });
});

describe('an attested document', () => {
  const document = planDocument({
    kind: 'attested',
    claims: [{ id: 'contract', kind: 'attestation' }],
  });
  const judge = async (baseline: DocumentBaseline) =>
    await checkDocument({ document, loopback: [], baseline, now: NOW }, ports());
  const attested = { claims: ['contract'], by: 'finops', on: YESTERDAY };

  it('is inconclusive until a role attests it, and again when that grows old', async () => {
    expect(await judge(NOTHING)).toMatchObject({
      state: 'new',
      detail: 'not-attested',
      outcome: { kind: 'inconclusive', reasons: ['evidence-gap'] },
    });
    expect(await judge({ variants: [], attested })).toMatchObject({
      state: 'same',
      detail: 'attested',
      outcome: { kind: 'pass' },
      claims: [{ claim: 'contract', result: 'holds' }],
    });
    expect(await judge({ variants: [], attested: { ...attested, on: LAST_MONTH } })).toMatchObject({
      detail: 'stale',
      fresh: false,
      outcome: { reasons: ['document-stale'] },
    });
    expect(await judge({ variants: [], attested: { ...attested, claims: [] } })).toMatchObject({
      detail: 'attested',
      outcome: { kind: 'inconclusive', missing: ['claim:contract'] },
    });
  });
});

describe('checkDocuments', () => {
  it('checks all, in the order asked, and reports progress', async () => {
    server.serve('/page', pricingPage());
    // A host of its own: the short deadline is none of the other pages' and of their robots.txt.
    const slow = await startDocumentServer();
    slow.serve('/slow', drip);
    const lines: string[] = [];
    const { fetch } = planDocument();
    const requests = [
      { id: 'slow', url: `${slow.origin}/slow`, fetch: { ...fetch, timeout: '300ms' } },
      { id: 'page', url: `${server.origin}/page` },
      { id: 'absent', url: `${server.origin}/absent` },
    ].map((fields) => ({
      document: planDocument(fields),
      loopback: [server.host, slow.host],
      baseline: NOTHING,
      now: NOW,
    }));
    const world = ports();
    const checks = await checkDocuments(requests, {
      ...world,
      log: { ...world.log, progress: (text) => void lines.push(text) },
    });
    await slow.close();
    expect(checks.map(({ document, state }) => `${document} ${state}`)).toEqual([
      'slow unreadable',
      'page new',
      'absent gone',
    ]);
    expect(lines.some((line) => line.startsWith('documents 2/3 read: '))).toBe(true);
    expect(lines.filter((line) => line.startsWith('documents 3/3:'))).toHaveLength(1);
  });

  it('has nothing to say about no documents', async () => {
    expect(await checkDocuments([], ports())).toEqual([]);
  });
});
