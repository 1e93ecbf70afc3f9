import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlainDate, type PlainDate } from '../../core/index.ts';
import { parsePlan, type Plan } from '../../plan/index.ts';
import { lintText } from './lint-text.ts';

const day = (text: string): PlainDate => {
  const date = parsePlainDate(text);
  if (date === undefined) throw new RangeError(text);
  return date;
};
const TODAY = day('2026-11-23');

const PLAN = `version: 1
documents:
  - { id: pricing, url: "https://docs.example.com/pricing", purpose: What it costs }
  - { id: limits, url: "https://docs.example.com/limits", purpose: Limits of the reference }
budgets:
  - { id: b, scope: {}, period: { every: month }, amount: "1200.00", rules: [{ id: f, basis: forecast, at: 1, minAmount: "20.00" }] }
`;

function planOf(text: string): Plan {
  const result = parsePlan(text, { file: 'plan', adapters: [] });
  if (result.kind === 'bad') throw new Error(JSON.stringify(result.diagnostics));
  return result.plan;
}

const lint = (text: string, syntax: 'data' | 'markdown' = 'markdown', plan?: Plan) =>
  lintText({ file: 'a.md', text, syntax }, { today: TODAY, plan });
const words = (...args: Parameters<typeof lint>) =>
  lint(...args).findings.map(
    ({ rule, where, line, column }) => `${rule} ${where} ${line}:${column}`,
  );

describe('lint of Markdown', () => {
  it('places a finding in its line and column, over the ends of lines', () => {
    expect(words('# Title\n\nThe limit is 500\nrequests per minute.\n')).toEqual([
      'rate-limit prose 3:14',
    ]);
    const [finding] = lint('Costs $3.50 now').findings;
    expect(finding).toMatchObject({ line: 1, column: 7, endLine: 1, endColumn: 12 });
    expect(JSON.stringify(finding)).not.toContain('3.50');
  });

  it.each([
    ['a heading', '## From $20 a month', 'money prose 1:9'],
    ['a list', '- one\n- two: 60 RPM', 'rate-limit prose 2:8'],
    ['a quote', '> 99.9 % uptime', 'uptime prose 1:3'],
    ['emphasis', 'It is **$0.16**/request', 'unit-price prose 1:9'],
    ['inline code', 'Send `limit=60 RPM` then', 'rate-limit code 1:13'],
    ['fenced code', '```sh\necho "60 RPM"\n```', 'rate-limit code 2:7'],
    ['indented code', 'text\n\n    # 60 RPM\n', 'rate-limit code 3:7'],
    [
      'a table by its header',
      '| Model | Price per token |\n|---|---|\n| a | 0.002 |',
      'unit-price table 3:7',
    ],
    ['a table by its cell', 'Text\n| A | B |\n|---|---|\n| a | 60 RPM |', 'rate-limit table 4:7'],
    ['a cell beyond the header', '| A |\n|---|\n| a | 60 RPM |', 'rate-limit table 3:7'],
    ['front matter', '---\nrpm: 60\n---\n# A', 'rate-limit data 2:6'],
    ['a rule that ends nowhere', '---\nIt is 60 RPM', 'rate-limit prose 2:7'],
    ['an indented line below a heading', '# A\n    # 60 RPM', 'rate-limit prose 2:7'],
    ['a paragraph that goes on indented', 'It is\n    60 RPM', 'rate-limit prose 2:5'],
    ['code that is never closed', '```sh\necho "60 RPM"', 'rate-limit code 2:7'],
    ['a comment', 'A <!-- it is $9.99 --> b', 'money prose 1:14'],
    ['a link text', '[from $5.00](https://a.example/$7.00)', 'money prose 1:7'],
    ['a nested list', '- one\n\n    it costs $5.00\n', 'money prose 3:14'],
  ])('finds what %s states', (_, text, expected) => {
    expect(words(text)).toEqual([expected]);
  });

  it.each([
    'Run `cp $1 $0` first',
    'Run `./report.sh $1` with the month',
    '```sh\ncp $1 $10\n```',
    'the argument `$1` is the file',
    '[price](https://a.example/60-rpm/$3.50 "title")',
    '[ref]: https://a.example/$3.50',
    '<Price amount="$3.50" rpm={60} />',
    '![60](images/60-rpm.png)',
    'https://a.example/?limit=60%20RPM',
    '| A | B |\n|---|---|\n| 1 | 2 |',
    '80 % of the budget, 3 of 4 documents',
  ])('takes %j for none', (text) => {
    expect(words(text)).toEqual([]);
  });

  it('finds nothing in the article that the product answers', () => {
    const path = join(process.cwd(), '../shared/design/article.txt');
    if (!existsSync(path)) return;
    const text = readFileSync(path, 'utf8');
    expect(text.length).toBeGreaterThan(5000);
    expect(words(text)).toEqual([]);
  });

  it('never fails, and places findings inside the text', () => {
    const piece = fc.constantFrom(
      '`',
      '```',
      '|',
      '---',
      '\n',
      '$5.00',
      '60 RPM',
      '<!--',
      '-->',
      '<a',
      '>',
      '    ',
      '- ',
      '](',
      'x ',
      '# ',
      '*',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const lines = text.split('\n');
        for (const syntax of ['markdown', 'data'] as const) {
          for (const { line, column, endLine, endColumn } of lint(text, syntax).findings) {
            expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length);
            expect(endColumn).toBeLessThanOrEqual((lines[endLine - 1] ?? '').length + 1);
            expect(endLine > line || endColumn > column).toBe(true);
          }
        }
      }),
    );
  });
});

