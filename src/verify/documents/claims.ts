import type { Claim } from '../../plan/index.ts';
import { foldText, headingPaths, type NormalisedDocument, type Section } from './normalised.ts';

/** Answers a claim; `not-evaluable` when the page could not be read or only the own account can show it. */
export type ClaimResult = 'holds' | 'broken' | 'not-evaluable';

/** Holds the answer to one claim and the headings of the section that satisfies it. */
export interface JudgedClaim {
  readonly claim: string;
  readonly result: ClaimResult;
  /** Index of the satisfying section; null when there is none, or the claim is not about a section. */
  readonly section: number | null;
  /** The satisfying section speaks of deprecation or removal. */
  readonly deprecated: boolean;
}

/** Holds a page that was read, as claims see it: whole, whatever the scope of comparison is. */
export interface ClaimSubject {
  readonly document: NormalisedDocument;
  /** Where the page came from, after redirects. */
  readonly url: URL;
  /** The URL in the plan. */
  readonly planned: URL;
  /** Claims that a role has confirmed and whose confirmation is fresh. */
  readonly attested: readonly string[];
}

/** Words that announce an end; near a claim they are worth a look although the claim holds. */
export const DEPRECATION =
  /\b(?:deprecat\w*|sunset\w*|retired|will be removed|no longer (?:supported|available|recommended))\b/i;

/** Judges one claim on a normalised page. */
export function judgeClaim(claim: Claim, subject: ClaimSubject): JudgedClaim {
  switch (claim.kind) {
    case 'heading':
      return inSection(claim.id, subject, (section) => isHeading(section, claim.text));
    case 'text':
      return inSection(claim.id, subject, (section) => quotes(section, claim.quote));
    case 'endpoint':
      return inSection(claim.id, subject, (section, above) =>
        documentsEndpoint(section, above, claim),
      );
    case 'host':
      return plain(claim.id, isServedBy(subject, claim.host) ? 'holds' : 'broken');
    case 'attestation':
      return plain(claim.id, subject.attested.includes(claim.id) ? 'holds' : 'not-evaluable');
    default:
      claim satisfies never;
      throw new RangeError('Unknown kind of claim');
  }
}

/** Answers a claim whose page could not be read. */
export const notEvaluable = (claim: Claim): JudgedClaim => plain(claim.id, 'not-evaluable');

/** Answers a claim without a section. */
export const plain = (claim: string, result: ClaimResult): JudgedClaim => ({
  claim,
  result,
  section: null,
  deprecated: false,
});

function inSection(
  claim: string,
  { document }: ClaimSubject,
  test: (section: Section, above: readonly string[]) => boolean,
): JudgedClaim {
  const paths = headingPaths(document);
  const index = document.sections.findIndex((section, at) => test(section, paths[at] ?? []));
  const section = document.sections[index];
  if (section === undefined) return plain(claim, 'broken');
  const deprecated = textsOf(section).some((text) => DEPRECATION.test(text));
  return { claim, result: 'holds', section: index, deprecated };
}

const textsOf = (section: Section): readonly string[] => [
  section.heading,
  ...section.blocks.map((block) => block.text),
];

/** Compares headings without regard to letter case and to a closing colon or full stop. */
const isHeading = (section: Section, text: string): boolean =>
  section.level > 0 && bareHeading(section.heading) === bareHeading(text);

const bareHeading = (text: string): string =>
  foldText(text)
    .replace(/[.:!?…]$/, '')
    .trim();

/** Finds a quote at word boundaries, as W3C text fragments do; any letter case. */
function quotes(section: Section, quote: string): boolean {
  const wanted = foldText(quote);
  return textsOf(section).some((text) => {
    const page = foldText(text);
    let at = page.indexOf(wanted);
    while (at >= 0) {
      if (isBoundary(page, at) && isBoundary(page, at + wanted.length)) return true;
      at = page.indexOf(wanted, at + 1);
    }
    return false;
  });
}

const WORD = /[\p{L}\p{N}_]/u;
const isBoundary = (text: string, at: number): boolean =>
  !(WORD.test(text[at - 1] ?? ' ') && WORD.test(text[at] ?? ' '));

/** The path stands as a whole token, and the method in the same section, in a heading above, or implied by a curl call. */
function documentsEndpoint(
  section: Section,
  above: readonly string[],
  claim: { readonly method: string; readonly path: string },
): boolean {
  const texts = textsOf(section);
  const naming = texts.filter((text) => pathTokens(text).some((path) => matches(path, claim.path)));
  if (naming.length === 0) return false;
  const method = new RegExp(String.raw`(?<![\w-])${claim.method}(?![\w-])`);
  return (
    [...texts, ...above].some((text) => method.test(text)) ||
    naming.some(impliesMethod(claim.method))
  );
}

const impliesMethod =
  (method: string) =>
  (text: string): boolean => {
    if (!/\bcurl\b/.test(text) || /\s(?:-X|--request)\b/.test(text)) return false;
    return method === (/\s(?:-d|--data(?:-\w+)?|--json|-F|--form)\b/.test(text) ? 'POST' : 'GET');
  };

/** No documented path is longer; what is would make patterns slow. */
const TOKEN_MAX_LENGTH = 500;

/** Cuts a text into what could be paths: without scheme and host, shell variables, query, and closing punctuation. */
function pathTokens(text: string): readonly string[] {
  return text
    .split(/[\s"'`|,()[\]]+/)
    .filter((token) => token.length <= TOKEN_MAX_LENGTH)
    .map((token) =>
      token
        .replace(/^[<*]+|[>*.;:!]+$/g, '')
        .replace(/^https?:\/\/[^/]+/i, '')
        .replace(/^(?:\$\{?\w+\}?|\{\{?\w+\}?\})(?=\/)/, '')
        .replace(/[?#].*$/, ''),
    )
    .filter((token) => token.startsWith('/'));
}

/** Compares segment by segment; `{x}` in the claim stands for any one segment. */
function matches(path: string, template: string): boolean {
  const found = segmentsOf(path);
  const wanted = segmentsOf(template);
  return (
    found.length === wanted.length &&
    wanted.every((segment, index) => /^\{[^{}]*\}$/.test(segment) || segment === found[index])
  );
}

const segmentsOf = (path: string): readonly string[] => path.replace(/\/$/, '').split('/');

function isServedBy({ url, planned }: ClaimSubject, host: string | undefined): boolean {
  return host === undefined
    ? url.host === planned.host
    : host === url.host || host === url.hostname;
}
