import type { PlanDocument } from '../../plan/index.ts';
import { headerTwins } from './head-links.ts';
import { foldText, type NormalisedDocument, type Representation } from './normalised.ts';
import type { PageSighting } from './sighting.ts';

/** A machine-readable form of a page, and the representation it must come in to count. */
export interface Twin {
  readonly url: string;
  readonly form: Extract<Representation, 'markdown' | 'json'>;
  readonly accept: string;
}

const MARKDOWN = 'text/markdown, text/plain;q=0.8';
const OPENAPI =
  'application/vnd.oai.openapi+json, application/json, application/yaml;q=0.9, text/plain;q=0.5';
/** A site's twins are asked for, but no more than this many for a page. */
const FOUND_MAX = 2;

/**
 * Lists the twins that the plan declares, in its order.
 *
 * `llms.txt` speaks for a whole site, so it stands in for the index page beside it only.
 */
export const declaredTwins = ({ alternates, url = '' }: PlanDocument): readonly Twin[] =>
  alternates
    .filter(({ kind, url: twin }) => kind !== 'llms' || isIndexOf(url, twin))
    .map(({ kind, url: twin }) =>
      kind === 'openapi'
        ? { url: twin, form: 'json', accept: OPENAPI }
        : { url: twin, form: 'markdown', accept: MARKDOWN },
    );

/** Makes a Markdown twin of an address. */
export const markdownTwin = (url: string): Twin => ({ url, form: 'markdown', accept: MARKDOWN });

/**
 * Lists where an HTML page's Markdown twin may be: the header `Link`, the page's head, and its address with `.md` at the end, as
 * several documentation hosts publish it; on the page's own host only.
 */
export function possibleTwins(page: PageSighting, linkHeader: string): readonly Twin[] {
  const { url, head } = page;
  const path = url.pathname.replace(/\/$/, '');
  const guess = path !== '' && !/\.[a-z0-9]{1,5}$/i.test(path) ? [`${url.origin}${path}.md`] : [];
  const found = [...headerTwins(linkHeader, url.href), ...head.twins, ...guess];
  return [...new Set(found)]
    .filter((twin) => new URL(twin).host === url.host && twin !== url.href)
    .slice(0, FOUND_MAX)
    .map(markdownTwin);
}

/** Half of what the twin's headings say must stand among the page's: a site's catch-all answer is no twin. */
const SHARED_HEADINGS_MIN = 0.5;

/** Tells whether a Markdown text is the page in another form, and not just something served at that address. */
export function isTwinOf(twin: NormalisedDocument, page: NormalisedDocument): boolean {
  const known = new Set([...headingsOf(page), foldText(page.title)]);
  const headings = headingsOf(twin);
  if (headings.length === 0) return false;
  const shared = headings.filter((heading) => known.has(heading)).length;
  return shared / headings.length >= SHARED_HEADINGS_MIN;
}

const headingsOf = ({ sections }: NormalisedDocument): readonly string[] =>
  sections.filter(({ level }) => level > 0).map(({ heading }) => foldText(heading));

function isIndexOf(page: string, llms: string): boolean {
  if (!URL.canParse(page) || !URL.canParse(llms)) return false;
  const [index, twin] = [new URL(page), new URL(llms)];
  const folder = index.pathname.replace(/(?:\/index(?:\.html?)?)?\/?$/, '/');
  return index.origin === twin.origin && twin.pathname.replace(/[^/]*$/, '') === folder;
}
