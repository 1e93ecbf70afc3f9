// What could move the cursor or hide text: controls, lone surrogates, line separators, every code point that Unicode
// says to draw as nothing (bidirectional marks, zero width, tags, variation selectors), interlinear and hieroglyph formats.
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u{13430}-\u{1343f}]/gu;

/**
 * Makes outside text harmless on a terminal: controls and invisible marks are shown as `\u{…}`.
 *
 * @example
 * terminalText('key\u001b[2J') // → 'key\\u{1b}[2J'
 */
export function terminalText(text: string): string {
  return text.replace(UNSAFE, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`);
}
