import type { Claim } from '../../plan/index.ts';
import { matchesPath, pathTokens } from './api-path.ts';
import {
  hasColumns,
  holdsToken,
  namesParameter,
  type PlacedSection,
  quotes,
  sectionsUnder,
  textsOf,
} from './claim-scope.ts';
import { isHeadingSlug, isHeadingText } from './heading-name.ts';
import type { NormalisedDocument, Section } from './normalised.ts';
import { findOperation } from './openapi-operation.ts';

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
  if (isWhole(claim)) return plain(claim.id, judgeWhole(claim, subject));
  switch (claim.kind) {
    case 'heading':
    case 'text':
    case 'code-token':
    case 'parameter':
    case 'table-shape':
    case 'endpoint':
      return inSection(claim, subject);
    case 'absent':
      return judgeAbsence(claim, subject);
    case 'openapi-operation':
      return judgeOperation(claim, subject);
    default:
      claim satisfies never;
      throw new RangeError('Unknown kind of claim');
  }
}

type WholeClaim = Extract<
  Claim,
  { kind: 'anchor' | 'link' | 'page-lang' | 'host' | 'attestation' }
>;

const WHOLE_KINDS: ReadonlySet<Claim['kind']> = new Set<WholeClaim['kind']>([
  'anchor',
  'link',
  'page-lang',
  'host',
  'attestation',
]);
const isWhole = (claim: Claim): claim is WholeClaim => WHOLE_KINDS.has(claim.kind);

/** Judges what is said of the page as a whole. */
function judgeWhole(claim: WholeClaim, subject: ClaimSubject): ClaimResult {
  const { document, attested } = subject;
  switch (claim.kind) {
    case 'anchor':
      return hasAnchor(document, claim.anchor) ? 'holds' : 'broken';
    case 'link':
      return linksTo(document, claim.to) ? 'holds' : 'broken';
    case 'page-lang':
      return judgeLanguage(document, claim.lang);
    case 'host':
      return isServedBy(subject, claim.host) ? 'holds' : 'broken';
    case 'attestation':
      return attested.includes(claim.id) ? 'holds' : 'not-evaluable';
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

type SectionClaim = Extract<
  Claim,
  { kind: 'heading' | 'text' | 'code-token' | 'parameter' | 'table-shape' | 'endpoint' }
>;

function inSection(claim: SectionClaim, { document }: ClaimSubject): JudgedClaim {
  const sections = sectionsUnder(document, 'under' in claim ? claim.under : undefined);
  if (sections === undefined) return plain(claim.id, 'not-evaluable');
  const found = sections.find((placed) => satisfies(claim, placed, document));
  if (found === undefined) return plain(claim.id, 'broken');
  const deprecated = announcesEnd(found.section);
  return { claim: claim.id, result: 'holds', section: found.index, deprecated };
}

function satisfies(
  claim: SectionClaim,
  { section, path }: PlacedSection,
  document: NormalisedDocument,
): boolean {
  switch (claim.kind) {
    case 'heading':
      return section.level > 0 && isClaimedHeading(section.heading, claim);
    case 'text':
      return quotes(section, claim.quote);
    case 'code-token':
      return holdsToken(section, claim.token);
    case 'parameter':
      return document.representation === 'json'
        ? section.blocks.some(({ text }) => isDataParameter(text, claim.name))
        : namesParameter(section, claim.name);
    case 'table-shape':
      return hasColumns(section, claim.columns);
    case 'endpoint':
      return documentsEndpoint(section, path, claim);
    default:
      claim satisfies never;
      throw new RangeError('Unknown kind of claim');
  }
}

/** In data a parameter is the name of one, or a property of a schema. */
const isDataParameter = (leaf: string, name: string): boolean =>
  leaf.endsWith(`/name: ${JSON.stringify(name)}`) ||
  leaf.includes(`/properties/${name}/`) ||
  leaf.includes(`/properties/${name}: `);

const isClaimedHeading = (
  heading: string,
  { text, slug }: { readonly text?: string; readonly slug?: string },
): boolean =>
  text === undefined ? isHeadingSlug(heading, slug ?? '') : isHeadingText(heading, text);

function announcesEnd(section: Section): boolean {
  return textsOf(section).some(
    (text) => DEPRECATION.test(text) && !/\bdeprecated: false$/.test(text),
  );
}

function judgeAbsence(
  claim: Extract<Claim, { kind: 'absent' }>,
  { document }: ClaimSubject,
): JudgedClaim {
  const sections = sectionsUnder(document, claim.under);
  if (sections === undefined) return plain(claim.id, 'not-evaluable');
  const isThere = sections.some(({ section }) => quotes(section, claim.text));
  return plain(claim.id, isThere ? 'broken' : 'holds');
}

function judgeOperation(
  claim: Extract<Claim, { kind: 'openapi-operation' }>,
  { document }: ClaimSubject,
): JudgedClaim {
  const found = findOperation(document, claim);
  if (found.kind === 'no-openapi') return plain(claim.id, 'not-evaluable');
  if (found.kind === 'none') return plain(claim.id, 'broken');
  const section = document.sections[found.section];
  const deprecated = section !== undefined && announcesEnd(section);
  return { claim: claim.id, result: 'holds', section: found.section, deprecated };
}

/** Markdown has no anchors of its own: there the headings make them. */
const hasAnchor = (document: NormalisedDocument, anchor: string): boolean =>
  document.representation === 'markdown'
    ? document.sections.some(({ heading }) => isHeadingSlug(heading, anchor))
    : (document.anchors ?? []).includes(anchor);

function linksTo({ links }: NormalisedDocument, to: string): boolean {
  const [host, path] = hostAndPath(to);
  return links.some((link) => {
    const [linkHost, linkPath] = hostAndPath(link);
    return linkHost === host && matchesPath(linkPath, path);
  });
}

function hostAndPath(target: string): readonly [host: string, path: string] {
  const slash = target.indexOf('/');
  return slash < 0
    ? [target.toLowerCase(), '/']
    : [target.slice(0, slash).toLowerCase(), target.slice(slash)];
}

function judgeLanguage({ language }: NormalisedDocument, lang: string): ClaimResult {
  if (language === '') return 'not-evaluable';
  return language === lang.toLowerCase().split('-')[0] ? 'holds' : 'broken';
}

/** The path stands as a whole token, and the method in the same section, in a heading above, or implied by a curl call. */
function documentsEndpoint(
  section: Section,
  above: readonly string[],
  claim: { readonly method: string; readonly path: string },
): boolean {
  const texts = textsOf(section);
  const naming = texts.filter((text) =>
    pathTokens(text).some((path) => matchesPath(path, claim.path)),
  );
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

function isServedBy({ url, planned }: ClaimSubject, host: string | undefined): boolean {
  return host === undefined
    ? url.host === planned.host
    : host === url.host || host === url.hostname;
}
