import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ExitStatus, REASONS, worstExit } from '../src/core/index.ts';
import { PLAN_RULES } from '../src/plan/rules.ts';

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));

const text = readFileSync('docs/errors.md', 'utf8');
const part = (heading: string) => text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

interface Section {
  readonly code: string;
  readonly lead: string;
  readonly body: string;
}

const sections: readonly Section[] = part('Codes')
  .split('\n### ')
  .slice(1)
  .map((section) => {
    const [heading = '', , lead = '', ...rest] = section.split('\n');
    return { code: heading.replaceAll('`', ''), lead, body: rest.join('\n') };
  });
const rows = (heading: string) =>
  [
    ...(part(heading).split('|---|---|')[1] ?? '').matchAll(/^\| `?([a-z0-9-]+)`? \| (.+?) \|$/gm),
  ].map(([, id = '', phrase = '']) => [id, phrase] as const);

describe('docs/errors.md', () => {
  it('was read', () => {
    expect(sections.length).toBeGreaterThan(20);
    expect(rows('Reasons').length).toBeGreaterThan(30);
    expect(rows('Exit status').length).toBeGreaterThan(8);
  });

  it('has a section for every code of src/core/error-codes.ts, and for no other, in order', () => {
    const codes = Object.keys(ERROR_CODES);
    const found = sections.map(({ code }) => code);
    const hint =
      'Add to "## Codes" of docs/errors.md, in alphabetical order: "### `code`", an empty line, ' +
      '"TITLE. Exit status N.", an empty line, and the points "**What happened.**", "**Why.**", "**What to do.**"; ' +
      'remove sections of codes that are gone';
    expect(
      codes.filter((code) => !found.includes(code)),
      `${hint}. Missing here`,
    ).toEqual([]);
    expect(
      found.filter((code) => !codes.includes(code)),
      `${hint}. Too many here`,
    ).toEqual([]);
    expect(found, 'Sections stand in alphabetical order').toEqual(found.toSorted());
  });

  it.each(Object.entries(ERROR_CODES))(
    'says of %s its title and its exit status',
    (code, entry) => {
      const section = sections.find((one) => one.code === code);
      expect(section?.lead, `First line under "### \`${code}\`" in docs/errors.md`).toBe(
        `${entry.title}. Exit status ${entry.exit}.`,
      );
    },
  );

  it.each(sections)('says of $code what happened, why, and what to do', ({ code, body }) => {
    for (const point of ['What happened', 'Why', 'What to do']) {
      expect(body, `"- **${point}.** …" of ${code}`).toMatch(
        new RegExp(`^- \\*\\*${point}\\.\\*\\* \\S.{20,}`, 'm'),
      );
    }
  });

  it('lists the exit statuses in the order in which one wins over another', () => {
    const statuses = rows('Exit status').map(([status]) => Number(status) as ExitStatus);
    expect(new Set(statuses).size).toBe(statuses.length);
    expect(statuses.toSorted((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 130]);
    statuses.forEach((status, index) => {
      expect(worstExit(statuses.slice(index).toReversed()), `${status} stands too early`).toBe(
        status,
      );
    });
  });

  it('lists every reason of src/core/reasons.ts with its phrase, and no other', () => {
    const expected = Object.entries(REASONS).map(([id, phrase]) => `| \`${id}\` | ${phrase} |`);
    const found = rows('Reasons').map(([id, phrase]) => `| \`${id}\` | ${phrase} |`);
    expect(
      found.toSorted(),
      'Make the table under "## Reasons" of docs/errors.md say what src/core/reasons.ts says',
    ).toEqual(expected.toSorted());
  });

  it('lists every rule of src/plan/rules.ts with its phrase, and no other', () => {
    const expected = Object.entries(PLAN_RULES).map(([id, phrase]) => `| \`${id}\` | ${phrase} |`);
    const found = rows('Mistakes in a plan').map(([id, phrase]) => `| \`${id}\` | ${phrase} |`);
    expect(found.length).toBeGreaterThan(40);
    expect(
      found,
      'Make the table under "## Mistakes in a plan" of docs/errors.md say what src/plan/rules.ts says',
    ).toEqual(expected.toSorted());
  });

  it('lists no rule or code that nothing in src can end with', () => {
    const used = sourcesIn('src').filter((file) => !/(rules|error-codes)\.ts$/.test(file));
    const source = used.map((file) => readFileSync(file, 'utf8')).join('\n');
    const unused = [...Object.keys(PLAN_RULES), ...Object.keys(ERROR_CODES)].filter(
      (id) => !source.includes(`'${id}'`) && !source.includes(`[${id}]`),
    );
    expect(unused).toEqual([]);
  });

  it('knows every code that is printed beside those that are thrown', () => {
    const printed = sourcesIn('src').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/error\[([a-z-]+)\]/g)].map(([, code]) => code ?? ''),
    );
    expect(printed).toContain('interrupted');
    expect(printed.filter((code) => !Object.hasOwn(ERROR_CODES, code))).toEqual([]);
  });

  it('links to no code that it does not have', () => {
    const links = [...text.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, target]) => target ?? '');
    const targets = [
      ...sections.map(({ code }) => code),
      'codes',
      'exit-status',
      'mistakes-in-a-plan',
      'reasons',
    ];
    expect(links.filter((link) => !targets.includes(link))).toEqual([]);
  });
});
