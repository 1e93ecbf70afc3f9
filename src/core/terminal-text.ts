// C0 and C1 controls, bidirectional and zero-width marks, byte order mark: what could move the cursor or hide text.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Makes outside text harmless on a terminal: controls and invisible marks are shown as `\u{…}`.
 *
 * @example
 * terminalText('key\u001b[2J') // → 'key\\u{1b}[2J'
 */
export function terminalText(text: string): string {
  return text.replace(UNSAFE, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`);
}
