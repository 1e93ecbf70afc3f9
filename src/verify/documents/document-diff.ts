import { itemAt } from '../../core/index.ts';
import { type BlockStep, diffBlocks, wordSimilarity } from './block-diff.ts';
import {
  compareTexts,
  MATERIALITIES,
  type Materiality,
  type MaterialityCounts,
  rankBlock,
  withoutDates,
  worstMateriality,
} from './materiality.ts';
import {
  type Block,
  digestSection,
  foldText,
  headingPaths,
  type NormalisedDocument,
  type Section,
} from './normalised.ts';
import { redactValues } from './redact-values.ts';

/** Holds a changed piece of text with every number replaced; fit to be shown, not to be kept. */
export interface DiffHunk {
  readonly kind: 'added' | 'removed' | 'edited';
  readonly materiality: Materiality;
  /** Null for what was added. */
  readonly before: string | null;
  /** Null for what was removed. */
  readonly after: string | null;
}

/** Holds how one section changed. */
export interface ChangedSection {
  /** Headings from the top down, in the page's words; of the old page where it has the section. Stays on this machine. */
  readonly path: readonly string[];
  readonly change: 'added' | 'removed' | 'edited' | 'moved' | 'renamed';
  readonly materiality: Materiality;
  /** Whether what cites this section must be held: a value or name changed, or the section or its columns are no longer there. */
  readonly holds: boolean;
  readonly hunks: readonly DiffHunk[];
}

/** Holds the difference of two versions of a page. */
export interface DocumentDiff {
  readonly changes: MaterialityCounts;
  readonly sections: readonly ChangedSection[];
}

/** Words that two sections must share to count as one that was renamed. */
const RENAMED_MIN = 0.6;
/** Sections looked at for likeness; a redesign of a page with more is removals and additions. */
const RENAME_CANDIDATES_MAX = 200;

interface PlacedSection {
  readonly section: Section;
  readonly path: readonly string[];
  readonly key: string;
}
interface SectionPair {
  readonly before: PlacedSection | undefined;
  readonly after: PlacedSection | undefined;
  readonly match: 'path' | 'moved' | 'renamed' | 'none';
}

/** Counts nothing yet. */
export const NO_CHANGES: MaterialityCounts = {
  cosmetic: 0,
  editorial: 0,
  identifier: 0,
  value: 0,
  structural: 0,
};

/**
 * Compares two versions of a page section by section: by heading path, else by digest (moved), else by likeness (renamed).
 *
 * (design: documents.md 3.4)
 */
export function diffDocuments(before: NormalisedDocument, after: NormalisedDocument): DocumentDiff {
  const sections = pairSections(place(before), place(after)).flatMap(changesOf);
  const changes = { ...NO_CHANGES };
  for (const section of sections) {
    if (section.change !== 'edited')
      changes[section.change === 'moved' ? 'editorial' : 'structural'] += 1;
    for (const hunk of section.hunks) changes[hunk.materiality] += 1;
  }
  return { changes, sections };
}

function place(document: NormalisedDocument): readonly PlacedSection[] {
  const paths = headingPaths(document);
  const seen = new Map<string, number>();
  return document.sections.map((section, index) => {
    const path = itemAt(paths, index);
    // "Last updated: DATE" as a heading is the same section on the next date.
    const name = path.map((heading) => withoutDates(foldText(heading))).join('\n');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return { section, path, key: `${name}\n${count}` };
  });
}

function pairSections(
  before: readonly PlacedSection[],
  after: readonly PlacedSection[],
): readonly SectionPair[] {
  const free = new Map(after.map((placed) => [placed.key, placed]));
  const take = (placed: PlacedSection | undefined): PlacedSection | undefined => {
    if (placed !== undefined) free.delete(placed.key);
    return placed;
  };
  const byPath = before.map((old) => ({ old, fresh: take(free.get(old.key)) }));
  const byDigest = new Map([...free.values()].map((one) => [digestSection(one.section), one]));
  const pairs = byPath.map(({ old, fresh }): SectionPair => {
    if (fresh !== undefined) return { before: old, after: fresh, match: 'path' };
    const twin = byDigest.get(digestSection(old.section));
    const moved = take(twin === undefined ? undefined : free.get(twin.key));
    if (moved !== undefined) return { before: old, after: moved, match: 'moved' };
    const renamed = take(likest(old, free));
    return { before: old, after: renamed, match: renamed === undefined ? 'none' : 'renamed' };
  });
  const added = [...free.values()].map((fresh): SectionPair => ({
    before: undefined,
    after: fresh,
    match: 'none',
  }));
  return [...pairs, ...added];
}

