import { Command, CommanderError, type OptionValues } from 'commander';
import type { ExitStatus } from '../core/index.ts';
import { COMMANDS } from './commands/registry.ts';
import { FORMATS, type CommandResult, type World } from './world.ts';

const EXAMPLES = `
Examples:
  spendproof look usage.json                 see what an export holds; no plan needed, nothing recorded
  spendproof init --provider cometapi        write a small plan, a signing key and an empty ledger
  spendproof review                          everything due: one page, one record
  spendproof ledger verify                   check the evidence, offline

Exit status: 0 pass · 1 our failure · 2 usage or plan · 3 finding · 4 credentials or permission · 5 evidence gap · 6 paused · 7 integrity`;

/**
 * Runs one command line and gives its exit status; writes to the streams of the world it is given.
 *
 * Help reads nothing but this file, the registry and commander: everything else, the core room too, is loaded when it is
 * needed, because one import of a door brings all that the door opens to.
 */
export async function run(words: readonly string[], world: World): Promise<ExitStatus> {
  const argv = asHelp(words);
  if (words[0] === '--version' || words[0] === '-V') return await printVersion(world);
  const program = baseProgram(world);
  const wanted = wantedCommand(argv);
  let result: CommandResult | undefined;
  try {
    for (const entry of COMMANDS) {
      const shown = entry.first || words.includes('--all');
      const command = program.command(entry.name, { hidden: !shown }).summary(entry.summary);
      if (entry.name !== wanted) continue;
      const { refuseFormat, startCall } = await import('./start-call.ts');
      const definition = await entry.load();
      definition.build(command, async (action) => {
        const call = startCall(program.opts(), world);
        refuseFormat(entry.name, call.global.format, entry.formats ?? []);
        if (call.global.out !== undefined) {
          const { checkOut } = await import('./out-file.ts');
          await checkOut(program.opts(), world);
        }
        try {
          result = await action(call);
        } finally {
          call.ports.log.progress('');
        }
      });
      quietErrors(command, world);
      const { addHelp } = await import('./add-help.ts');
      addHelp(command, entry, definition);
      const { refuseUnknownAction } = await import('./unknown-action.ts');
      refuseUnknownAction(command, argv);
    }
    await program.parseAsync([...argv], { from: 'user' });
    if (result === undefined) return 0;
    const { writeResult } = await import('./write-result.ts');
    return await writeResult(wanted ?? '', result, program.opts(), world);
  } catch (error) {
    return await endWithError(
      error,
      { words, wanted: wanted ?? '', options: program.opts() },
      world,
    );
  }
}

async function endWithError(
  error: unknown,
  of: {
    readonly words: readonly string[];
    readonly wanted: string;
    readonly options: OptionValues;
  },
  world: World,
): Promise<ExitStatus> {
  const isUsage = error instanceof CommanderError;
  if (isUsage && error.exitCode === 0) return 0;
  // A command of which nothing but its actions can be run has shown its help.
  if (isUsage && error.code === 'commander.help') return 2;
  const { writeError } = await import('./write-error.ts');
  const { asAppError } = await import('./as-app-error.ts');
  const command = COMMANDS.find(({ name }) => name === of.wanted)?.name;
  const options = isUsage ? { json: asksForJson(of.words) } : of.options;
  return writeError(of.wanted, asAppError(error, command), options, world);
}

/** Parsing may have stopped before it came to the option. */
const asksForJson = (words: readonly string[]): boolean =>
  words.some(
    (word, index) =>
      ['--json', '--format=json'].includes(word) ||
      (word === 'json' && words[index - 1] === '--format'),
  );

async function printVersion(world: World): Promise<ExitStatus> {
  const { VERSION } = await import('../core/index.ts');
  world.stdout.write(`${VERSION}\n`);
  return 0;
}

/** `help`, `help --all` and `help review` are the options that say the same; no words at all ask for help too. */
function asHelp(words: readonly string[]): readonly string[] {
  if (words.length === 0) return ['--help'];
  if (words[0] !== 'help') return words;
  return [...words.slice(1).filter((word) => word !== '--all' || words.length === 2), '--help'];
}

function baseProgram(world: World): Command {
  const program = new Command('spendproof')
    .description('Token budget reviews you can prove: verify, measure, judge, record.')
    .option('-V, --version', 'print the version')
    .option(
      '--config <file>',
      'the plan (default: spendproof.yaml here or above, or SPENDPROOF_PLAN)',
    )
    .option(
      '--operator <role>',
      'who runs this (default: SPENDPROOF_OPERATOR, else the plan’s owner)',
    )
    .option('--as-of <time>', 'judge as of this date or instant')
    .option('--format <format>', `one of ${FORMATS.join(', ')}`)
    .option('--json', 'one JSON envelope on stdout; the same as --format json')
    .option('--out <file>', 'write the result to a file (- is stdout)')
    .option('--quiet', 'only results, no notes and no progress')
    .option('--no-color', 'no colours (NO_COLOR works too)')
    .option('--no-input', 'never ask; nothing asks today')
    .option('--all', 'with --help: list every command')
    .helpCommand(false)
    .helpOption('-h, --help', 'show help; `spendproof help --all` lists every command')
    .addHelpText('after', EXAMPLES)
    .enablePositionalOptions(false)
    .showSuggestionAfterError(true);
  quietErrors(program, world);
  return program;
}

/** Makes a command throw instead of ending the process, and write where the world says. */
function quietErrors(command: Command, world: World): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => world.stdout.write(text),
    writeErr: (text) => world.stderr.write(text),
    // Told with a code, as every error is.
    outputError: () => undefined,
    getOutHelpWidth: () => world.stdout.width ?? 100,
    getErrHelpWidth: () => world.stderr.width ?? 100,
  });
  for (const child of command.commands) quietErrors(child, world);
}

/** Finds the command's name without parsing options of commands that are not loaded. */
function wantedCommand(argv: readonly string[]): string | undefined {
  const takesValue = new Set(['--config', '--operator', '--as-of', '--format', '--out']);
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (takesValue.has(word)) index += 1;
    else if (!word.startsWith('-')) return word;
  }
  return undefined;
}
