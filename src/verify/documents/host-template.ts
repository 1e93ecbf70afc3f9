import { itemAt } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { rankBlock } from './materiality.ts';
import type { Block, BlockKind, NormalisedDocument } from './normalised.ts';

/** A text on this many unlike pages of a host belongs to the host, not to a page. */
const PAGES_MIN = 3;
const TEMPLATE_MAX_LENGTH = 300;
/** Pages that share this much are editions of one page: what they share is their content. */
const ALIKE_MIN = 0.5;
/** Tables and code are what pages are read for; a host's banner is running text. */
const KINDS: readonly BlockKind[] = ['paragraph', 'item', 'term'];

/**
 * Finds the short texts that stand on three or more unlike pages of one host: banners, notes and footers of its template.
 *
 * A text with a number, an amount, a name or code never counts: a price that stands on many pages may change on all of them
 * (design: documents.md 3.3, step 10, narrowed).
 */
export function hostTemplates(pages: readonly NormalisedDocument[]): ReadonlySet<string> {
  const texts = pages.map(
    ({ sections }) => new Set(sections.flatMap(({ blocks }) => blocks.map(({ text }) => text))),
  );
  const homes = new Map<string, { readonly block: Block; readonly found: Set<number> }>();
  for (const [index, { sections }] of pages.entries()) {
    for (const block of sections.flatMap(({ blocks }) => blocks.filter(isShortText))) {
      const home = homes.get(block.text) ?? { block, found: new Set() };
      homes.set(block.text, home);
      home.found.add(index);
    }
  }
  const isUnlike = (left: number, right: number): boolean =>
    likeness(itemAt(texts, left), itemAt(texts, right)) < ALIKE_MIN;
  return new Set(
    [...homes.values()]
      .filter(({ found }) => found.size >= PAGES_MIN)
      // What a text says is asked last: of most texts there is one.
      .filter(
        ({ block, found }) => saysNothingOwn(block) && countUnlike(found, isUnlike) >= PAGES_MIN,
      )
      .map(({ block }) => block.text),
  );
}

/** A page of a run: what the plan says of it, what was read, and what was accepted before. */
export interface TemplatedPage {
  readonly document: PlanDocument;
  /** The whole page; undefined for what could not be read. */
  readonly whole: NormalisedDocument | undefined;
  readonly accepted: NormalisedDocument | undefined;
}

/** Finds the template of each host, in what a run read and in what was accepted. */
export function templatesByHost(
  pages: readonly TemplatedPage[],
): (document: PlanDocument) => ReadonlySet<string> {
  const read = new Map<string, NormalisedDocument[]>();
  const accepted = new Map<string, NormalisedDocument[]>();
  for (const page of pages) {
    const host = hostOf(page.document);
    if (page.whole !== undefined) read.set(host, [...(read.get(host) ?? []), page.whole]);
    if (page.accepted === undefined) continue;
    accepted.set(host, [...(accepted.get(host) ?? []), page.accepted]);
  }
  const found = new Map(
    [...read].map(([host, texts]) => [
      host,
      new Set([...hostTemplates(texts), ...hostTemplates(accepted.get(host) ?? [])]),
    ]),
  );
  return (document) => found.get(hostOf(document)) ?? new Set();
}

const hostOf = ({ url }: PlanDocument): string => (url === undefined ? '' : new URL(url).host);

/** Leaves a host's templates out of a page. */
export const withoutTemplates = (
  document: NormalisedDocument,
  templates: ReadonlySet<string>,
): NormalisedDocument =>
  templates.size === 0
    ? document
    : {
        ...document,
        sections: document.sections
          .map((section) => ({
            ...section,
            blocks: section.blocks.filter(
              (block) => !(mayBeTemplate(block) && templates.has(block.text)),
            ),
          }))
          // What stood before the first heading may have been nothing but template.
          .filter(({ level, blocks }) => level > 0 || blocks.length > 0),
      };

const mayBeTemplate = (block: Block): boolean => isShortText(block) && saysNothingOwn(block);

const isShortText = ({ kind, text }: Block): boolean =>
  KINDS.includes(kind) && text.length <= TEMPLATE_MAX_LENGTH;

const saysNothingOwn = (block: Block): boolean => rankBlock(block) === 'editorial';

/** Counts pages of which no two are alike, taken in order. */
function countUnlike(
  pages: Iterable<number>,
  isUnlike: (left: number, right: number) => boolean,
): number {
  const kept: number[] = [];
  for (const page of pages) {
    if (kept.every((other) => isUnlike(page, other))) kept.push(page);
    if (kept.length >= PAGES_MIN) break;
  }
  return kept.length;
}

/** Jaccard: what two pages share of all that they hold together. */
function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const text of left) if (right.has(text)) shared += 1;
  const all = left.size + right.size - shared;
  return all === 0 ? 1 : shared / all;
}
