// What could move the cursor or hide text: controls, lone surrogates, line separators, every code point that Unicode
// says to draw as nothing (bidirectional marks, zero width, tags, variation selectors), interlinear and hieroglyph formats.
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u{13430}-\u{1343f}]/gu;

/** The same but controls below the blank, which JSON writes as escapes; its own line breaks stand outside of texts. */
const UNSAFE_IN_JSON =
  /[\u007f-\u009f\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u{13430}-\u{1343f}]/gu;

/**
 * Makes JSON harmless on a terminal and keeps what it says: invisible marks and controls of its texts become escapes of JSON.
 *
 * @example
 * terminalJson('"a\u009b2J"') // → '"a\\u009b2J"'
 */
export function terminalJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (mark) =>
    mark
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/**
 * Makes outside text harmless on a terminal: controls and invisible marks are shown as `\u{…}`.
 *
 * @example
 * terminalText('key\u001b[2J') // → 'key\\u{1b}[2J'
 */
export function terminalText(text: string): string {
  return text.replace(UNSAFE, (mark) => `\\u{${Number(mark.codePointAt(0)).toString(16)}}`);
}
