import { planDocument } from '../../src/verify/documents/testing.ts';
import {
  answer,
  cutOff,
  drip,
  gzipBomb,
  htmlPage,
  oversize,
  PRICING_MAIN,
  pricingPage,
  redirect,
  reset,
} from '../servers/documents.ts';
import type { Scenario, Stage } from './stage.ts';

const LONG = `<p>${'Words that say nothing about the matter at hand. '.repeat(40)}</p>`;
const LOGIN = '<h1>Sign in</h1><form><input type="text"><input type="password"></form>';
const BLOCKED = 'unreadable / blocked / inconclusive';
const DEGRADED = 'unreadable / degraded / inconclusive';
const UNREACHABLE = 'unreadable / unreachable / inconclusive';
const GONE = 'gone / gone / fail';

type Page = Parameters<Stage['server']['serve']>[1];
const serving =
  (page: Page) =>
  ({ server }: Stage): void =>
    server.serve('/page', page);
const page = (title: string, main: string): string => htmlPage({ title, main });

/** Serves what never ends, to a check of little patience; the page before it was read without haste. */
const dragging =
  (page: Page): Scenario['play'] =>
  ({ server }) => {
    server.serve('/page', page);
    return { fetch: { ...planDocument().fetch, timeout: '300ms', render: 'never' } };
  };

