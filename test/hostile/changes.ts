import { answer, htmlPage, PRICING_MAIN, pricingPage } from '../servers/documents.ts';
import type { Scenario, Stage } from './stage.ts';

const SAME = 'same / unchanged / pass';
const CHANGED = 'changed / changed / pass';
const BROKEN = 'changed / claim-broken / fail';

const edit =
  (from: string, to: string) =>
  ({ server }: Stage): void =>
    server.serve('/page', pricingPage(from, to));
const inTurn =
  (...pages: readonly string[]): Scenario['play'] =>
  ({ server }) =>
    server.serveInTurn('/page', pages);
const around = (chrome: string, main = PRICING_MAIN): string =>
  htmlPage({ title: 'Pricing', main, chrome });
const later = (text: string): string => `${PRICING_MAIN}<p>${text}</p>`;

/** Answers `If-None-Match` and `If-Modified-Since` as a server does that is wrong about its own page. */
function withValidators(
  body: string,
  headers: Readonly<Record<string, string>>,
  lies: boolean,
): Parameters<Stage['server']['serve']>[1] {
  return (request, response) => {
    const isAsked =
      request.headers['if-none-match'] !== undefined ||
      request.headers['if-modified-since'] !== undefined;
    if (lies && isAsked) answer(304, '', headers)(request, response);
    else answer(200, body, headers)(request, response);
  };
}

const ETAG = { etag: '"one"' };

/** Pages that differ in bytes, in looks, or in what they say. */
export const CHANGES: readonly Scenario[] = [
  {
    group: 'noise',
    name: 'links to related pages rotate',
    accepted: around('<div class="related"><a href="/a">A</a></div>'),
    play: ({ server }) =>
      server.serve('/page', around('<div class="related"><a href="/b">Another</a></div>')),
    expected: SAME,
  },
  {
    group: 'noise',
    name: 'a date relative to today',
    accepted: around('', later('Updated: 3 days ago')),
    play: ({ server }) => server.serve('/page', around('', later('Updated: 4 days ago'))),
    expected: SAME,
  },
  {
    group: 'noise',
    name: 'an id of the visitor in every link',
    play: edit('/help?from=pricing', '/help?from=pricing&amp;visit=4711'),
    expected: SAME,
  },
  {
    group: 'noise',
    name: 'the navigation in another order',
    accepted: around('<nav><a href="/a">Guides</a><a href="/b">Reference</a></nav>'),
    play: ({ server }) =>
      server.serve('/page', around('<nav><a href="/b">Reference</a><a href="/a">Guides</a></nav>')),
    expected: SAME,
  },
  {
    group: 'noise',
    name: 'a new theme around the same words',
    play: ({ server }) =>
      server.serve(
        '/page',
        `<html lang="en"><body class="dark"><header><nav>New menu</nav></header><div id="x"><article role="main"><div class="prose">${PRICING_MAIN.replaceAll('<h2>', '<h2 class="t" id="q">').replaceAll('<p>', '<p style="color:#333">')}</div></article></div><footer>New footer</footer></body></html>`,
      ),
    expected: SAME,
  },
  {
    group: 'noise',
    name: 'two accepted variants in turn (A/B test)',
    variant: pricingPage('is what counts', 'is what matters'),
    play: edit('is what counts', 'is what matters'),
    expected: 'same / unchanged-variant / pass',
  },
  {
    group: 'noise',
    name: 'a variant in the first look only',
    play: inTurn(pricingPage('is what counts', 'is what matters'), pricingPage()),
    expected: SAME,
  },
  {
    group: 'noise',
    name: 'another text at each look',
    play: inTurn(pricingPage('$3.00', '$4.00'), pricingPage('$3.00', '$5.00')),
    expected: 'changed / pending / inconclusive',
  },
  {
    group: 'changes',
    name: 'letter case alone',
    play: edit('The console', 'the console'),
    expected: 'changed / changed-cosmetic / pass',
  },
  {
    group: 'changes',
    name: 'wording',
    play: edit('is what counts', 'is what matters'),
    expected: CHANGED,
  },
  {
    group: 'changes',
    name: 'a price alone',
    play: edit('costs $3.00', 'costs $4.00'),
    expected: CHANGED,
  },
  {
    group: 'changes',
    name: 'a name in a table',
    play: edit('example-small', 'example-tiny'),
    expected: CHANGED,
  },
  {
    group: 'changes',
    name: 'a section in another place',
    play: ({ server }) => {
      const [head = '', rates = ''] = PRICING_MAIN.split('<h2>Rates</h2>');
      const [body = '', rest = ''] = rates.split('<h2>Requests</h2>');
      const main = `${head}<h2>Requests</h2>${rest}<h3>Rates</h3>${body}`;
      server.serve('/page', htmlPage({ title: 'Pricing', main }));
    },
    expected: CHANGED,
  },
  {
    group: 'changes',
    name: '“deprecated” beside a claim that still holds',
    play: edit('Send requests to the endpoint below.', 'This endpoint is deprecated.'),
    expected: CHANGED,
  },
  {
    group: 'changes',
    name: 'a claimed heading renamed',
    play: edit('<h1>About pricing</h1>', '<h1>Plans and pricing</h1>'),
    expected: BROKEN,
  },
  {
    group: 'changes',
    name: 'a claimed endpoint removed',
    play: edit('POST /v1/chat/completions', 'See the console.'),
    expected: BROKEN,
  },
  {
    group: 'changes',
    name: 'another form: Markdown at the same address',
    play: ({ server }) =>
      server.serve(
        '/page',
        answer(
          200,
          `# About pricing\n\n${'Usage is billed by the token. '.repeat(20)}\n\n\`POST /v1/chat/completions\`\n`,
          {
            'content-type': 'text/markdown',
          },
        ),
      ),
    expected: 'new / rebaseline-needed / inconclusive',
  },
  {
    group: 'validators',
    name: '304 for a page that did not change',
    accepted: withValidators(pricingPage(), ETAG, true),
    play: ({ server }) => server.serve('/page', withValidators(pricingPage(), ETAG, true)),
    expected: SAME,
  },
  {
    group: 'validators',
    name: '304 for a page that changed, believed for six checks',
    accepted: withValidators(pricingPage(), ETAG, true),
    play: ({ server }) =>
      server.serve('/page', withValidators(pricingPage('$3.00', '$4.00'), ETAG, true)),
    before: 5,
    expected: SAME,
  },
  {
    group: 'validators',
    name: '304 for a page that changed, found by the seventh check',
    accepted: withValidators(pricingPage(), ETAG, true),
    play: ({ server }) =>
      server.serve('/page', withValidators(pricingPage('$3.00', '$4.00'), ETAG, true)),
    before: 6,
    expected: CHANGED,
  },
  {
    group: 'validators',
    name: 'a new ETag on the same page',
    accepted: withValidators(pricingPage(), ETAG, false),
    play: ({ server }) =>
      server.serve('/page', withValidators(pricingPage(), { etag: '"two"' }, false)),
    expected: SAME,
  },
  {
    group: 'validators',
    name: 'a Last-Modified in the future is not sent back',
    accepted: withValidators(
      pricingPage(),
      { 'last-modified': 'Tue, 01 Jan 2030 00:00:00 GMT' },
      true,
    ),
    play: ({ server }) =>
      server.serve('/page', withValidators(pricingPage('$3.00', '$4.00'), {}, true)),
    expected: CHANGED,
  },
];
