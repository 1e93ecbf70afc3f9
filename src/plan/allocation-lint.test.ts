import { describe, expect, it } from 'vitest';
import { TEST_ADAPTERS } from '../../test/fixtures/plan/adapters.ts';
import { parsePlan } from './parse.ts';

const RULE = '{ when: { key: [a, b] }, workload: w }';

function found(allocation: string): readonly string[] {
  const text = `version: 1\nowner: finops\nworkloads: [w, x]\nallocation:\n${allocation}\n`;
  const result = parsePlan(text, { file: 'p.yaml', adapters: TEST_ADAPTERS });
  const all = result.kind === 'ok' ? result.warnings : result.diagnostics;
  return all
    .filter(({ path }) => path.startsWith('allocation'))
    .map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
}
const rules = (...lines: readonly string[]) =>
  found(`  rules:\n${lines.map((line) => `    - ${line}`).join('\n')}`);
const shared = (split: string) =>
  found(`  shared:\n    - { id: s, when: { key: [k] }, split: ${split} }`);

describe('allocation', () => {
  it('warns of a rule behind one that takes all of its rows', () => {
    expect(rules(RULE, '{ when: { key: [a] }, owner: finops }')).toEqual([
      'warning shadowed-rule allocation.rules[1].when',
    ]);
    expect(rules(RULE, '{ when: { key: [b], model: [m] }, workload: x }')).toHaveLength(1);
  });

  it('does not where the earlier rule is narrower, or valid on other days', () => {
    expect(rules(RULE, '{ when: { key: [a, c] }, workload: x }')).toEqual([]);
    expect(rules(RULE, '{ when: { model: [m] }, workload: x }')).toEqual([]);
    const dated = '{ when: { key: [a] }, workload: w, until: 2026-11-01 }';
    expect(rules(dated, '{ when: { key: [a] }, workload: x }')).toEqual([]);
    expect(rules(dated, '{ when: { key: [a] }, workload: x, from: 2026-11-01 }')).toEqual([]);
    expect(rules(dated, '{ when: { key: [a] }, workload: x, until: 2026-10-01 }')).toHaveLength(1);
  });

  it('warns where the days of the earlier rule hold those of the later', () => {
    const from = (date: string, key: string) =>
      `{ when: { key: [${key}] }, workload: w, from: ${date} }`;
    expect(rules(from('2026-11-01', 'a'), from('2026-12-01', 'a'))).toHaveLength(1);
    expect(rules(from('2026-11-01', 'a'), from('2026-11-01', 'a'))).toHaveLength(1);
    expect(rules(from('2026-11-02', 'a'), from('2026-11-01', 'a'))).toEqual([]);
    expect(rules(from('2026-11-01', 'a'), '{ when: { key: [a] }, workload: x }')).toEqual([]);
  });

  it('leaves what is of another form to the schema', () => {
    expect(rules('{ when: 5, workload: w }', '{ when: [a], workload: x }')).toEqual([
      'error wrong-value allocation.rules[0].when',
      'error wrong-value allocation.rules[1].when',
    ]);
    expect(shared('even')).toEqual(['error wrong-value allocation.shared[0].split']);
    expect(shared('{ method: fixed, to: [w], weights: { w: most } }')).toEqual([
      'error wrong-value allocation.shared[0].split.weights.w',
    ]);
    expect(shared('{ method: fixed, to: [w], weights: [1] }')).toContain(
      'error wrong-value allocation.shared[0].split.weights',
    );
  });

  it('warns of a shared cost that a rule takes whole, and of a rule that is valid on no day', () => {
    expect(
      found(`  rules: [${RULE}]
  shared: [{ id: s, when: { key: [b] }, split: { method: even, to: [w] } }]`),
    ).toEqual(['warning shadowed-rule allocation.shared[0].when']);
    expect(
      rules('{ when: { key: [a] }, workload: w, from: 2026-11-02, until: 2026-11-02 }'),
    ).toEqual(['warning unused-rule allocation.rules[0].until']);
  });

  it.each([
    ['{ method: fixed, to: [w, x], weights: { w: "0.7", x: "0.3" } }', []],
    ['{ method: even, to: [w] }', []],
    ['{ method: fixed, to: [w] }', ['error missing-weights allocation.shared[0].split.weights']],
    [
      '{ method: even, to: [w], weights: { w: "1" } }',
      ['error unused-weights allocation.shared[0].split.weights'],
    ],
    [
      '{ method: fixed, to: [w, x], weights: { w: "1" } }',
      ['error odd-weights allocation.shared[0].split.weights'],
    ],
    [
      '{ method: fixed, to: [w, x], weights: { w: "0.7", x: "0.2" } }',
      ['error odd-weights allocation.shared[0].split.weights'],
    ],
    [
      '{ method: fixed, to: [w, x], weights: { w: "1.5", x: "-0.5" } }',
      ['error odd-weights allocation.shared[0].split.weights'],
    ],
  ])('judges the split %s', (split, expected) => {
    expect(shared(split)).toEqual(expected);
  });
});
