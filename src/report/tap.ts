import { type Check, checksOf } from './checks.ts';
import type { Rendered, RenderInput } from './renderer.ts';

/** Writes a review as TAP 14 (testanything.org), with ids and codes only. */
export const renderTap = ({ bundle }: RenderInput): Rendered => ({
  text: tapOf(checksOf(bundle)),
  mediaType: 'text/plain',
});

/**
 * Writes checks as TAP 14. What could not be judged is `not ok`: readers take a skip or a todo for a pass, and missing proof
 * is none.
 */
export function tapOf(checks: readonly Check[]): string {
  const lines = checks.flatMap((check, index) => testPoint(check, index + 1));
  return ['TAP version 14', `1..${checks.length}`, ...lines].map((line) => `${line}\n`).join('');
}

function testPoint(
  { group, name, outcome, reasons, missing }: Check,
  number: number,
): readonly string[] {
  const point = `${outcome === 'pass' ? 'ok' : 'not ok'} ${number} - ${plain(`${group} ${name}`)}`;
  if (outcome === 'pass') return [point];
  const list = (words: readonly string[]): string => JSON.stringify(words.map(plain));
  return [
    point,
    '  ---',
    `  outcome: ${outcome}`,
    `  reasons: ${list(reasons)}`,
    `  missing: ${list(missing)}`,
    '  ...',
  ];
}

/** Ids and codes are printable; a `#` would begin a directive, and anything else a line of its own. */
const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]|[#\\]/g, '_');
