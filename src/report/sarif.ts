import { terminalText, VERSION } from '../core/index.ts';
import { type Finding, type FindingRule, findingText, type Place } from './finding.ts';

/**
 * Writes findings as SARIF 2.1.0, one run, which code hosts show beside the lines.
 *
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/; regions count UTF-16 code units from 1, section 3.30)
 * @param rules every rule that a finding may name, in the order of `ruleIndex`; default: those that were found.
 */
export function renderSarif(
  findings: readonly Finding[],
  rules: readonly FindingRule[] = rulesOf(findings),
): string {
  const run = {
    tool: { driver: { name: 'spendproof', version: VERSION, rules: rules.map(ruleOf) } },
    invocations: [{ executionSuccessful: true }],
    columnKind: 'utf16CodeUnits',
    results: findings.map((finding) => resultOf(finding, rules)),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const rulesOf = (findings: readonly Finding[]): readonly FindingRule[] =>
  [...new Set(findings.map(({ rule }) => rule))].toSorted().map((id) => ({ id }));

const ruleOf = ({ id, summary }: FindingRule): object =>
  summary === undefined ? { id } : { id, shortDescription: { text: summary } };

function resultOf(finding: Finding, rules: readonly FindingRule[]): object {
  const { rule, level, place } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level,
    message: { text: terminalText(findingText(finding)) },
    ...(place === undefined ? {} : { locations: [{ physicalLocation: locationOf(place) }] }),
  };
}

function locationOf({ file, region }: Place): object {
  const artifactLocation = { uri: uriOf(file) };
  if (region === undefined) return { artifactLocation };
  const { line, column, endLine, endColumn } = region;
  return { artifactLocation, region: { startLine: line, startColumn: column, endLine, endColumn } };
}

/** A relative reference: each segment is encoded, so that a name cannot become a scheme, query or fragment. */
const uriOf = (file: string): string => file.split('/').map(encodeURIComponent).join('/');
