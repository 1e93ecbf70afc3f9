import type { ReportedFinding } from './reported-finding.ts';

const COMMAND = { error: 'error', warning: 'warning', note: 'notice' } as const;

/**
 * Writes findings as workflow commands of GitHub Actions, one line each.
 *
 * Percent signs, line breaks and, in properties, colons and commas are encoded as the runner decodes them: no file name can
 * begin a command of its own.
 */
export function findingsAsGithub(findings: readonly ReportedFinding[]): string {
  return findings.map((finding) => `${lineOf(finding)}\n`).join('');
}

function lineOf({ ruleId, level, message, file, line }: ReportedFinding): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${property(ruleId)}`,
  ];
  return `::${COMMAND[level]} ${properties.join(',')}::${data(message)}`;
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
