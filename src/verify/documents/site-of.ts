import { isIP } from 'node:net';

/**
 * Domains under which each name belongs to somebody else; the well-known hosts of documentation sites. Not the public suffix
 * list: what is missing here makes two sites one only where both share a name above their own.
 */
const HOSTING: ReadonlySet<string> = new Set(
  (
    'github.io gitlab.io pages.dev workers.dev vercel.app netlify.app readthedocs.io gitbook.io mintlify.app mintlify.site ' +
    'readme.io web.app firebaseapp.com herokuapp.com azurewebsites.net azurestaticapps.net amazonaws.com cloudfront.net ' +
    'notion.site webflow.io surge.sh onrender.com fly.dev appspot.com run.app blogspot.com wordpress.com'
  ).split(' '),
);
/** Second labels that registries of countries use, as in `example.co.uk`. */
const REGISTRY_LABEL = /^(?:ac|co|com|edu|go|gob|gov|gouv|ltd|mil|ne|net|nom|or|org|plc|sch)$/;

/**
 * Tells whether two hosts belong to one registrable domain, so that a permanent redirect between them is a move of the same owner.
 *
 * Where it cannot be known the answer is no: then a person decides.
 */
export function isSameSite(left: string, right: string): boolean {
  const [one, two] = [siteOf(left), siteOf(right)];
  return one !== undefined && one === two;
}

function siteOf(host: string): string | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  const labels = name.split('.');
  const [second = '', last = ''] = labels.slice(-2);
  const isShared =
    HOSTING.has(`${second}.${last}`) || (last.length === 2 && REGISTRY_LABEL.test(second));
  const length = isShared ? 3 : 2;
  return labels.length < length ? undefined : labels.slice(-length).join('.');
}
