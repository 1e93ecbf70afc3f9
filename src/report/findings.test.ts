import { describe, expect, it } from 'vitest';
import { type SarifLog, sarifProblems } from '../../test/sarif.ts';
import type { Finding } from './finding.ts';
import { findingTable } from './findings.ts';
import { renderGithub } from './github.ts';
import { renderSarif } from './sarif.ts';
import { TABLE_WRITERS } from './table.ts';

const REGION = { line: 3, column: 7, endLine: 3, endColumn: 12, where: 'prose' };
const IN_TEXT: Finding = {
  rule: 'money',
  level: 'error',
  message: 'This states an amount of money.',
  hint: 'Send the reader on:\nto 100%.\u001b',
  place: { file: 'docs/run book,1:2%.md', region: REGION },
};
const LONG: Finding = {
  ...IN_TEXT,
  rule: 'quota',
  place: { file: 'a.md', region: { ...REGION, endLine: 4, endColumn: 2 } },
};
const WHOLE_FILE: Finding = {
  rule: 'scope-drift/outside',
  level: 'warning',
  message: '100 % odd\r\n::warning::injected',
  place: { file: 'a,b:c\n::error::x/ü #?.md' },
};
const NOWHERE: Finding = { rule: 'evidence-gap/review', level: 'note', message: 'No review yet' };
const RULES = [{ id: 'money', summary: 'States money' }, { id: 'quota' }];

const runOf = (text: string) => {
  const [run] = (JSON.parse(text) as SarifLog).runs;
  if (run === undefined) throw new Error('A log has a run');
  return run;
};

describe('renderSarif', () => {
  it.each([[[]], [[IN_TEXT]], [[IN_TEXT, LONG, IN_TEXT]], [[WHOLE_FILE, NOWHERE]]])(
    'follows SARIF 2.1.0 with %j',
    (findings) => {
      expect(sarifProblems(renderSarif(findings))).toEqual([]);
    },
  );

  it('points from a result to its rule and place', () => {
    const { results } = runOf(renderSarif([IN_TEXT, LONG], RULES));
    expect(results.map(({ ruleId, ruleIndex }) => [ruleId, ruleIndex])).toEqual([
      ['money', 0],
      ['quota', 1],
    ]);
    expect(results[0]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'docs/run%20book%2C1%3A2%25.md' },
          region: { startLine: 3, startColumn: 7, endLine: 3, endColumn: 12 },
        },
      },
    ]);
  });

  it('names a whole file or none, and lists each rule that was found once', () => {
    const { results, tool } = runOf(renderSarif([WHOLE_FILE, NOWHERE, WHOLE_FILE]));
    expect(tool.driver.rules).toEqual([
      { id: 'evidence-gap/review' },
      { id: 'scope-drift/outside' },
    ]);
    expect(results.map(({ level }) => level)).toEqual(['warning', 'note', 'warning']);
    expect(results[0]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax/%C3%BC%20%23%3F.md' },
        },
      },
    ]);
    expect(results[1]?.locations).toBeUndefined();
  });
});

describe('renderGithub', () => {
  it('writes one command a finding, whatever names and texts hold', () => {
    expect(renderGithub([IN_TEXT, WHOLE_FILE, NOWHERE]).split('\n')).toEqual([
      '::error file=docs/run book%2C1%3A2%25.md,line=3,endLine=3,col=7,endColumn=12,title=spendproof%3A money::This states an amount of money. Send the reader on:\\u{a}to 100%25.\\u{1b}',
      '::warning file=a%2Cb%3Ac\\u{a}%3A%3Aerror%3A%3Ax/ü #?.md,title=spendproof%3A scope-drift/outside::100 %25 odd\\u{d}\\u{a}::warning::injected',
      '::notice title=spendproof%3A evidence-gap/review::No review yet',
      '',
    ]);
    expect(renderGithub([])).toBe('');
  });

  it('leaves columns out of a finding over several lines', () => {
    expect(renderGithub([LONG])).toMatch(/^::error file=a\.md,line=3,endLine=4,title=/);
  });
});

describe('findingTable', () => {
  it('is a table for people, spreadsheets and scripts', () => {
    expect(TABLE_WRITERS.csv(findingTable([LONG])).split('\r\n')[0]).toBe(
      'place,rule,level,where,message,hint',
    );
    expect(TABLE_WRITERS.markdown(findingTable([LONG]))).toContain(
      '| a.md:3:7 | quota | error | prose |',
    );
    expect(JSON.parse(TABLE_WRITERS.json(findingTable([LONG, WHOLE_FILE, NOWHERE])))).toMatchObject(
      [
        { place: 'a.md:3:7', rule: 'quota' },
        { place: 'a,b:c\n::error::x/ü #?.md', where: null, hint: null },
        { place: null, level: 'note' },
      ],
    );
  });
});
