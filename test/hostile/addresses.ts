import {
  DONE,
  holdOpen,
  htmlPage,
  PRICING_MAIN,
  pricingPage,
  redirect,
} from '../servers/documents.ts';
import type { Scenario, Stage } from './stage.ts';

const UNREACHABLE = 'unreadable / unreachable / inconclusive';
const MOVED_HOST = 'unreadable / moved-host / inconclusive';

/** Lists a name of the test's own site on the server's port. */
function listed({ server, loopback }: Stage, ...names: readonly string[]): readonly string[] {
  const hosts = names.map((name) => `${name}:${server.port}`);
  loopback.push(...hosts);
  return hosts;
}

/** Leads to an address that the plan even names as a host: only the address guard can refuse it. */
const leadingTo =
  (location: string, host: string): Scenario['play'] =>
  ({ server }) => {
    server.serve('/page', redirect(302, location));
    return { hosts: [host] };
  };

const scripted = (script: string, after = ''): string =>
  `<html lang="en"><head><title>Pricing</title></head><body><div id="root"></div><script>${script}</script>${after}</body></html>`;
const WRITES_PAGE = `document.getElementById('root').innerHTML = ${JSON.stringify(`<main>${PRICING_MAIN}</main>`)}`;
const rendered = (render: 'auto' | 'never' | 'always') => ({
  fetch: { spacing: '1s', perHost: 2, confirmAfter: '60s', timeout: '10m', render } as const,
});

