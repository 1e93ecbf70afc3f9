import { terminalText } from '../core/index.ts';
import { type Finding, findingText, type Region } from './finding.ts';

const COMMAND = { error: 'error', warning: 'warning', note: 'notice' } as const;

/**
 * Writes findings as workflow commands of GitHub Actions, one line each: they appear as annotations of the changed files.
 *
 * Percent signs, line ends and, in properties, colons and commas are encoded as the runner decodes them: no name can begin a
 * command of its own. (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions)
 */
export const renderGithub = (findings: readonly Finding[]): string => findings.map(lineOf).join('');

function lineOf(finding: Finding): string {
  const { rule, level, place } = finding;
  const properties = Object.entries({
    ...(place === undefined ? {} : { file: place.file }),
    ...(place?.region === undefined ? {} : linesOf(place.region)),
    title: `spendproof: ${rule}`,
  }).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${COMMAND[level]} ${properties.join(',')}::${data(findingText(finding))}\n`;
}

/** Columns count only within one line. */
const linesOf = ({ line, endLine, column, endColumn }: Region) => ({
  line,
  endLine,
  ...(endLine === line ? { col: column, endColumn } : {}),
});

const data = (text: string): string =>
  terminalText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
