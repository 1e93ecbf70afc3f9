import { terminalText } from '../core/index.ts';
import type { SourceFinding } from './finding.ts';
import type { Rendered } from './renderer.ts';

/**
 * Writes findings as workflow commands of GitHub Actions, one line each: they appear as annotations of the changed files.
 *
 * (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions)
 */
export function renderGithub(findings: readonly SourceFinding[]): Rendered {
  return { text: findings.map(lineOf).join(''), mediaType: 'text/plain' };
}

function lineOf(finding: SourceFinding): string {
  const { rule, file, line, column, endLine, endColumn, message, hint } = finding;
  const properties = Object.entries({
    file,
    line,
    endLine,
    // A column's end counts only within one line.
    ...(endLine === line ? { col: column, endColumn } : {}),
    title: `spendproof: ${rule}`,
  }).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::error ${properties.join(',')}::${data(`${message} ${hint}`)}\n`;
}

/** A line end would begin another command; `%` begins an escape. */
const data = (text: string): string =>
  terminalText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