describe('lint of data', () => {
  it.each([
    ['a value', 'note: it is 60 RPM\n', 'rate-limit data 1:13'],
    ['a value by its key', 'limits:\n  requests_per_minute: 60\n', 'rate-limit data 2:24'],
    ['a list', 'notes: [a, "costs $5.50"]\n', 'money data 1:19'],
    ['a comment', 'a: 1 # 60 RPM\n', 'rate-limit prose 1:8'],
    ['JSON', '{\n "input_cost_per_token": 3e-06\n}', 'unit-price data 2:26'],
    ['a second document', 'a: 1\n---\nb: 99.9 % uptime\n', 'uptime data 3:4'],
    ['a block of text', 'a: |\n  The limit is\n  60 RPM\n', 'rate-limit data 3:3'],
    ['what is no YAML', 'a: [b\nc: 60 RPM\n', 'rate-limit code 2:4'],
  ])('finds what %s states', (_, text, expected) => {
    expect(words(text, 'data')).toEqual([expected]);
  });

  it.each([
    'amount: "1200.00"\n',
    'at: [0.5, 0.8]\nmaxAge: 9d\ntimeout: 20s\n',
    '{"model": "a", "messages": [], "max_tokens": 16}',
    'a: &x 1\nb: *x\n',
    '? [a]\n: 1\n',
    '',
  ])('takes %j for none', (text) => {
    expect(words(text, 'data')).toEqual([]);
  });
});

describe('own amounts', () => {
  const plan = planOf(PLAN);

  it.each(['$1,200.00', 'USD 1200', '1,200 dollars', 'US$1200', '$20'])(
    'lets %s stand',
    (amount) => {
      expect(words(`The budget is ${amount}.`, 'markdown', plan)).toEqual([]);
      expect(words(`The budget is ${amount}.`)).toHaveLength(1);
    },
  );

  it('lets stand what rules, metrics, revisions and unit costs of the plan set', () => {
    const whole = planOf(`version: 1
metrics:
  - { id: each, denominator: { count: requests }, compare: { to: previous, minChange: "7.25" } }
  - { id: plain, denominator: { count: requests } }
budgets:
  - id: b
    amount: { unitMetric: each, target: "0.12", quantity: 10000 }
    amounts: [{ from: 2026-12-01, amount: "1500", approvedBy: finops, reason: launch }]
    rules: [{ id: o, basis: actual, at: 1, minAmount: "33" }, { id: s, basis: freshness, maxAge: 36h }]
owner: finops
`);
    for (const own of ['$0.12', '$1500', '$33', '$7.25']) {
      expect(words(`It is ${own}.`, 'markdown', whole)).toEqual([]);
    }
    expect(words('It is $10000.', 'markdown', whole)).toHaveLength(1);
  });

  it.each(['$1,201', '€1200', '1200 GBP', '$12,00', '$1200 per request'])('finds %s', (amount) => {
    expect(words(`It is ${amount}.`, 'markdown', plan)).toHaveLength(1);
  });

  it('sends the reader to the document that is about it', () => {
    const hint = (text: string) => lint(text, 'markdown', plan).findings[0]?.hint;
    expect(hint('$5.50')).toContain('pricing: https://docs.example.com/pricing');
    expect(hint('60 RPM')).toContain('limits: https://docs.example.com/limits');
    expect(lint('60 RPM').findings[0]?.hint).toContain('instead, or add a waiver');
  });
});