/** Redirects, names, certificates and browsers that lead elsewhere. */
export const ADDRESSES: readonly Scenario[] = [
  {
    group: 'redirects',
    name: 'a loop',
    play: ({ server }) => server.serve('/page', redirect(302, '/page')),
    expected: UNREACHABLE,
  },
  {
    group: 'redirects',
    name: '308 on the same host',
    play: ({ server }) => {
      server.serve('/page', redirect(308, '/new'));
      server.serve('/new', pricingPage());
    },
    expected: 'same / moved / pass',
  },
  {
    group: 'redirects',
    name: '301 to another name of the same owner',
    play: (stage) => {
      const [from = '', to = ''] = listed(stage, 'docs.site.test', 'new.site.test');
      stage.server.serve('/page', redirect(301, `http://${to}/new`));
      stage.server.serve('/new', pricingPage());
      return { url: `http://${from}/page` };
    },
    expected: 'same / moved / pass',
  },
  {
    group: 'redirects',
    name: '302 to another name of the same owner',
    play: (stage) => {
      const [from = '', to = ''] = listed(stage, 'docs.site.test', 'new.site.test');
      stage.server.serve('/page', redirect(302, `http://${to}/new`));
      return { url: `http://${from}/page` };
    },
    expected: MOVED_HOST,
  },
  {
    group: 'redirects',
    name: '301 to another owner',
    play: (stage) => {
      const [from = '', to = ''] = listed(stage, 'docs.site.test', 'docs.other.test');
      stage.server.serve('/page', redirect(301, `http://${to}/new`));
      return { url: `http://${from}/page` };
    },
    expected: MOVED_HOST,
  },
  {
    group: 'redirects',
    name: '301 between tenants of one hosting service',
    play: (stage) => {
      const [from = '', to = ''] = listed(stage, 'one.github.io', 'two.github.io');
      stage.server.serve('/page', redirect(301, `http://${to}/new`));
      return { url: `http://${from}/page` };
    },
    expected: MOVED_HOST,
  },
  {
    group: 'redirects',
    name: 'a canonical address of another owner',
    play: ({ server }) =>
      server.serve(
        '/page',
        pricingPage().replace(
          '<head>',
          '<head><link rel="canonical" href="https://docs.other.test/pricing">',
        ),
      ),
    expected: MOVED_HOST,
  },
  {
    group: 'addresses',
    name: 'a redirect to a literal of the inside',
    play: leadingTo('http://169.254.169.254/latest', '169.254.169.254'),
    expected: UNREACHABLE,
  },
  {
    group: 'addresses',
    name: 'a redirect to a decimal address',
    play: leadingTo('https://2130706433/', '127.0.0.1'),
    expected: UNREACHABLE,
  },
  {
    group: 'addresses',
    name: 'a redirect to an IPv4 address written as IPv6',
    play: leadingTo('https://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]'),
    expected: UNREACHABLE,
  },
  {
    group: 'addresses',
    name: 'a redirect to another scheme',
    play: leadingTo('file:///etc/hostname', ''),
    expected: UNREACHABLE,
  },
  {
    group: 'addresses',
    name: 'robots.txt redirected to the inside',
    play: ({ server }) =>
      server.serve('/robots.txt', redirect(302, 'http://169.254.169.254/robots.txt')),
    expected: UNREACHABLE,
  },
  {
    group: 'names',
    name: 'a name that does not exist',
    play: ({ names }) => {
      names.set('docs.nowhere.test', [[]]);
      return { url: 'https://docs.nowhere.test/page' };
    },
    expected: UNREACHABLE,
  },
  {
    group: 'names',
    name: 'a public name that leads inside',
    play: () => ({ url: 'https://docs.site.test/page' }),
    expected: UNREACHABLE,
  },
  {
    group: 'names',
    name: 'a public and an inner address in one answer',
    play: ({ names }) => {
      names.set('docs.site.test', [['8.8.8.8', '10.0.0.1']]);
      return { url: 'https://docs.site.test/page' };
    },
    expected: UNREACHABLE,
  },
  {
    group: 'names',
    name: 'a name that changes its answer between two requests (rebinding)',
    play: (stage) => {
      const [host = ''] = listed(stage, 'docs.site.test');
      stage.names.set('docs.site.test', [['127.0.0.1'], ['10.0.0.1']]);
      return { url: `http://${host}/page` };
    },
    expected: UNREACHABLE,
  },
  {
    group: 'certificates',
    name: 'signed by itself',
    needs: 'openssl',
    play: async ({ startTls }) => ({ url: `${await startTls(2)}/page` }),
    expected: `${UNREACHABLE} + document-tls`,
  },
  {
    group: 'certificates',
    name: 'ended yesterday',
    needs: 'openssl',
    play: async ({ startTls }) => ({ url: `${await startTls(-1)}/page` }),
    expected: `${UNREACHABLE} + document-tls`,
  },
  {
    group: 'scripts',
    name: 'a page that scripts write, without leave to run them',
    play: ({ server }) => server.serve('/page', scripted(WRITES_PAGE)),
    expected: 'unreadable / degraded / inconclusive',
  },
  {
    group: 'scripts',
    name: 'a page that scripts write, in a browser',
    needs: 'browser',
    accepted: scripted(WRITES_PAGE),
    document: rendered('auto'),
    play: () => undefined,
    expected: 'same / unchanged / pass',
  },
  {
    group: 'scripts',
    name: 'a served page that became one that scripts write',
    needs: 'browser',
    document: rendered('auto'),
    play: ({ server }) => server.serve('/page', scripted(WRITES_PAGE)),
    expected: 'new / rebaseline-needed / inconclusive',
  },
  {
    group: 'scripts',
    name: 'a rendered page that asks the inside first',
    needs: 'browser',
    accepted: scripted(WRITES_PAGE),
    document: rendered('auto'),
    play: ({ server }) =>
      server.serve(
        '/page',
        scripted(
          `fetch('http://169.254.169.254/').then((r) => r.text()).then((t) => { document.body.textContent = t }, () => { ${WRITES_PAGE} }).then(${DONE})`,
          holdOpen(server),
        ),
      ),
    expected: 'same / unchanged / pass',
  },
  {
    group: 'scripts',
    name: 'a rendered page that leaves for another host',
    needs: 'browser',
    accepted: scripted(WRITES_PAGE),
    document: rendered('auto'),
    play: ({ server, other }) => {
      other.serve('/page', htmlPage({ title: 'Pricing', main: PRICING_MAIN }));
      server.serve('/page', scripted(`location.replace('${other.origin}/page')`, holdOpen(server)));
    },
    expected: MOVED_HOST,
  },
];
