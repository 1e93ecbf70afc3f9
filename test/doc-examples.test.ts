import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../src/plan/index.ts';
import { judgeClaim } from '../src/verify/documents/claims.ts';
import { normalisePage } from '../src/verify/documents/normalise.ts';
import { openBench } from './cli/harness.ts';

interface Example {
  readonly language: string;
  readonly name: string;
  readonly text: string;
}

/** Lists the fenced examples of a page of documentation: language, name, text. */
const examplesOf = (page: string): readonly Example[] =>
  [...readFileSync(page, 'utf8').matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', name = '', text = '']) => ({ language, name, text }),
  );

describe('docs/lint.md', () => {
  const examples = examplesOf('docs/lint.md');
  const commands = examples.filter(({ language }) => language === 'console');

  it('has commands to run', () => {
    expect(commands.length).toBeGreaterThan(3);
  });

  it.each(commands.map(({ text }) => [text.split('\n')[0], text] as const))(
    'shows what %j writes',
    async (line = '', text) => {
      const bench = await openBench();
      for (const { name, text: file } of examples.filter((one) => one.name !== '')) {
        await mkdir(dirname(join(bench.folder, name)), { recursive: true });
        await writeFile(join(bench.folder, name), file);
      }
      const { stdout } = await bench.run(...line.replace('$ spendproof ', '').split(' '));
      expect(`${line}\n${stdout}`).toBe(text);
    },
  );
});

describe('docs/metrics.md', () => {
  it('shows what its commands write, over its own files', async () => {
    const examples = examplesOf('docs/metrics.md');
    const commands = examples.filter(({ language }) => language === 'console');
    expect(commands.length).toBeGreaterThan(0);
    const bench = await openBench();
    for (const { name, text } of examples.filter((one) => one.name !== '')) {
      await mkdir(dirname(join(bench.folder, name)), { recursive: true });
      await writeFile(join(bench.folder, name), text);
    }
    expect(await bench.run('init')).toMatchObject({ exit: 0 });
    expect(await bench.run('usage', 'import')).toMatchObject({ exit: 0 });
    for (const { text } of commands) {
      const [line = ''] = text.split('\n');
      const { stdout } = await bench.run(...line.replace('$ spendproof ', '').split(' '));
      expect(`${line}\n${stdout}`).toBe(text);
    }
  });
});

describe('docs/claims.md', () => {
  const examples = examplesOf('docs/claims.md');
  const pages = examples.filter(({ text }) => !text.startsWith('- {'));
  const cases = examples
    .filter(({ text }) => text.startsWith('- {'))
    .flatMap(({ name, text }) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => [line, name] as const),
    );

  it('shows every kind of claim', () => {
    const kinds = new Set(cases.map(([line]) => /kind: ([\w-]+)/.exec(line)?.[1]));
    expect(kinds.size).toBe(13);
  });

  it.each(cases)('%s', (line, name) => {
    const [, written = '', result] = /^- (\{.*\}) # ([\w-]+)$/.exec(line) ?? [];
    const plan = `version: 1\ndocuments: [{ id: page, url: "https://docs.example.com/${name}", purpose: p, claims: [${written}] }]\n`;
    const parsed = parsePlan(plan, { file: 'plan', adapters: [] });
    if (parsed.kind === 'bad') throw new Error(JSON.stringify(parsed.diagnostics));
    const claim = parsed.plan.documents[0]?.claims[0];
    const url = new URL(`https://docs.example.com/${name}`);
    const page = pages.find((one) => one.name === name);
    const read = normalisePage({
      body: Buffer.from(page?.text ?? ''),
      contentType: name.endsWith('.md') ? 'text/markdown' : 'application/yaml',
      url: url.href,
    });
    if (read.kind === 'degraded' || claim === undefined)
      throw new Error('The page is not readable');
    const judged = judgeClaim(claim, { document: read.document, url, planned: url, attested: [] });
    expect(judged.result).toBe(result);
  });
});
