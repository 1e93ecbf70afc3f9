import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { diffBlocks, wordSimilarity } from './block-diff.ts';
import { diffDocuments, isWording, NO_CHANGES } from './document-diff.ts';
import { compareTexts, rankBlock } from './materiality.ts';
import { normalisePage } from './normalise.ts';
import type { Block, NormalisedDocument } from './normalised.ts';
import { redactValues } from './redact-values.ts';

function documentOf(markdown: string): NormalisedDocument {
  const result = normalisePage({
    body: new TextEncoder().encode(markdown),
    contentType: 'text/markdown',
    url: 'https://docs.example/page.md',
  });
  if (result.kind === 'degraded') throw new Error(result.problem);
  return result.document;
}

const diff = (before: string, after: string) =>
  diffDocuments(documentOf(before), documentOf(after));
const paragraph = (text: string): Block => ({ kind: 'paragraph', text });

const PAGE =
  '# Page\n\nIntro text.\n\n## Rates\n\nOne two three four five.\n\n## Help\n\nAsk us.\n';

describe('diffDocuments', () => {
  it('finds nothing between equal pages', () => {
    expect(diff(PAGE, PAGE)).toEqual({ changes: NO_CHANGES, sections: [] });
  });

  it('tells an added, a removed, a moved and a renamed section apart', () => {
    expect(diff(PAGE, `${PAGE}\n## Extra\n\nMore words.\n`).sections).toMatchObject([
      { path: ['Page', 'Extra'], change: 'added', materiality: 'structural', holds: false },
    ]);
    expect(diff(PAGE, PAGE.replace('## Help\n\nAsk us.\n', '')).sections).toMatchObject([
      { path: ['Page', 'Help'], change: 'removed', materiality: 'structural', holds: true },
    ]);
    expect(diff(PAGE, PAGE.replace('## Rates', '# Other\n\n## Rates')).sections).toMatchObject([
      { path: ['Page', 'Rates'], change: 'moved', materiality: 'editorial', holds: false },
      { path: ['Page', 'Help'], change: 'moved' },
      { path: ['Other'], change: 'added' },
    ]);
    expect(diff(PAGE, PAGE.replace('## Rates', '## Fees')).sections).toMatchObject([
      { path: ['Page', 'Rates'], change: 'renamed', materiality: 'structural', holds: true },
    ]);
  });

  it('takes another level or spelling of a heading for looks', () => {
    const { changes, sections } = diff(PAGE, PAGE.replace('# Page', '# PAGE'));
    expect(changes).toEqual({ ...NO_CHANGES, cosmetic: 1 });
    expect(sections).toMatchObject([{ change: 'edited', holds: false }]);
  });

  it('pairs sections of one name in their order', () => {
    const twice = '# A\n\n## X\n\nfirst\n\n## X\n\nsecond\n';
    const { sections } = diff(twice, twice.replace('second', 'other'));
    expect(sections).toMatchObject([{ path: ['A', 'X'], change: 'edited' }]);
    expect(sections[0]?.hunks.map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });

  it('replaces amounts and numbers in what it shows', () => {
    const { sections } = diff(
      '# A 1\n\nPay $3.00, at most 500 a day.',
      '# A 1\n\nPay $4.00, at most 600 a day.',
    );
    expect(sections[0]?.hunks).toEqual([
      {
        kind: 'edited',
        materiality: 'value',
        before: 'Pay <amount>, at most <n> a day.',
        after: 'Pay <amount>, at most <n> a day.',
      },
    ]);
  });

  it('knows wording from meaning', () => {
    expect(isWording({ ...NO_CHANGES, cosmetic: 1, editorial: 2 })).toBe(true);
    expect(isWording({ ...NO_CHANGES, identifier: 1 })).toBe(false);
  });
});

describe('materiality', () => {
  it.each([
    ['Ask us!', 'ask us', 'cosmetic'],
    ['As of 2026-11-01, ask', 'As of 2026-11-23, ask', 'cosmetic'],
    ['Changed on Nov 1, 2026', 'Changed on 23 November 2026', 'cosmetic'],
    ['Ask us', 'Ask them', 'editorial'],
    ['Use `a_b` here', 'Use `a_c` here', 'identifier'],
    ['Call /v1/chat now', 'Call /v2/chat now', 'identifier'],
    ['Send X-Trace-Id', 'Send X-Request-Id', 'identifier'],
    ['Use max_tokens', 'Use max_output', 'identifier'],
    ['Ask gpt-4o today', 'Ask gpt-5 today', 'identifier'],
    ['See https://a.example/x', 'See https://b.example/x', 'identifier'],
    ['This works', 'This is deprecated', 'identifier'],
    ['Pay $3', 'Pay $4', 'value'],
    ['Pay $3', 'Pay €3', 'value'],
    ['Pay 3 USD', 'Pay 3 EUR', 'value'],
    ['1,000 a day', '1.000 a day', 'value'],
    ['Save 50%', 'Save 60%', 'value'],
    ['A context of 128k', 'A context of 256k', 'value'],
    ['Up to 10 of them', 'Any of them', 'value'],
  ])('ranks %j to %j as %s', (before, after, expected) => {
    expect(compareTexts(paragraph(before), paragraph(after))).toBe(expected);
  });

  it('ranks code by its digits and columns as the shape of the page', () => {
    const code = (text: string): Block => ({ kind: 'code', text });
    expect(compareTexts(code('a  = 1'), code('a = 1'))).toBe('cosmetic');
    expect(compareTexts(code('a = 1'), code('a = 20'))).toBe('value');
    expect(compareTexts(code('a = 1'), code('b = 1'))).toBe('identifier');
    const columns = { kind: 'columns', text: 'A | B' } as const;
    expect(compareTexts(columns, { ...columns, text: 'A | C' })).toBe('structural');
    expect(rankBlock(columns)).toBe('structural');
    expect(rankBlock(code('x'))).toBe('identifier');
    expect(rankBlock(paragraph('Pay 3'))).toBe('value');
    expect(rankBlock(paragraph('Use `x`'))).toBe('identifier');
    expect(rankBlock(paragraph('It will be removed'))).toBe('identifier');
    expect(rankBlock(paragraph('Ask us'))).toBe('editorial');
  });
});

describe('redactValues', () => {
  it.each([
    ['$3.00 / 1M', '<amount> / <n>M'],
    ['US$ 1,200.50 and 3 USD', '<amount> and <amount>'],
    ['€5 or 5 € or 20 cents', '<amount> or <amount> or <amount>'],
    ['60 RPM at 99.9%', '<n> RPM at <n>%'],
  ])('shows %j as %j', (text, shown) => {
    expect(redactValues(text)).toBe(shown);
  });

  it('leaves no digit, and redacting twice is redacting once', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(redactValues(text)).not.toMatch(/\d/);
        expect(redactValues(redactValues(text))).toBe(redactValues(text));
      }),
    );
  });
});

