import { terminalText } from '../core/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import { maskSecrets } from './secret-shapes.ts';

/**
 * Writes diagnostics for people: place, message and a frame of the line with the one above it.
 *
 * What looks like a secret is shown as `*`, and controls of the outside text as `\u{…}`.
 *
 * @param text the plan's text, of which the diagnostics speak.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], text: string): string {
  const lines = maskedLines(diagnostics, text);
  const blocks = diagnostics.slice(0, BLOCKS_MAX).map((diagnostic) => block(diagnostic, lines));
  const rest = diagnostics.length - blocks.length;
  const more = rest > 0 ? [`… and ${rest} more.`] : [];
  return `${[...blocks, ...more, summary(diagnostics)].join('\n')}\n`;
}

/** Nobody reads on; the summary counts them all. */
const BLOCKS_MAX = 100;
const SHOWN_MAX = 160;

function block(diagnostic: Diagnostic, lines: readonly string[]): string {
  const { severity, rule, file, line, column, path, message } = diagnostic;
  const where = `${file}:${line}:${column}`;
  const subject = path === '' || rule === 'unknown-key' ? '' : `${path}: `;
  const head = terminalText(`${severity}[${rule}]  ${where}  ${subject}${message}`);
  return [head, ...frame(diagnostic, lines)].join('\n');
}

function frame(diagnostic: Diagnostic, lines: readonly string[]): readonly string[] {
  const { line, column, endColumn, hint } = diagnostic;
  const width = String(line).length;
  const numbered = (number: number, mark: string): string =>
    `${mark} ${String(number).padStart(width + 2)} | ${shown(lines[number - 1] ?? '')}`.trimEnd();
  // Escapes make a line longer than it is in the file: the mark moves with them.
  const source = lines[line - 1] ?? '';
  const before = shown(source.slice(0, column - 1)).length;
  const marked = Math.max(shown(source.slice(column - 1, endColumn - 1)).length, 1);
  const note = hint === undefined ? '' : `  ${terminalText(hint)}`;
  const isFar = before > SHOWN_MAX;
  const marks = isFar
    ? note.trimStart()
    : ' '.repeat(before) + '^'.repeat(Math.min(marked, SHOWN_MAX - before + 1)) + note;
  return [
    ...(line > 1 ? [numbered(line - 1, ' ')] : []),
    numbered(line, '>'),
    `${' '.repeat(width + 4)} | ${marks}`.trimEnd(),
  ];
}

const shown = (line: string): string => {
  const safe = terminalText(line);
  return safe.length > SHOWN_MAX ? `${safe.slice(0, SHOWN_MAX)}…` : safe;
};

/** A secret may stand in a frame that is about its neighbour, so masks apply to the whole text at once. */
function maskedLines(diagnostics: readonly Diagnostic[], text: string): readonly string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => maskSecrets(line.replace(/\r$/, '')));
  for (const { rule, line, column, endColumn } of diagnostics) {
    const source = lines[line - 1];
    if (rule !== 'secret-literal' || source === undefined) continue;
    const start = source.slice(0, column - 1);
    lines[line - 1] = start + '*'.repeat(endColumn - column) + source.slice(endColumn - 1);
  }
  return lines;
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic['severity'], word: string): string => {
    const found = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return found === 0 ? '' : `${found} ${word}${found === 1 ? '' : 's'}`;
  };
  const errors = count('error', 'error');
  const parts = [errors, count('warning', 'warning')].filter((part) => part !== '');
  if (parts.length === 0) return 'No mistakes.';
  return `${parts.join(', ')}.${errors === '' ? '' : ' Nothing was changed.'}`;
}
