import { describe, expect, it } from 'vitest';
import type { ReportedFinding } from './reported-finding.ts';
import { findingsAsGithub } from './findings-github.ts';
import { findingsAsSarif } from './findings-sarif.ts';

const HOSTILE: ReportedFinding = {
  ruleId: 'scope-drift/outside',
  level: 'error',
  message: '100 % odd\r\n::warning::injected',
  file: 'a,b:c\n::error::x/ü #?.md',
  line: 3,
};

describe('findings for tools of code review', () => {
  it('begins no workflow command that a file name holds', () => {
    const text = findingsAsGithub([HOSTILE, { ruleId: 'r', level: 'note', message: 'm' }]);
    expect(text.split('\n')).toEqual([
      '::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax/ü #?.md,line=3,title=scope-drift/outside::100 %25 odd%0D%0A::warning::injected',
      '::notice title=r::m',
      '',
    ]);
    expect(findingsAsGithub([])).toBe('');
  });

  it('writes SARIF whose places are addresses and whose rules are listed once', () => {
    const log = JSON.parse(findingsAsSarif([HOSTILE, HOSTILE, { ...HOSTILE, ruleId: 'a' }]));
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run.tool.driver.rules).toEqual([{ id: 'a' }, { id: 'scope-drift/outside' }]);
    expect(run.results.map((one: { ruleIndex: number }) => one.ruleIndex)).toEqual([1, 1, 0]);
    const { artifactLocation, region } = run.results[0].locations[0].physicalLocation;
    expect(decodeURIComponent(artifactLocation.uri)).toBe(HOSTILE.file);
    expect(artifactLocation.uri).toMatch(/^[A-Za-z0-9%/._-]+$/);
    expect(region).toEqual({ startLine: 3 });
    const plain = JSON.parse(findingsAsSarif([{ ruleId: 'r', level: 'note', message: 'm' }]));
    expect(plain.runs[0].results[0].locations).toBeUndefined();
  });
});
