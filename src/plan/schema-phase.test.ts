import { describe, expect, it } from 'vitest';
import { diagnosticsOf, readFixture, wordsOf } from '../../test/fixtures/plan/fixtures.ts';

const SMALL = readFixture('ok-small');
const only = (text: string) => diagnosticsOf(text)[0];

describe('checkSchema', () => {
  it.each([
    ['expected true or false, got text "yes"', 'smoke: [{ id: s, enabled: yes }]', 'write true'],
    ['expected true or false, got text "off"', 'smoke: [{ id: s, enabled: off }]', 'write false'],
    ['expected a list, got a map', 'workloads: {}', undefined],
    ['expected a map, got nothing', 'review:', undefined],
    [
      'expected a whole number, got number 1.5',
      'review: { quorum: { reviewers: 1.5 } }',
      undefined,
    ],
    ['expected at most 9, got number 10', 'review: { quorum: { reviewers: 10 } }', undefined],
    ['expected at least 0, got number -1', 'review: { quorum: { reviewers: -1 } }', undefined],
    ['expected at least 2 items, got a list', 'reconcile: [{ id: r, of: [quota] }]', undefined],
    [
      'expected at least 1 characters, got text ""',
      'notify: [{ id: a, kind: file, path: "" }]',
      undefined,
    ],
    [
      'expected one of "production", "non-production", got text "producton"',
      'environments: [{ id: production, kind: producton }]',
      'did you mean "production"?',
    ],
    [
      'expected a share greater than 0 (0.8 means 80 %), got number 0',
      'budgets: [{ id: a, amount: "1", at: [0] }]',
      undefined,
    ],
    ['expected a text or a map, got number 5', 'metrics: [5]', undefined],
    ['expected a key "denominator" in a metric', 'metrics: [{ id: m }]', undefined],
    [
      'expected a path inside the project, without "..", got text "../x"',
      'notify: [{ id: a, kind: file, path: ../x }]',
      undefined,
    ],
    [
      'expected a decimal in quotes, such as "1200.00", got number 12',
      'budgets: [{ id: a, amount: 12 }]',
      'quotes make it a text',
    ],
  ])('says %s', (message, line, hint) => {
    const key = line.split(':', 1)[0] ?? '';
    const text = `${SMALL.replace(new RegExp(`^${key}:.*\\n(?: .*\\n)*`, 'm'), '')}${line}\n`;
    const found = diagnosticsOf(text).find((diagnostic) => diagnostic.message === message);
    expect(found).toMatchObject(hint === undefined ? { message } : { message, hint });
  });

  it.each([
    ['2', 'version 1, got 2', 'install the release that this plan was written for'],
    ['"1"', 'version 1, got no number but "1"', 'write `version: 1`, a number'],
    ['', 'version 1, got no number but null', 'write `version: 1`, a number'],
  ])('says of version %s which are known and how to mend it, and judges no key', (got, ...said) => {
    const found = diagnosticsOf(`version: ${got}\nowner: a\nnew-section: []\n`);
    expect(found).toMatchObject([{ rule: 'unknown-version', line: 1, column: 10 }]);
    const { message, hint } = found[0] ?? {};
    expect([message, hint]).toEqual(said.map((words) => expect.stringContaining(words)));
  });

  it('points at the first line of the parent when a key is missing', () => {
    const text = `${SMALL}documents:\n  - id: notes\n    purpose: x\n    claims:\n      - kind: heading\n        text: Notes\n    url: https://a.example/\n`;
    expect(diagnosticsOf(text)).toMatchObject([
      {
        rule: 'missing-key',
        line: 16,
        column: 9,
        endColumn: 22,
        path: 'documents[0].claims[0].id',
      },
    ]);
  });

  it('reports every unknown key, on the key, with the near one of that very form', () => {
    const text = `${SMALL}notify2: 1\ndocuments: [{ id: cometapi-pricing, claims: [{ id: c, kind: endpoint, method: GET, path: /a, txet: x, metod: y }] }]\n`;
    expect(diagnosticsOf(text).map(({ rule, path, hint }) => [rule, path, hint])).toEqual([
      ['unknown-key', 'notify2', 'did you mean "notify"?'],
      ['unknown-key', 'documents[0].claims[0].txet', expect.stringContaining('known: ')],
      ['unknown-key', 'documents[0].claims[0].metod', 'did you mean "method"?'],
    ]);
  });

  it('says of a key of another form that it cannot stand here, and proposes no word that is there already', () => {
    const text = `${SMALL.replace(/^metrics:.*\n/m, '')}metrics: [{ id: m, denominator: { count: tokens, series: seats } }]\n`;
    expect(diagnosticsOf(text).filter(({ rule }) => rule === 'unknown-key')).toMatchObject([
      {
        path: 'metrics[0].denominator.series',
        message: expect.stringContaining('cannot stand beside the other keys'),
        hint: 'remove it, or what stands beside it',
      },
    ]);
  });

  it('takes a misspelt key for one mistake, not also for a missing one', () => {
    expect(wordsOf(SMALL.replace('amount:', 'amuont:'))).toEqual([
      'error unknown-key budgets[0].amuont',
    ]);
  });

  it('reads a claim by its kind, whatever else is wrong', () => {
    const claim = (inner: string): string =>
      `${SMALL}documents: [{ id: cometapi-pricing, claims: [{ id: c, ${inner} }] }]\n`;
    expect(wordsOf(claim('kind: heading, quote: x'))).toEqual([
      'error wrong-value documents[0].claims[0]',
      'error unknown-key documents[0].claims[0].quote',
    ]);
    expect(wordsOf(claim('kind: text'))).toEqual([
      'error missing-key documents[0].claims[0].quote',
    ]);
    expect(wordsOf(claim('text: x'))).toEqual(['error missing-key documents[0].claims[0].kind']);
    expect(wordsOf(claim('kind: headng, text: x'))).toEqual([
      'error wrong-value documents[0].claims[0].kind',
    ]);
  });

  it('reads a period, denominator or assertion as the form that is nearest', () => {
    const metric = (inner: string): string =>
      SMALL.replace('[cost-per-1k-requests]', `[{ id: m, denominator: ${inner} }]`);
    expect(wordsOf(metric('{ count: seat }'))).toEqual([
      'error wrong-value metrics[0].denominator.count',
    ]);
    expect(wordsOf(metric('{ serie: x }'))).toContain(
      'error unknown-key metrics[0].denominator.serie',
    );
    expect(wordsOf(`${SMALL}  - { id: b, amount: "1", period: { from: 2026-01-01 } }\n`)).toEqual([
      'error missing-key budgets[1].period.until',
    ]);
  });

  it('says how a secret is written, and shows nothing of what was there', () => {
    const text = SMALL.replace('{ file: outbox }', '[{ id: a, kind: slack, url: plain }]');
    expect(only(text)?.message).toContain('expected a reference to a secret: { env: NAME }');
  });

  it('checks the keys of open maps', () => {
    const text = readFixture('ok-example').replace('"401": ai-platform', 'abc: ai-platform');
    expect(wordsOf(text)).toEqual(['error wrong-key smoke[0].error.route.abc']);
  });
});
