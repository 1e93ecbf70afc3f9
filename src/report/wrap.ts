/**
 * A blank at which a line may end: not the one inside of `USD 12.50`, `82 %` or `≥ 7`, so that nobody reads an amount without
 * its currency.
 */
const BREAK = /(?<![≥≤<>]) (?!%)(?!(?<=\b[A-Z]{3} )[-\d])/;

/** Breaks a text between words into lines of at most so many columns; a word that is longer keeps a line of its own. */
export function wrapWords(text: string, width: number): readonly string[] {
  const [first = '', ...rest] = wordsOf(text);
  const lines: string[] = [];
  let line = first;
  for (const word of rest) {
    if (textWidth(line) + 1 + textWidth(word) <= width) line = `${line} ${word}`;
    else {
      lines.push(line.trim());
      line = word;
    }
  }
  return [...lines, line.trim()].filter((one, index) => one !== '' || index === 0);
}

/** Gives the columns of the widest part that no line break divides. */
export const widestWord = (text: string): number => Math.max(...wordsOf(text).map(textWidth));

const wordsOf = (text: string): readonly string[] => text.split(BREAK);

/** East Asian wide and full-width forms, and signs that are drawn as pictures, take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const MARK = /\p{M}/u;

/** Counts the columns that a text takes on a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  for (const sign of text) width += WIDE.test(sign) ? 2 : MARK.test(sign) ? 0 : 1;
  return width;
}
