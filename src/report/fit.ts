import { itemAt } from '../core/index.ts';
import { textWidth, widestWord, wrapWords } from './wrap.ts';

/** Blanks between two columns of a table. */
export const GAP = '  ';

/** A column of text keeps so much of its width: a word a line is no line any more. */
const COMFORT = 12;

/**
 * Breaks the cells of a table into lines until it is as wide as the terminal: texts first, the widest most, amounts only when
 * no text can give more. No word and no number is cut; `undefined` where one would have to be.
 *
 * @param lines the titles and all rows.
 */
export function fitColumns(
  lines: readonly (readonly string[])[],
  aligns: readonly ('left' | 'right')[],
  width: number,
): readonly (readonly string[])[] | undefined {
  const widths = aligns.map((_, at) => widest(lines, at, textWidth));
  const floors = aligns.map((align, at) => {
    const natural = itemAt(widths, at);
    return Math.max(
      widest(lines, at, widestWord),
      align === 'left' ? Math.min(natural, COMFORT) : 0,
    );
  });
  const room = width - GAP.length * (aligns.length - 1);
  if (sum(widths) <= room) return lines;
  for (const align of ['left', 'right'] as const) {
    const columns = aligns.flatMap((one, at) => (one === align ? [at] : []));
    while (sum(widths) > room) {
      const [column] = columns
        .filter((at) => itemAt(widths, at) > itemAt(floors, at))
        .toSorted((one, other) => itemAt(widths, other) - itemAt(widths, one));
      if (column === undefined) break;
      widths[column] = itemAt(widths, column) - 1;
    }
  }
  if (sum(widths) > room) return undefined;
  return lines.map((line) =>
    line.map((text, at) => wrapWords(text, itemAt(widths, at)).join('\n')),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

const widest = (
  lines: readonly (readonly string[])[],
  at: number,
  measure: (text: string) => number,
): number => lines.reduce((most, line) => Math.max(most, measure(line[at] ?? '')), 0);

/** Writes each row as lines of `title  value`, for a terminal on which its columns do not fit side by side. */
export function stackRows(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const label = Math.max(0, ...titles.map(textWidth));
  const indent = ' '.repeat(label + GAP.length);
  const blocks = rows.map((row) =>
    row
      .flatMap((text, at) => {
        const title = itemAt(titles, at);
        const head = title + ' '.repeat(label - textWidth(title)) + GAP;
        return wrapWords(text, width - indent.length).map(
          (line, index) => (index === 0 ? head : indent) + line,
        );
      })
      .map((line) => `${line.trimEnd()}\n`)
      .join(''),
  );
  return blocks.length === 0 ? `${titles.join(GAP)}\n` : blocks.join('\n');
}
