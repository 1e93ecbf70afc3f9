import { itemAt } from '../../core/index.ts';
import type { FactPlace } from '../../plan/index.ts';

/** Holds a piece of a file that says one thing: a paragraph, a table's cell, a block of code, a value of data. */
export interface TextPiece {
  /** What stands there, character for character; what must not be read is blanked. */
  readonly text: string;
  /** Where it starts in the file, in UTF-16 code units. */
  readonly offset: number;
  readonly place: FactPlace;
  /** What a finding is reported as being in. */
  readonly where: 'prose' | 'table' | 'code' | 'data';
  /** The block that a waiver covers whole: pieces of one table or code block share it. */
  readonly block: number;
}

/** Holds a comment that may be a waiver. */
export interface Comment {
  readonly text: string;
  readonly offset: number;
  /** The blocks that a waiver here covers. */
  readonly blocks: readonly number[];
}

/** Holds a file cut into pieces. */
export interface ScannedFile {
  readonly pieces: readonly TextPiece[];
  readonly comments: readonly Comment[];
}

/** Turns offsets into lines and columns, both 1-based. */
export function lineFinder(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (itemAt(starts, middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - itemAt(starts, low) + 1 };
  };
}
