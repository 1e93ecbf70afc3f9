import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../src/plan/index.ts';
import { ADAPTER_FACTS } from '../src/usage/index.ts';
import { openBench } from './cli/harness.ts';

const PAGES = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Block {
  readonly page: string;
  readonly kind: string;
  readonly text: string;
}

const blocks: readonly Block[] = PAGES.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```([a-z]+(?: [a-z]+)?)\n([\s\S]*?)^```$/gm)].map(
    ([, kind = '', text = '']) => ({ page, kind, text }),
  ),
);

describe('the examples of the documents', () => {
  it('looked at pages and examples', () => {
    expect(PAGES.length).toBeGreaterThan(4);
    expect(blocks.filter(({ kind }) => kind === 'yaml plan').length).toBeGreaterThan(3);
    expect(blocks.filter(({ kind }) => kind === 'console').length).toBeGreaterThan(1);
  });

  it.each(
    blocks
      .filter(({ kind }) => kind === 'yaml plan')
      .map(({ page, text }) => [page, text] as const),
  )('loads the plan in %s', (page, text) => {
    const parsed = parsePlan(text, { file: page, adapters: ADAPTER_FACTS, today: '2026-11-23' });
    expect(parsed.kind === 'bad' ? parsed.diagnostics.map(({ message }) => message) : []).toEqual(
      [],
    );
  });

  it('shows what the commands of README print, in their order', async () => {
    const bench = await openBench();
    await mkdir(join(bench.folder, 'exports'));
    await copyFile(
      'test/fixtures/cli/quota-two-weeks.json',
      join(bench.folder, 'exports', 'quota.json'),
    );
    const examples = blocks.filter(({ page, kind }) => page === 'README.md' && kind === 'console');
    const steps = examples.flatMap(({ text }) => text.split(/^\$ spendproof /m).slice(1));
    expect(steps.length).toBeGreaterThan(4);
    for (const step of steps) {
      const [command = '', ...shown] = step.trimEnd().split('\n');
      const { exit, stdout, stderr } = await bench.run(...command.split(' '));
      expect(exit, `${command}: ${stderr}`).toBe(0);
      expectShown(command, stdout, shown);
    }
  });

  it('has no link to a file that is not there', () => {
    const broken = PAGES.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, link = '']) => normalize(join(dirname(page), link)))
        .filter((file) => !exists(file))
        .map((file) => `${page} → ${file}`),
    );
    expect(broken).toEqual([]);
  });
});

/** Each line shown must be there, in order; `…` stands for any text, or alone for any lines. */
function expectShown(command: string, stdout: string, shown: readonly string[]): void {
  let at = 0;
  for (const line of shown) {
    if (line === '…') continue;
    const pattern = line
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*');
    const found = new RegExp(`^${pattern.trimEnd()}\\s*$`, 'm').exec(stdout.slice(at));
    expect(found, `${command} should print: ${line}\n${stdout}`).not.toBeNull();
    at += (found?.index ?? 0) + (found?.[0].length ?? 0);
  }
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