/** Answers that refuse, hide, break or replace the page. */
export const REFUSALS: readonly Scenario[] = [
  { group: 'refused', name: '403', play: serving(answer(403, 'no')), expected: BLOCKED },
  { group: 'refused', name: '401', play: serving(answer(401, 'no')), expected: BLOCKED },
  {
    group: 'refused',
    name: '403 of a bot filter',
    play: serving(answer(403, LONG, { 'cf-mitigated': 'challenge' })),
    expected: BLOCKED,
  },
  {
    group: 'refused',
    name: '200 of a bot filter, with the page below it',
    play: serving(answer(200, pricingPage(), { 'cf-mitigated': 'challenge' })),
    expected: BLOCKED,
  },
  {
    group: 'refused',
    name: '429 with a long Retry-After',
    play: serving(answer(429, 'slow down', { 'retry-after': '3600' })),
    expected: BLOCKED,
  },
  {
    group: 'refused',
    name: '429 with a short Retry-After, then the page',
    play: ({ server }) =>
      server.serveInTurn('/page', [answer(429, '', { 'retry-after': '2' }), pricingPage()]),
    expected: 'same / unchanged / pass',
  },
  {
    group: 'refused',
    name: 'a challenge with status 200',
    play: serving(page('Just a moment...', '<p>Verifying you are human.</p>')),
    expected: BLOCKED,
  },
  {
    group: 'refused',
    name: 'a login form with status 200',
    play: serving(page('Sign in', LOGIN)),
    expected: BLOCKED,
  },
  {
    group: 'refused',
    name: 'a consent wall',
    play: serving(page('Before you continue', `<h1>Before you continue</h1>${LONG}`)),
    expected: BLOCKED,
  },
  {
    group: 'refused',
    name: '302 to a login host',
    play: serving(redirect(302, 'https://sso.example/login')),
    expected: 'unreadable / moved-host / inconclusive',
  },
  {
    group: 'robots',
    name: 'robots.txt forbids the page',
    play: ({ server }) => server.serve('/robots.txt', 'User-agent: *\nDisallow: /page'),
    expected: `${BLOCKED} + robots-disallowed`,
  },
  {
    group: 'robots',
    name: 'robots.txt answers 503',
    play: ({ server }) => server.serve('/robots.txt', answer(503, '')),
    expected: `${BLOCKED} + robots-disallowed`,
  },
  {
    group: 'robots',
    name: 'robots.txt answers 403',
    play: ({ server }) => server.serve('/robots.txt', answer(403, '')),
    expected: 'same / unchanged / pass',
  },
  {
    group: 'robots',
    name: 'robots.txt forbids what a redirect leads to',
    play: ({ server }) => {
      server.serve('/robots.txt', 'User-agent: spendproof\nDisallow: /private');
      server.serve('/page', redirect(302, '/private'));
      server.serve('/private', pricingPage());
    },
    expected: `${BLOCKED} + robots-disallowed`,
  },
  { group: 'missing', name: '404 twice', play: serving(answer(404, 'no')), expected: GONE },
  { group: 'missing', name: '410 twice', play: serving(answer(410, 'no')), expected: GONE },
  {
    group: 'missing',
    name: '404 once, then the page',
    play: ({ server }) => server.serveInTurn('/page', [answer(404, ''), pricingPage()]),
    expected: 'same / unchanged / pass',
  },
  {
    group: 'missing',
    name: '404 once, then an error',
    play: ({ server }) => server.serveInTurn('/page', [answer(404, ''), answer(500, '')]),
    expected: 'unreadable / pending / inconclusive',
  },
  {
    group: 'missing',
    name: '“not found” in the title, status 200',
    play: serving(page('404 | Page not found', LONG)),
    expected: GONE,
  },
  {
    group: 'missing',
    name: '“not found” in the heading, status 200',
    play: serving(page('Docs', `<h1>Page not found</h1>${LONG}`)),
    expected: GONE,
  },
  {
    group: 'missing',
    name: 'the home page for every address, status 200',
    play: ({ server }) => {
      const home = page('Docs', `<h1>Welcome</h1>${LONG}`);
      server.serve('/page', home);
      server.serve('/spendproof-probe-0707070707070707', home);
    },
    expected: GONE,
  },
  {
    group: 'shells',
    name: '“Application error” of a client-side application',
    play: serving(page('Docs', '<h2>Application error: a client-side exception has occurred</h2>')),
    expected: DEGRADED,
  },
  {
    group: 'shells',
    name: '“Redirecting to…”',
    play: serving(page('Redirecting', '<p>Redirecting to pricing.docs.example</p>')),
    expected: DEGRADED,
  },
  {
    group: 'shells',
    name: 'an empty main',
    play: serving(page('Pricing', '')),
    expected: DEGRADED,
  },
  {
    group: 'shells',
    name: 'another page of the site, without the canary',
    play: serving(page('Docs', `<h1>Welcome</h1>${LONG}`)),
    expected: DEGRADED,
  },
  {
    group: 'shells',
    name: 'an application root hidden by a dialog (aria-hidden)',
    play: serving(
      `<html lang="en"><body><div id="app" aria-hidden="true"><main>${PRICING_MAIN}</main></div><div role="dialog">Cookies?</div></body></html>`,
    ),
    expected: 'same / unchanged / pass',
  },
  {
    group: 'shells',
    name: 'another language',
    play: serving(pricingPage().replace('lang="en"', 'lang="de"')),
    expected: DEGRADED,
  },
  { group: 'broken', name: 'a body cut off', play: serving(cutOff), expected: DEGRADED },
  {
    group: 'broken',
    name: 'bad gzip',
    play: serving(answer(200, 'no gzip', { 'content-encoding': 'gzip' })),
    expected: DEGRADED,
  },
  { group: 'broken', name: 'a gzip bomb', play: serving(gzipBomb), expected: DEGRADED },
  { group: 'broken', name: 'eleven mebibytes', play: serving(oversize), expected: DEGRADED },
  {
    group: 'broken',
    name: 'bytes of no charset',
    play: serving(answer(200, Buffer.alloc(800, 0xff))),
    expected: DEGRADED,
  },
  {
    group: 'broken',
    name: 'a wrong charset in the header',
    accepted: pricingPage('The console', 'The “console”'),
    play: serving(
      answer(200, pricingPage('The console', 'The “console”'), {
        'content-type': 'text/html; charset=iso-8859-1',
      }),
    ),
    expected: 'same / unchanged / pass',
  },
  {
    group: 'broken',
    name: '304 that nobody asked for',
    play: serving(answer(304, '')),
    expected: DEGRADED,
  },
  { group: 'broken', name: '500', play: serving(answer(500, '')), expected: UNREACHABLE },
  { group: 'broken', name: 'a connection reset', play: serving(reset), expected: UNREACHABLE },
  {
    group: 'broken',
    name: 'headers that never come',
    play: dragging(() => undefined),
    expected: UNREACHABLE,
  },
  {
    group: 'broken',
    name: 'a body that drips',
    play: dragging(drip),
    expected: UNREACHABLE,
  },
];
