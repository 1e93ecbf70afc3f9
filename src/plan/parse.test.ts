import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diagnosticsOf,
  parse,
  planOf,
  readFixture,
  wordsOf,
} from '../../test/fixtures/plan/fixtures.ts';
import { ERROR_CODES } from '../core/index.ts';
import { renderDiagnostics } from './render.ts';

const SMALL = readFixture('ok-small');
const EXAMPLE = readFixture('ok-example');

describe('parsePlan', () => {
  it.each(['ok-example', 'ok-small'])('reads %s without a word', (name) => {
    expect(wordsOf(readFixture(name))).toEqual([]);
  });

  it('reports ten mistakes of three phases at once, in the order of the file', () => {
    const text = readFixture('bad-ten-mistakes');
    const result = parse(text);
    const found = result.kind === 'bad' ? result.diagnostics : [];
    expect(found).toHaveLength(10);
    expect(new Set(found.map(({ code }) => code)).size).toBe(3);
    expect(renderDiagnostics(found, text)).toBe(readFixture('bad-ten-mistakes', 'expected.txt'));
  });

  it('uses only codes that have an exit status', () => {
    const found = diagnosticsOf(readFixture('bad-ten-mistakes'));
    expect(found.every(({ code }) => Object.hasOwn(ERROR_CODES, code))).toBe(true);
    expect(found.every(({ code }) => ERROR_CODES[code].exit === 2)).toBe(true);
  });

  it('reads a byte order mark and CRLF as if they were not there', () => {
    expect(planOf(`\uFEFF${SMALL.replaceAll('\n', '\r\n')}`)).toEqual(planOf(SMALL));
    const marked = diagnosticsOf(`\uFEFF${SMALL}\r\nteem: x\r\n`);
    expect(marked).toMatchObject([{ line: 13, column: 1, endColumn: 5, rule: 'unknown-key' }]);
  });

  it('says one thing of a key that is a YAML 1.1 boolean', () => {
    expect(wordsOf(`${SMALL}review: { on: monday }\n`)).toEqual(['error boolean-key ']);
    expect(wordsOf(`${SMALL}yes: 1\nNo: 2\n`)).toEqual([
      'error boolean-key ',
      'error boolean-key ',
    ]);
    expect(diagnosticsOf(`${SMALL}yes: 1\n`)[0]?.hint).toBe('use another word');
  });

  it('goes on to the later phases when the only syntax mistake is a key that is there twice', () => {
    expect(wordsOf(`${SMALL}version: 1\nteem: x\n`)).toEqual([
      'error duplicate-key ',
      'error unknown-key teem',
    ]);
  });

  it.each([
    ['an anchor', 'team: &x a\n', 'error refused-form '],
    ['a merge key', 'team: { <<: { a: 1 } }\n', 'error refused-form '],
    ['a tag', 'team: !env TEAM\n', 'error refused-form '],
    ['a key that is a list', '? [a, b]\n: 1\n', 'error refused-form '],
    ['a second document', '---\nversion: 1\n', 'error yaml '],
    ['an open quote', 'team: "x\n', 'error yaml '],
    ['a tab', 'team:\n\tx: 1\n', 'error yaml '],
  ])('refuses %s', (_, addition, expected) => {
    expect(wordsOf(SMALL + addition)).toContain(expected);
  });

  it('refuses an alias, and a directive that asks for another YAML', () => {
    expect(wordsOf(`${SMALL}team: &x a\nowners: [{ id: *x }]\n`)).toHaveLength(2);
    expect(wordsOf(`%YAML 1.1\n---\n${SMALL}`)).toEqual(['error refused-form ']);
    expect(wordsOf(`%TAG !e! tag:x,2026:\n---\n${SMALL}`)).toEqual(['error refused-form ']);
  });

  it('says what came when the file is no map', () => {
    const messages = ['', '- a\n', 'text\n', '3\n', 'null\n'].map(
      (text) => diagnosticsOf(text)[0]?.message,
    );
    expect(messages).toEqual(
      ['nothing', 'a list', 'text', 'number', 'nothing'].map(
        (got) => `expected a plan (a map of sections), got ${got}`,
      ),
    );
  });

  it('ends on thousands of open brackets with one mistake', () => {
    expect(wordsOf('['.repeat(50_000))).toEqual(['error nesting ']);
    expect(wordsOf('- '.repeat(50_000))).toHaveLength(1);
  });

  it('refuses what is nested deeper than any plan, before anything walks into it', () => {
    const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
    const text = `${SMALL}providers: [{ id: a, host: a.example, noFallback: { a: ${deep} } }]\n`;
    expect(wordsOf(text)).toEqual(['error nesting ']);
  });

  it('reports thousands of mistakes soon, and shows a hundred', () => {
    const text = `version: 1\nbudgets:\n${'  - 1\n'.repeat(20_000)}`;
    const found = diagnosticsOf(text).filter(({ severity }) => severity === 'error');
    expect(found).toHaveLength(20_000);
    expect(renderDiagnostics(found, text).match(/^error/gm)).toHaveLength(100);
    expect(renderDiagnostics(found, text)).toContain('… and 19900 more.\n20000 errors.');
  });

  it('shows ten YAML errors of a broken text at most', () => {
    expect(wordsOf('a: ]\n'.repeat(40)).length).toBeLessThanOrEqual(10);
  });

  it('never throws, and never places a mistake outside the text', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.constantFrom(...NOISE()), (at, length, noise) => {
        const start = at % EXAMPLE.length;
        const text = EXAMPLE.slice(0, start) + noise + EXAMPLE.slice(start + (length % 40));
        const lines = text.split('\n').length;
        for (const { line, column, endColumn } of diagnosticsOf(text)) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(endColumn).toBeGreaterThan(column);
        }
      }),
    );
  });

  it('never throws when any one value of a plan is any JSON', () => {
    fc.assert(
      fc.property(fc.nat(), fc.jsonValue(), (at, value) => {
        const places = [...EXAMPLE.matchAll(/(?<=: )(?:\[[^\]\n]*\]|[\w.-]+)/g)];
        const place = places[at % places.length];
        const start = place?.index ?? 0;
        const end = start + (place?.[0].length ?? 0);
        const text = EXAMPLE.slice(0, start) + JSON.stringify(value) + EXAMPLE.slice(end);
        const result = parse(text);
        expect(result.kind === 'ok' || result.diagnostics.length > 0).toBe(true);
      }),
    );
  });
});

function NOISE(): readonly string[] {
  return [
    '',
    '\n',
    ': ',
    '- ',
    '{',
    '[',
    '"',
    '#',
    '\t',
    '&a ',
    '*a',
    '!t ',
    'x',
    '0',
    'null',
    '~',
  ];
}
