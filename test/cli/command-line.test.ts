import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/registry.ts';
import { run } from '../../src/cli/program.ts';
import { openBench } from './harness.ts';

const bench = await openBench();

it.each([
  [['plan', '--expand'], "error[usage] unknown option '--expand'\n  Did you mean --expanded?\n"],
  [['plna'], "error[usage] unknown command 'plna'\n  Did you mean plan?\n"],
  [['nothing'], "error[usage] unknown command 'nothing'\n  See spendproof help --all.\n"],
  [['guard', 'scope'], "error[usage] required option '--base <rev>' not specified\n"],
  [['look'], "error[usage] missing required argument 'files'\n"],
  [['plan', 'more'], 'error[usage] too many arguments'],
  [['plan', '--as-of', 'yesterday'], 'error[usage] Expected --as-of to be a date or an instant'],
])('%j is told once, with its code', async (argv, said) => {
  const { exit, stdout, stderr } = await bench.run(...argv);
  expect([exit, stdout]).toEqual([2, '']);
  expect(stderr.startsWith(said), stderr).toBe(true);
  expect(stderr.match(/error/g)).toHaveLength(1);
});

it('is told as JSON alone where JSON is asked for', async () => {
  const { exit, stdout, stderr } = await bench.run('plan', '--expand', '--json');
  expect([exit, stderr]).toEqual([2, '']);
  expect(JSON.parse(stdout)).toMatchObject({ errors: [{ code: 'usage' }] });
});

it('shows the help of a command of which only actions can be run', async () => {
  const { exit, stderr } = await bench.run('guard');
  expect([exit, stderr.startsWith('Usage: spendproof guard')]).toEqual([2, true]);
});

it('leaves no half-drawn line of progress before what it says at the end', async () => {
  const drawn: string[] = [];
  const terminal = {
    write: (text: string) => void drawn.push(text),
    isTerminal: true,
    width: 40,
  };
  const world = { cwd: process.cwd(), env: bench.env, stdout: terminal, stderr: terminal };
  expect(await run(['look', 'test/fixtures/cli/quota-two-weeks.json'], world)).toBe(0);
  // Progress is drawn again while it lasts, and a slow machine takes long.
  const last = drawn.findLastIndex((text) => text.includes('Reading '));
  expect(drawn.slice(last, last + 2)).toEqual([
    expect.stringContaining('\r\u001b[KReading '),
    '\r\u001b[K',
  ]);
});

describe.each(COMMANDS.map((entry) => [entry.name, entry] as const))(
  'help of %s',
  (name, entry) => {
    const build = async () => {
      const program = new Command('spendproof').exitOverride();
      for (const word of ['--json', '--format <f>', '--out <f>', '--as-of <t>'])
        program.option(word);
      const definition = await entry.load();
      definition.build(program.command(name), async () => {});
      return { program, definition };
    };

    it('has an example for each action, and names exit statuses and forms', async () => {
      const { program } = await build();
      const actions = program.commands[0]?.commands.map((one) => one.name()) ?? [];
      for (const words of [[name], ...actions.map((action) => [name, action])]) {
        const { exit, stdout } = await bench.run(...words, '--help');
        expect(exit).toBe(0);
        expect(stdout).toMatch(new RegExp(`^  spendproof ${words.join(' ')}( |$)`, 'm'));
        expect(stdout).toMatch(/^Exit status: 0 \S/m);
        expect(stdout).toMatch(/^Written as \(--format\): table, json/m);
      }
    });

    it('shows examples that can be typed', async () => {
      const { definition } = await build();
      expect(definition.examples.length).toBeGreaterThan(0);
      for (const line of definition.examples) {
        const [, ...words] = line.replace(/ > .*/, '').split(' ');
        // Of another command: what has to be done before.
        if (words[0] !== name) continue;
        const { program } = await build();
        for (const one of program.commands.flatMap((top) => [top, ...top.commands]))
          one.exitOverride().configureOutput({ writeErr: () => {} });
        await expect(program.parseAsync(words, { from: 'user' }), line).resolves.toBe(program);
        const format = /--format (\S+)/.exec(line)?.[1];
        expect(['json', ...(entry.formats ?? [])], line).toContain(format ?? 'json');
      }
    });
  },
);

it('keeps a table within the terminal; a pipe and a file have no width', async () => {
  const { folder } = await openBench();
  const written: string[] = [];
  const stdout = { write: (text: string) => void written.push(text), isTerminal: true, width: 30 };
  const world = { cwd: process.cwd(), env: bench.env, stdout, stderr: { ...stdout, write() {} } };
  const words = ['look', 'test/fixtures/cli/quota-two-weeks.json'];
  const tableOf = (text: string): string => /^By day\n([^]*?)\n\n\S/m.exec(text)?.[1] ?? '';
  await run(words, world);
  const narrow = tableOf(written.join(''));
  expect(narrow.split('\n').length).toBeGreaterThan(10);
  expect(narrow.split('\n').filter((line) => line.length > 30)).toEqual([]);
  await run([...words, '--out', join(folder, 'look.txt')], world);
  const whole = await readFile(join(folder, 'look.txt'), 'utf8');
  expect(tableOf(whole).split('\n')[0]?.length).toBeGreaterThan(30);
  const piped: string[] = [];
  await run(words, {
    ...world,
    stdout: { write: (text) => void piped.push(text), isTerminal: false, width: undefined },
  });
  expect(piped.join('')).toBe(whole);
});

it('refuses a format that a command does not have before anything is recorded', async () => {
  const project = await openBench();
  await project.run('init', '--tz', 'UTC');
  const before = (await project.run('ledger')).stdout;
  const { exit, stderr } = await project.run('review', '--format', 'csv');
  expect([exit, stderr]).toEqual([
    2,
    'error[usage] review cannot be written as csv\n  It can be written as: table, json, md, html, junit, tap.\n',
  ]);
  expect((await project.run('ledger')).stdout).toBe(before);
});

it('says of an action without the format that it was carried out', async () => {
  const project = await openBench();
  await project.run('init', '--tz', 'UTC');
  const { exit, stderr } = await project.run('usage', 'explain', '--ref', 'a', '--format', 'csv');
  expect([exit, stderr]).toEqual([2, expect.stringContaining('It was carried out')]);
});

it('names the event of a gate as what it is, not as an option', async () => {
  const project = await openBench();
  await project.run('init', '--tz', 'UTC');
  const { exit, stderr } = await project.run('review', 'gate', 'lanch');
  expect([exit, stderr]).toEqual([
    2,
    expect.stringContaining('Expected the event to be one of launch'),
  ]);
});
