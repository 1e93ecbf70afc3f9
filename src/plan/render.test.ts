import { describe, expect, it } from 'vitest';
import { diagnosticsOf, readFixture } from '../../test/fixtures/plan/fixtures.ts';
import { quoted } from './diagnostic.ts';
import { renderDiagnostics } from './render.ts';

const SMALL = readFixture('ok-small');
const rendered = (text: string): string => renderDiagnostics(diagnosticsOf(text), text);

describe('renderDiagnostics', () => {
  it('shows the line, the one above it, the mark and the hint', () => {
    expect(rendered(`${SMALL}teem: a\n`)).toBe(
      [
        'error[unknown-key]  spendproof.yaml:12:1  "teem" is not a key of a plan',
        '    11 |   - { id: monthly, amount: "1200.00", at: [0.5, 0.8, 1.0] }',
        '>   12 | teem: a',
        '       | ^^^^  did you mean "team"?',
        '1 error. Nothing was changed.',
        '',
      ].join('\n'),
    );
  });

  it('shows no line above the first', () => {
    expect(rendered('hello')).toBe(
      [
        'error[wrong-value]  spendproof.yaml:1:1  expected a plan (a map of sections), got text',
        '>   1 | hello',
        '      | ^^^^^',
        '1 error. Nothing was changed.',
        '',
      ].join('\n'),
    );
  });

  it('says nothing of a change when there are warnings only, or nothing at all', () => {
    expect(rendered(SMALL.replace('0.5', '50'))).toMatch(/\n1 warning\.\n$/);
    expect(renderDiagnostics([], SMALL)).toBe('No mistakes.\n');
  });

  it('shows controls of the plan as escapes, with the mark still below the mistake', () => {
    const frame = rendered(`version: 1\n"\u009b\u202e": 1\n`);
    expect(frame).not.toMatch(/[\u009b\u202e]/);
    expect(frame).toContain(String.raw`\u{9b}\u{202e}`);
    const [, , , line = '', marks = ''] = rendered(`version: 1\n{"\u0085a": 1, teem: 1}\n`).split(
      '\n',
    );
    expect(marks.length === 0 || line.length > 0).toBe(true);
  });

  it('cuts a long line, and leaves the mark out where it cannot be shown', () => {
    const long = `${SMALL}workloads: [${'a, '.repeat(100)}B]\n`;
    const lines = rendered(long).split('\n');
    expect(
      Math.max(...lines.filter((line) => line.startsWith('>')).map(({ length }) => length)),
    ).toBeLessThan(180);
    expect(lines.some((line) => line.includes('…'))).toBe(true);
  });
});

describe('quoted', () => {
  it('cuts a long value and writes any other as text', () => {
    expect(quoted('a'.repeat(70))).toBe(`"${'a'.repeat(60)}…"`);
    expect(quoted(5)).toBe('"5"');
  });
});
