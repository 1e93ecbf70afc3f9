import { cleanCode, cleanText, maskText } from './clean-text.ts';
import type { BlockKind, Section } from './normalised.ts';

/** Collects blocks under their headings while a page is walked, cleaned and masked on the way. */
export interface SectionBuilder {
  readonly heading: (level: number, text: string) => void;
  readonly block: (kind: BlockKind, text: string) => void;
  readonly finish: () => {
    readonly sections: readonly Section[];
    readonly masks: readonly string[];
  };
}

/** Starts a page: an unnamed section of level 0 stands before the first heading, and is left out when it stays empty. */
export function startSections(): SectionBuilder {
  const sections: {
    level: number;
    heading: string;
    blocks: { kind: BlockKind; text: string }[];
  }[] = [{ level: 0, heading: '', blocks: [] }];
  const masks = new Set<string>();
  const masked = (text: string): string => {
    const result = maskText(cleanText(text));
    for (const mask of result.masks) masks.add(mask);
    return result.text;
  };
  return {
    heading: (level, text) => {
      const heading = masked(text);
      if (heading !== '') sections.push({ level, heading, blocks: [] });
    },
    block: (kind, text) => {
      const clean = kind === 'code' ? cleanCode(text) : masked(text);
      if (clean !== '') sections.at(-1)?.blocks.push({ kind, text: clean });
    },
    finish: () => ({
      sections: sections.filter(({ level, blocks }) => level > 0 || blocks.length > 0),
      masks: [...masks].toSorted(),
    }),
  };
}

/**
 * Gives a table's rows as blocks that name each cell's column, so that a row can be judged without its table.
 *
 * @param rows cells by row; the first is the header when `hasHeader`.
 */
export function addTable(
  builder: SectionBuilder,
  rows: readonly (readonly string[])[],
  hasHeader: boolean,
): void {
  const labels = hasHeader ? (rows[0] ?? []).map(cleanText) : [];
  if (labels.length > 0) builder.block('columns', labels.join(' | '));
  for (const row of hasHeader ? rows.slice(1) : rows) {
    const cells = row.map((cell, index) => {
      const label = labels[index] ?? '';
      return label === '' ? cleanText(cell) : `${label}: ${cleanText(cell)}`;
    });
    if (row.some((cell) => cleanText(cell) !== '')) builder.block('row', cells.join(' | '));
  }
}
