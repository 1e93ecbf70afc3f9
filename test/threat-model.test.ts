import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const text = readFileSync('docs/threat-model.md', 'utf8');
const rows = [...text.matchAll(/^\| ([LSRV]\d+) \| (.+) \| (.+) \| (.+) \|$/gm)].map(
  ([, id = '', , defence = '', tests = '']) => ({
    id,
    defence,
    tests: [...tests.matchAll(/`([^`]+)` “([^”]+)”/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    })),
  }),
);

/** The design's list (evidence.md section 3): none may be left out. */
const ATTACKS = [
  ...Array.from({ length: 19 }, (_, index) => `L${index + 1}`),
  ...Array.from({ length: 10 }, (_, index) => `S${index + 1}`),
  ...Array.from({ length: 7 }, (_, index) => `R${index + 1}`),
  'V1',
];

/** Lists the titles of the tests of a file, groups left out. */
const titlesOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^\s+it[^'\n]*\(\s*'([^'\n]+)',/gm)].map(
    ([, title = '']) => title,
  );

describe('docs/threat-model.md', () => {
  it('lists every attack of the design once, with a defence and a test', () => {
    expect(rows.map(({ id }) => id)).toEqual(ATTACKS);
    for (const { id, defence, tests } of rows) {
      expect(defence.length, `of ${id}`).toBeGreaterThan(10);
      expect(tests.length, `of ${id}`).toBeGreaterThan(0);
    }
  });

  it.each(rows)('names tests of $id that exist', ({ tests }) => {
    for (const { file, title } of tests) {
      expect(existsSync(file), `of ${file}`).toBe(true);
      expect(readFileSync(file, 'utf8'), `${file} has no test of that title`).toContain(
        `'${title}'`,
      );
    }
  });

  it('names every test that tries to leak', () => {
    const files = readdirSync('test/leaks').filter((name) => name.endsWith('.test.ts'));
    expect(files.length).toBeGreaterThan(2);
    const named = new Set(rows.flatMap(({ tests }) => tests.map(({ title }) => title)));
    // A test of the list of stages guards the test beside it; it tries no attack.
    const spared = new Set(['has the stages of the design, in their order']);
    for (const name of files) {
      const titles = titlesOf(join('test/leaks', name));
      expect(titles.length, `of ${name}`).toBeGreaterThan(0);
      const unnamed = titles.filter((title) => !named.has(title) && !spared.has(title));
      expect(unnamed, `of ${name}`).toEqual([]);
    }
  });
});
