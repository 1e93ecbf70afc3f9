import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { SourceFinding } from './finding.ts';
import { renderFindings } from './findings.ts';
import { renderGithub } from './github.ts';
import { renderSarif } from './sarif.ts';

const FINDING: SourceFinding = {
  rule: 'money',
  file: 'docs/run book,1:2%.md',
  line: 3,
  column: 7,
  endLine: 3,
  endColumn: 12,
  where: 'prose',
  message: 'This states an amount of money.',
  hint: 'Send the reader on:\nto 100%.\u001b',
};
const LONG = { ...FINDING, rule: 'quota', file: 'a.md', endLine: 4, endColumn: 2 };
const RULES = [
  { id: 'money', summary: 'States money' },
  { id: 'quota', summary: 'States a quota' },
];

const text = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1 } },
  additionalProperties: false,
};
const position = { type: 'integer', minimum: 1 };

/** What SARIF 2.1.0 asks of the parts we write: sections 3.13 to 3.52 of the OASIS standard. */
const SARIF = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string', pattern: '^https://' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['tool'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            additionalProperties: false,
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: {
                  name: { type: 'string' },
                  version: { type: 'string' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      additionalProperties: false,
                      properties: {
                        id: { type: 'string' },
                        shortDescription: text,
                        defaultConfiguration: {
                          type: 'object',
                          properties: { level: { enum: ['none', 'note', 'warning', 'error'] } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              properties: { executionSuccessful: { type: 'boolean' } },
            },
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message'],
              additionalProperties: false,
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: text,
                locations: {
                  type: 'array',
                  items: {
                    type: 'object',
                    additionalProperties: false,
                    required: ['physicalLocation'],
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation'],
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            required: ['uri'],
                            properties: {
                              uri: { type: 'string', pattern: "^[A-Za-z0-9._~!$&'()*+,;=@%/-]+$" },
                            },
                          },
                          region: {
                            type: 'object',
                            additionalProperties: false,
                            properties: {
                              startLine: position,
                              startColumn: position,
                              endLine: position,
                              endColumn: position,
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

describe('renderSarif', () => {
  const validate = new Ajv({ allErrors: true }).compile(SARIF);

  it.each([[[]], [[FINDING]], [[FINDING, LONG]]])('follows SARIF 2.1.0 with %j', (findings) => {
    const log: unknown = JSON.parse(renderSarif(findings, RULES).text);
    validate(log);
    expect(validate.errors).toBeNull();
  });

  it('points from a result to its rule and place', () => {
    const { runs } = JSON.parse(renderSarif([FINDING, LONG], RULES).text) as {
      runs: readonly [
        { results: readonly { ruleId: string; ruleIndex: number; locations: unknown }[] },
      ];
    };
    expect(runs[0].results.map(({ ruleId, ruleIndex }) => [ruleId, ruleIndex])).toEqual([
      ['money', 0],
      ['quota', 1],
    ]);
    expect(runs[0].results[0]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'docs/run%20book%2C1%3A2%25.md' },
          region: { startLine: 3, startColumn: 7, endLine: 3, endColumn: 12 },
        },
      },
    ]);
  });
});

describe('renderGithub', () => {
  it('writes one command a finding, whatever names and texts hold', () => {
    expect(renderGithub([FINDING]).text).toBe(
      '::error file=docs/run book%2C1%3A2%25.md,line=3,endLine=3,col=7,endColumn=12,title=spendproof%3A money::This states an amount of money. Send the reader on:\\u{a}to 100%25.\\u{1b}\n',
    );
  });

  it('leaves columns out of a finding over several lines', () => {
    expect(renderGithub([LONG]).text).toMatch(/^::error file=a\.md,line=3,endLine=4,title=/);
  });
});

describe('renderFindings', () => {
  it('is a table for people, spreadsheets and scripts', () => {
    expect(renderFindings('csv', [LONG]).split('\r\n')[0]).toBe('place,rule,where,message,hint');
    expect(renderFindings('markdown', [LONG])).toContain('| a.md:3:7 | quota | prose |');
    expect(JSON.parse(renderFindings('json', [LONG]))).toMatchObject([
      { place: 'a.md:3:7', rule: 'quota' },
    ]);
  });
});
