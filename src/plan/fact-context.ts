import { itemAt } from '../core/index.ts';

/**
 * Blanks what must not be read as a statement: web addresses and paths of files. The text keeps its length.
 */
export const blankAddresses = (text: string): string =>
  text
    .replace(/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"'`]{1,2000}/gi, blank)
    .replace(/(?<![\w$€£¥])\.{0,2}\/[A-Za-z_][\w%-]{0,100}(?:[/.][\w%-]{1,100}){1,20}/g, blank);

/** Overwrites a part of a text with spaces. */
export const blank = (part: string): string => ' '.repeat(part.length);

/**
 * Tells an argument of a shell (`$1`, `${10}`) or a group of a pattern from an amount in dollars.
 *
 * In code a dollar sign before whole digits is an argument; in prose only beside words of a command line or before a lone
 * `0`, and a lone digit only where nothing says what it costs.
 */
export function isShellMark(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  isCode: boolean,
): boolean {
  const amount = text.slice(start, end);
  if (!/^\$\d{1,2}$/.test(amount)) return false;
  if (isCode || amount === '$0') return true;
  const before = text.slice(Math.max(0, start - AROUND), start);
  const after = text.slice(start, end + AROUND);
  return COMMAND.test(before.slice(before.lastIndexOf('\n') + 1) + itemAt(after.split('\n', 1), 0));
}

/** How far to both sides a command line is looked for. */
const AROUND = 200;

const COMMAND =
  /(?:^|\s)(?:\.\/|\$\d \$\d|&&|\|\||sudo |awk|sed|grep|echo|bash|sh|curl|argument|arg|parameter)|\.sh\b|\$\{|\$[@#*?]|\$\d\s+\$\d|(?:^|\s)--?[a-z]/i;