function likest(
  old: PlacedSection,
  free: ReadonlyMap<string, PlacedSection>,
): PlacedSection | undefined {
  const text = bodyText(old.section);
  if (text === '') return undefined;
  let best: PlacedSection | undefined;
  let bestScore = RENAMED_MIN;
  let seen = 0;
  for (const placed of free.values()) {
    seen += 1;
    if (seen > RENAME_CANDIDATES_MAX) break;
    const score = wordSimilarity(text, bodyText(placed.section));
    if (score > bestScore || (best === undefined && score === bestScore)) {
      [best, bestScore] = [placed, score];
    }
  }
  return best;
}

const bodyText = (section: Section): string => section.blocks.map(({ text }) => text).join(' ');

function changesOf(pair: SectionPair): readonly ChangedSection[] {
  const { before, after } = pair;
  const change = changeOf(pair);
  const hunks = [
    ...headingHunks(pair),
    ...diffBlocks(blocksOf(before), blocksOf(after)).flatMap(hunkOf),
  ];
  if (change === 'edited' && hunks.length === 0) return [];
  const found = [...OWN[change], ...hunks.map(({ materiality }) => materiality)];
  return [
    {
      path: (before ?? after)?.path ?? [],
      change,
      materiality: worstMateriality(found) ?? 'editorial',
      holds: mustHold(change, hunks),
      hunks,
    },
  ];
}

/** What a change of the section itself means, whatever its blocks say. */
const OWN: Readonly<Record<ChangedSection['change'], readonly Materiality[]>> = {
  added: ['structural'],
  removed: ['structural'],
  edited: [],
  moved: ['editorial'],
  renamed: ['structural'],
};

const blocksOf = (placed: PlacedSection | undefined): readonly Block[] =>
  placed?.section.blocks ?? [];

function mustHold(change: ChangedSection['change'], hunks: readonly DiffHunk[]): boolean {
  if (change === 'removed' || change === 'renamed') return true;
  return hunks.some(({ materiality }) => !WORDING.includes(materiality));
}

const WORDING: readonly Materiality[] = ['cosmetic', 'editorial'];

/** The same heading in other letters or on another level is an edit of the section. */
function headingHunks({ before, after, match }: SectionPair): readonly DiffHunk[] {
  if (before === undefined || after === undefined || match !== 'path') return [];
  const [old, fresh] = [before.section, after.section];
  if (old.heading === fresh.heading && old.level === fresh.level) return [];
  return [
    {
      kind: 'edited',
      materiality: 'cosmetic',
      before: redactValues(old.heading),
      after: redactValues(fresh.heading),
    },
  ];
}

function changeOf({ before, after, match }: SectionPair): ChangedSection['change'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return match === 'moved' || match === 'renamed' ? match : 'edited';
}

function hunkOf(step: BlockStep): readonly DiffHunk[] {
  const show = (block: Block): string => redactValues(block.text);
  switch (step.kind) {
    case 'kept':
      return [];
    case 'added':
      return [
        {
          kind: 'added',
          materiality: rankBlock(step.block),
          before: null,
          after: show(step.block),
        },
      ];
    case 'removed':
      return [
        {
          kind: 'removed',
          materiality: rankBlock(step.block),
          before: show(step.block),
          after: null,
        },
      ];
    case 'edited':
      return [
        {
          kind: 'edited',
          materiality: compareTexts(step.before, step.after),
          before: show(step.before),
          after: show(step.after),
        },
      ];
    default:
      step satisfies never;
      throw new RangeError('Unknown step');
  }
}

/** Tells whether only looks and wording changed. */
export const isWording = (changes: MaterialityCounts): boolean =>
  MATERIALITIES.every((materiality) => changes[materiality] === 0 || WORDING.includes(materiality));
