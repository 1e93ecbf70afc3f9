import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = 'docs/decisions';
const pages = readdirSync(FOLDER).filter((name) => /^\d{4}-/.test(name));
const read = (name: string) => readFileSync(`${FOLDER}/${name}`, 'utf8');
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

describe('docs/decisions', () => {
  it('gives each page a number of its own, and lists each with its title', () => {
    const index = read('README.md');
    expect(pages.length).toBeGreaterThan(0);
    expect(new Set(pages.map((name) => name.slice(0, 4))).size).toBe(pages.length);
    pages.forEach((name) => {
      const number = name.slice(0, 4);
      const title = read(name).split('\n')[0]?.replace(`# ${number} · `, '');
      expect(index).toContain(`| [${number}](${name}) | ${title} |`);
    });
  });

  it.each(pages)('%s has context, decision, what was rejected and consequences', (name) => {
    const headings = [...read(name).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Context', 'Decision', 'Rejected', 'Consequences']);
  });

  it('names every dependency of package.json: a new one needs a page that says what it costs', () => {
    const names = Object.keys(dependencies);
    expect(names.length).toBeGreaterThan(0);
    const text = pages.map((name) => read(name)).join('\n');
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
