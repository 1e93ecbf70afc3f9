import { describe, expect, it } from 'vitest';
import { diagnosticsOf, readFixture, wordsOf } from '../../test/fixtures/plan/fixtures.ts';
import { renderDiagnostics } from './render.ts';

const SMALL = readFixture('ok-small');
const KEY = ['sk', 'live', '0123456789abcdef'].join('-');

const rendered = (text: string): string => renderDiagnostics(diagnosticsOf(text), text);

describe('checkLiterals', () => {
  it.each([
    ['a value', `team: ${KEY}\n`],
    ['a key', `${KEY}: 1\n`],
    ['a key with things below it', `${KEY}: { ${KEY}: { a: ${KEY} } }\n`],
    ['a comment', `# ${KEY}\n`],
    ['a comment behind a value', `team: a # ${KEY}\n`],
    ['a block of text', `team: |\n  ${KEY}\n`],
    ['a place that wants something else', `review: { quorum: { reviewers: ${KEY} } }\n`],
    [
      'an unknown name',
      `workloads: [a]\nallocation: { rules: [{ when: {}, workload: ${KEY} }] }\n`,
    ],
    ['a text that is not readable', `team: [${KEY}\n`],
    ['a duplicate key', `${KEY}: 1\n${KEY}: 2\n`],
    ['an alias', `team: *${KEY}\n`],
    ['the line above another mistake', `# ${KEY}\nteem: x\n`],
  ])('refuses a secret in %s, and never shows it', (_, addition) => {
    const text = SMALL + addition;
    expect(rendered(text)).toMatch(/\d errors?\. Nothing was changed\./);
    expect(JSON.stringify(diagnosticsOf(text))).not.toContain(KEY.slice(3));
    expect(rendered(text)).not.toContain(KEY.slice(3));
  });

  it('finds an escaped secret, and masks it in the frame as it is written', () => {
    const escaped = `sk${String.raw`\x2d`}live-0123456789abcdef`;
    const text = `${SMALL}team: "${escaped}"\n`;
    expect(wordsOf(text)).toEqual(['error secret-literal team']);
    expect(rendered(text)).not.toContain('0123456789abcdef');
  });

  it('lets a pinned digest be, and no other hexadecimal text', () => {
    const digest = 'deadbe0f'.repeat(8);
    expect(wordsOf(`${SMALL}team: ${digest}\n`)).toEqual(['error secret-literal team']);
  });

  it('lets the ids of keys and projects be where rows are told apart, and refuses a known token there', () => {
    const id = ['proj', 'aZ3kQ9xB7mR2tV5nL8wC4pJ6yD1hF0'].join('_');
    const rule = (value: string): string =>
      `${SMALL}allocation: { rules: [{ when: { project: [${value}] }, owner: a }] }\n`;
    expect(wordsOf(rule(id))).toEqual([]);
    expect(wordsOf(rule(KEY))).toEqual([
      'error secret-literal allocation.rules[0].when.project[0]',
    ]);
    expect(wordsOf(`${SMALL}team: ${id}\n`)).toEqual(['error secret-literal team']);
  });

  it.each([
    ['a discount', 'budgets[0].title', SMALL.replace('amount', 'title: now 20 % off, amount')],
    [
      'a unit price',
      'metrics[0].question',
      SMALL.replace(
        '[cost-per-1k-requests]',
        '[{ id: m, question: "Still $3 per 1M tokens?", denominator: { count: requests } }]',
      ),
    ],
    [
      'a rate limit',
      'documents[0].claims[0].quote',
      `${SMALL}documents: [{ id: cometapi-pricing, claims: [{ id: c, kind: text, quote: 60 requests per minute }] }]\n`,
    ],
    [
      'an amount of money',
      'documents[0].claims[0].wording',
      `${SMALL}documents: [{ id: cometapi-pricing, claims: [{ id: c, kind: host, wording: "It costs $12.50" }] }]\n`,
    ],
  ])('refuses %s of a provider at %s', (what, path, text) => {
    expect(diagnosticsOf(text)).toMatchObject([
      { rule: 'provider-fact', path, message: expect.stringContaining(what) },
    ]);
  });

  it("takes money in a budget's own words, and refuses a price in a comment", () => {
    expect(wordsOf(SMALL.replace('amount', 'title: Twelve times $100.00, amount'))).toEqual([]);
    expect(wordsOf(`${SMALL}# we agreed on $1200.00\n`)).toEqual([]);
    expect(diagnosticsOf(`${SMALL}# it is $3 per 1M tokens\n`)).toMatchObject([
      { rule: 'provider-fact', line: 12, column: 9, endColumn: 25 },
    ]);
  });

  it('takes a # inside a text for no comment', () => {
    expect(wordsOf(SMALL.replace('amount', 'title: "a # 60 RPM", amount'))).toHaveLength(1);
    expect(wordsOf(`${SMALL}team: a#b\n`)).toEqual(['error wrong-value team']);
  });

  it.each([
    ['an amount', 'text, quote: "from $3"'],
    ['a limit', 'text, quote: "limited to 5 requests"'],
    ['a percentage', 'heading, text: "50 % of all"'],
    ['a list of models', 'text, quote: "the models abc-4o and def-3.5"'],
    ['an amount in its wording', 'host, wording: "It costs $3 today."'],
    ['a percentage in what to verify', 'host, verify: "That 99 % of it is up"'],
    ['a discount in its area', 'host, area: "20 % discount"'],
  ])('refuses a claim that holds %s', (_, claim) => {
    const text = `${SMALL}documents: [{ id: d, url: "https://a.example/", purpose: p, claims: [{ id: c, kind: ${claim} }] }]\n`;
    expect(wordsOf(text).map((words) => words.split(' ')[1])).toEqual(['provider-fact']);
  });

  it('lets a claim name a path, a status, a host or a heading with a number', () => {
    const claims = [
      '{ id: a, kind: endpoint, method: GET, path: /v1/limits }',
      '{ id: b, kind: openapi-operation, operationId: chat, status: "429" }',
      '{ id: c, kind: link, to: "a.example:8443/2024/{id}" }',
      '{ id: d, kind: heading, text: "3. Rate limits" }',
    ];
    const text = `${SMALL}documents: [{ id: d0, url: "https://a.example/", purpose: p, claims: [${claims.join(', ')}] }]\n`;
    expect(wordsOf(text)).toEqual([]);
  });
});
