import { z } from 'zod';
import { canonicalJson, type Digest, itemAt, sha256 } from '../../core/index.ts';
import { inkLength } from './ink.ts';

/** Names the normaliser and its version; another version needs a new baseline, never a "changed". */
export const NORMALISER = 'nd1';

/** Names the form in which a page was read; part of the identity of a baseline. */
export type Representation = 'html' | 'rendered' | 'markdown' | 'json' | 'text';

/** Names what a block is. `columns` is a table's header row, `row` repeats its labels; `meta` is front matter. */
const BLOCK_KINDS = ['paragraph', 'item', 'term', 'code', 'columns', 'row', 'meta'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** Holds one block of text; inline code keeps its backticks, code blocks their lines. */
export interface Block {
  readonly kind: BlockKind;
  readonly text: string;
}

/** Holds what stands under one heading, up to the next one; the part before any heading has level 0 and no heading. */
export interface Section {
  /** 1 to 6; 0 for what comes before the first heading. */
  readonly level: number;
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/**
 * Holds the text of a page in the form that is compared and kept locally.
 *
 * It holds the page's own words, amounts included: it stays in `.spendproof/documents/` and enters no record, report or log.
 */
export interface NormalisedDocument {
  readonly normaliser: typeof NORMALISER;
  readonly representation: Representation;
  readonly title: string;
  /** The primary language the page names, lower case; empty when it names none. */
  readonly language: string;
  readonly sections: readonly Section[];
  /** Blocks that were only links; they count for the outline, not for the content. */
  readonly menu: readonly string[];
  /** Targets of links as host and path, sorted, each once. */
  readonly links: readonly string[];
  /** Places of an HTML page that an address can point to, sorted, each once; no digest counts them. */
  readonly anchors?: readonly string[];
  /** Names of the masks that replaced something. */
  readonly masks: readonly string[];
}

/** Holds the digests of one normalised page. */
export interface DocumentDigests {
  readonly content: Digest;
  readonly outline: Digest;
  readonly links: Digest;
  /** One for each section, in order; a change in one leaves the others as they are. */
  readonly sections: readonly Digest[];
}

/** Digests the content, the headings, the link targets and every section. */
export function digestDocument(document: NormalisedDocument): DocumentDigests {
  const headings = document.sections
    .filter((section) => section.level > 0)
    .map((section) => [section.level, section.heading]);
  // JCS writes a list as its members between brackets, so each section is written once for both digests.
  const sections = document.sections.map((section) => canonicalJson(sectionJson(section)));
  return {
    content: sha256(`[${sections.join(',')}]`),
    outline: sha256(canonicalJson({ headings, menu: document.menu })),
    links: sha256(canonicalJson(document.links)),
    sections: sections.map((section) => sha256(section)),
  };
}

/** Digests the list of section digests: who holds them can show that one section is of this text, without the others. */
export const sectionsDigest = ({ sections }: DocumentDigests): Digest =>
  sha256(canonicalJson([...sections]));

/** Digests one section: its own heading and blocks, not the headings above it. */
export const digestSection = (section: Section): Digest =>
  sha256(canonicalJson(sectionJson(section)));

/** Writes the form that is stored, named by its content digest. */
export const documentJson = (document: NormalisedDocument): string =>
  canonicalJson({
    normaliser: document.normaliser,
    representation: document.representation,
    title: document.title,
    language: document.language,
    sections: document.sections.map(sectionJson),
    menu: document.menu,
    links: document.links,
    ...(document.anchors === undefined ? {} : { anchors: document.anchors }),
    masks: document.masks,
  });

/**
 * Reads the stored form back and proves that it is the text with that content digest.
 *
 * @returns `undefined` when it is anything else: another version, another text, or no such JSON.
 */
export function readDocument(json: string, content: Digest): NormalisedDocument | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const document = StoredDocument.safeParse(parsed);
  if (!document.success) return undefined;
  return digestDocument(document.data).content === content ? document.data : undefined;
}

const Texts = z.array(z.string()).readonly();
const StoredDocument = z.strictObject({
  normaliser: z.literal(NORMALISER),
  representation: z.enum(['html', 'rendered', 'markdown', 'json', 'text']),
  title: z.string(),
  language: z.string(),
  sections: z
    .array(
      z
        .strictObject({
          level: z.int().min(0).max(6),
          heading: z.string(),
          blocks: z
            .array(z.strictObject({ kind: z.enum(BLOCK_KINDS), text: z.string() }).readonly())
            .readonly(),
        })
        .readonly(),
    )
    .readonly(),
  menu: Texts,
  links: Texts,
  anchors: Texts.exactOptional(),
  masks: Texts,
});

/** Gives each section's headings from the top of the page down to its own. */
export function headingPaths(document: NormalisedDocument): readonly (readonly string[])[] {
  const open: { level: number; heading: string }[] = [];
  return document.sections.map(({ level, heading }) => {
    if (level === 0) return [];
    while ((open.at(-1)?.level ?? 0) >= level) open.pop();
    open.push({ level, heading });
    return open.map((entry) => entry.heading);
  });
}

/** Counts the letters that a document holds, white space left out: what "empty" and "collapsed" are judged by. */
export function textLength(document: NormalisedDocument): number {
  let length = 0;
  for (const section of document.sections) {
    length += inkLength(section.heading);
    for (const block of section.blocks) length += inkLength(block.text);
  }
  return length;
}

/**
 * Limits a document to the sections under given headings, compared without regard to letter case.
 *
 * @returns `undefined` when one of the headings is not there: the scope cannot be judged.
 */
export function limitToHeadings(
  document: NormalisedDocument,
  headings: readonly string[],
): NormalisedDocument | undefined {
  const wanted = headings.map((heading) => foldText(heading));
  const paths = headingPaths(document).map((path) => path.map(foldText));
  if (!wanted.every((heading) => paths.some((path) => path.includes(heading)))) return undefined;
  const sections = document.sections.filter((_, index) =>
    itemAt(paths, index).some((heading) => wanted.includes(heading)),
  );
  return { ...document, sections };
}

/** Leaves out the sections under given headings, compared without regard to letter case. */
export function withoutHeadings(
  document: NormalisedDocument,
  headings: readonly string[],
): NormalisedDocument {
  const unwanted = headings.map((heading) => foldText(heading));
  const paths = headingPaths(document).map((path) => path.map(foldText));
  const sections = document.sections.filter(
    (_, index) => !itemAt(paths, index).some((heading) => unwanted.includes(heading)),
  );
  return { ...document, sections };
}

/** Prepares a text for comparison of words: no backticks, one space, lower case. */
export const foldText = (text: string): string =>
  text.normalize('NFC').replaceAll('`', '').replace(/\s+/g, ' ').trim().toLowerCase();

const sectionJson = ({ level, heading, blocks }: Section) => ({
  level,
  heading,
  blocks: blocks.map(({ kind, text }) => ({ kind, text })),
});
