import { terminalText, VERSION } from '../core/index.ts';
import type { FindingRule, SourceFinding } from './finding.ts';
import type { Rendered } from './renderer.ts';

/**
 * Writes findings as SARIF 2.1.0, which code hosts show beside the lines.
 *
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/; regions count UTF-16 code units from 1, section 3.30)
 * @param rules every rule that a finding may name, in the order of `ruleIndex`.
 */
export function renderSarif(
  findings: readonly SourceFinding[],
  rules: readonly FindingRule[],
): Rendered {
  const run = {
    tool: {
      driver: {
        name: 'spendproof',
        version: VERSION,
        rules: rules.map(({ id, summary }) => ({
          id,
          shortDescription: { text: summary },
          defaultConfiguration: { level: 'error' },
        })),
      },
    },
    invocations: [{ executionSuccessful: true }],
    columnKind: 'utf16CodeUnits',
    results: findings.map((finding) => resultOf(finding, rules)),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return { text: `${JSON.stringify(log, null, 2)}\n`, mediaType: 'application/sarif+json' };
}

function resultOf(finding: SourceFinding, rules: readonly FindingRule[]) {
  const { rule, file, line, column, endLine, endColumn, message, hint } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: 'error',
    message: { text: terminalText(`${message} ${hint}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}

/** A relative reference: each segment is encoded, so that a name cannot become a scheme, query or fragment. */
const uriOf = (file: string): string => file.split('/').map(encodeURIComponent).join('/');