const blocks = fc.array(fc.constantFrom('a b c', 'a b d', 'x', 'y z', 'q').map(paragraph), {
  maxLength: 12,
});

describe('diffBlocks', () => {
  it('tells how to get from the old blocks to the new ones', () => {
    fc.assert(
      fc.property(blocks, blocks, (before, after) => {
        const steps = diffBlocks(before, after);
        const old = steps.flatMap((step) =>
          step.kind === 'edited' ? [step.before] : step.kind === 'added' ? [] : [step.block],
        );
        const fresh = steps.flatMap((step) =>
          step.kind === 'edited' ? [step.after] : step.kind === 'removed' ? [] : [step.block],
        );
        const sorted = (list: readonly Block[]) => list.map(({ text }) => text).toSorted();
        expect(sorted(old)).toEqual(sorted(before));
        expect(sorted(fresh)).toEqual(sorted(after));
      }),
    );
  });

  it('matches a huge section as a set', () => {
    const many = Array.from({ length: 2100 }, (_, index) => paragraph(`old${index}`));
    const other = many.map(({ text }) => paragraph(`${text}x`)).toReversed();
    const steps = diffBlocks([...many, paragraph('kept')], [paragraph('kept'), ...other]);
    expect(steps.filter(({ kind }) => kind === 'removed')).toHaveLength(2100);
    expect(steps.filter(({ kind }) => kind === 'added')).toHaveLength(2100);
  });

  it('measures how many words are shared', () => {
    expect(wordSimilarity('a b', 'a b')).toBe(1);
    expect(wordSimilarity('a a', 'a c')).toBe(0.5);
    expect(wordSimilarity('', '')).toBe(1);
  });
});
