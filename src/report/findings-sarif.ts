import { VERSION } from '../core/index.ts';
import type { ReportedFinding } from './reported-finding.ts';

/** Writes findings as SARIF 2.1.0, one run; a place without a line is the whole file. */
export function findingsAsSarif(findings: readonly ReportedFinding[]): string {
  const rules = [...new Set(findings.map(({ ruleId }) => ruleId))].toSorted();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'spendproof', version: VERSION, rules: rules.map((id) => ({ id })) },
        },
        results: findings.map((finding) => resultOf(finding, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: ReportedFinding, rules: readonly string[]): object {
  const { ruleId, level, message, file, line } = finding;
  return {
    ruleId,
    ruleIndex: rules.indexOf(ruleId),
    level,
    message: { text: message },
    ...(file === undefined ? {} : { locations: [{ physicalLocation: placeOf(file, line) }] }),
  };
}

const placeOf = (file: string, line: number | undefined): object => ({
  artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
  ...(line === undefined ? {} : { region: { startLine: line } }),
});
