const WHITE = /\s/;

/** Counts the letters of a text, white space left out; by hand, because a pattern makes a second text of it. */
export function inkLength(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at += 1) if (!isWhite(text.charCodeAt(at))) length += 1;
  return length;
}

/** What `\s` matches (ECMA-262, WhiteSpace and LineTerminator). */
function isWhite(unit: number): boolean {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13);
  return WHITE.test(String.fromCharCode(unit));
}
