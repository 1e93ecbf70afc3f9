import { itemAt } from '../../core/index.ts';
import { isHeadingNamed } from './heading-name.ts';
import {
  type Block,
  foldText,
  headingPaths,
  type NormalisedDocument,
  type Section,
} from './normalised.ts';

/** Holds a section with its place in the page. */
export interface PlacedSection {
  readonly index: number;
  readonly section: Section;
  /** Headings from the top of the page down to its own. */
  readonly path: readonly string[];
}

/**
 * Lists the sections that a claim is about: those under the heading it names, else all.
 *
 * @returns `undefined` when the page has no such heading: the claim cannot be judged.
 */
export function sectionsUnder(
  document: NormalisedDocument,
  under: string | undefined,
): readonly PlacedSection[] | undefined {
  const paths = headingPaths(document);
  const placed = document.sections.map((section, index) => ({
    index,
    section,
    path: itemAt(paths, index),
  }));
  if (under === undefined) return placed;
  const found = placed.filter(({ path }) => path.some((one) => isHeadingNamed(one, under)));
  return found.length === 0 ? undefined : found;
}

/** Lists a section's heading and the texts of its blocks. */
export const textsOf = (section: Section): readonly string[] => [
  section.heading,
  ...section.blocks.map((block) => block.text),
];

/** Finds a quote at word boundaries, as W3C text fragments do; any letter case. */
export function quotes(section: Section, quote: string): boolean {
  const wanted = foldText(quote);
  return textsOf(section).some((text) => holdsWhole(foldText(text), wanted, WORD));
}

/** Finds a token in inline code and code blocks, whole and with its letter case. */
export const holdsToken = (section: Section, token: string): boolean =>
  [section.heading, ...section.blocks.map(codeOf)].some((text, index) =>
    holdsWhole(index === 0 ? inlineCode(text).join('\n') : text, token, NAME),
  );

/** Finds a parameter where references name one: a heading, a term, the first cell of a row, the start of an item, inline code. */
export function namesParameter(section: Section, name: string): boolean {
  if (firstWord(section.heading) === name || inlineCode(section.heading).includes(name)) {
    return true;
  }
  return section.blocks.some(({ kind, text }) => {
    if (kind === 'code' || kind === 'columns') return false;
    const start =
      kind === 'row' ? itemAt(itemAt(text.split(' | '), 0).split(/:\s/).slice(-1), 0) : text;
    return firstWord(start) === name || inlineCode(text).some((code) => firstWord(code) === name);
  });
}

/** Finds a table whose header row holds these columns in this order; others may stand between them. */
export const hasColumns = (section: Section, columns: readonly string[]): boolean =>
  section.blocks.some(({ kind, text }) => {
    if (kind !== 'columns') return false;
    const found = text.split(' | ').map(foldText);
    let at = 0;
    for (const column of columns) {
      at = found.indexOf(foldText(column), at) + 1;
      if (at === 0) return false;
    }
    return true;
  });

const WORD = /[\p{L}\p{N}_]/u;
const NAME = /[\p{L}\p{N}_-]/u;

function holdsWhole(text: string, wanted: string, letter: RegExp): boolean {
  let at = text.indexOf(wanted);
  while (at >= 0) {
    if (isBoundary(text, at, letter) && isBoundary(text, at + wanted.length, letter)) return true;
    at = text.indexOf(wanted, at + 1);
  }
  return false;
}

const isBoundary = (text: string, at: number, letter: RegExp): boolean =>
  !(letter.test(text[at - 1] ?? ' ') && letter.test(text[at] ?? ' '));

const codeOf = ({ kind, text }: Block): string =>
  kind === 'code' ? text : inlineCode(text).join('\n');

const inlineCode = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]{1,500})`/g)].map((match) => itemAt(match, 1));

const firstWord = (text: string): string =>
  /^[`"'*]*([\w.$[\]-]{1,200})/.exec(text.trim())?.[1]?.replace(/[.:]$/, '') ?? '';