describe('waivers', () => {
  const plan = planOf(PLAN);
  const waiver = (fields = 'source=pricing date=2026-11-01 expires=2026-12-01') =>
    `<!-- verified: ${fields} -->`;

  it.each([
    ['inside its paragraph', `It costs $5.50. ${waiver()}`],
    ['before it', `${waiver()}\n\nIt costs $5.50.`],
    ['on the line above', `${waiver()}\nIt costs $5.50.`],
    ['before a table, whole', `${waiver()}\n\n| RPM | Price per token |\n|---|---|\n| 60 | 0.02 |`],
    ['before code', `${waiver()}\n\n\`\`\`\n60 RPM\n\`\`\``],
  ])('covers what it stands %s', (_, text) => {
    const { findings, waived } = lint(text, 'markdown', plan);
    expect(findings).toEqual([]);
    expect(waived).toBeGreaterThan(0);
  });

  it('covers no more than that', () => {
    const text = `${waiver()}\n\nIt costs $5.50.\n\nIt costs $6.50.`;
    expect(words(text, 'markdown', plan)).toEqual(['money prose 5:10']);
  });

  it('covers an entry of data on its line or below', () => {
    const yaml = (comment: string) => `${comment}\nrpm: 60\ntpm: 70 ${comment}\nrps: 80\n`;
    const text = yaml('# verified: source=limits date=2026-11-01 expires=2026-11-30');
    expect(words(text, 'data', plan)).toEqual(['rate-limit data 4:6']);
  });

  it.each([
    ['waiver-expired', 'source=pricing date=2026-10-01 expires=2026-10-20'],
    ['waiver-too-long', 'source=pricing date=2026-11-01 expires=2026-12-02'],
    ['waiver-unknown-source', 'source=other date=2026-11-01 expires=2026-12-01'],
    ['waiver-malformed', 'source=pricing date=2026-11-01'],
    ['waiver-malformed', 'source=pricing expires=2026-12-01'],
    ['waiver-malformed', 'date=2026-11-01 expires=2026-12-01'],
    ['waiver-malformed', 'source=pricing date=2026-11-31 expires=2026-12-01'],
    ['waiver-malformed', 'source=pricing date=2026-11-24 expires=2026-12-01'],
    ['waiver-malformed', 'source=pricing date=2026-11-20 expires=2026-11-19'],
    ['waiver-malformed', 'source=pricing date=2026-11-01 expires=2026-12-01 by=me'],
    ['waiver-malformed', 'source=a source=pricing date=2026-11-01 expires=2026-12-01'],
    ['waiver-malformed', ''],
  ])('that are bad are a finding (%s) and waive nothing: %s', (rule, fields) => {
    const { findings, waived } = lint(`${waiver(fields)}\n\nIt costs $5.50.`, 'markdown', plan);
    expect(findings.map((one) => one.rule)).toEqual([rule, 'money']);
    expect(findings[0]).toMatchObject({ where: 'waiver', line: 1, column: 6 });
    expect(waived).toBe(0);
  });

  it('count to their last day, and for thirty days', () => {
    const last = waiver('source=pricing date=2026-10-24 expires=2026-11-23');
    expect(lint(`${last} $5.50`, 'markdown', plan).findings).toEqual([]);
  });

  it('may name any document where there is no plan, and are no code', () => {
    expect(
      lint(`${waiver('source=any date=2026-11-01 expires=2026-12-01')} $5.50`).findings,
    ).toEqual([]);
    expect(words(`\`\`\`\n${waiver('')}\n\`\`\``)).toEqual([]);
  });

  it('that cover nothing are no finding, unless they are bad', () => {
    expect(words(`text\n\n${waiver()}`, 'markdown', plan)).toEqual([]);
    expect(words(`text\n\n${waiver('')}`, 'markdown', plan)).toEqual([
      'waiver-malformed waiver 3:6',
    ]);
  });
});
