import { Command, CommanderError } from 'commander';
import { AppError, type ExitStatus, suggest, VERSION } from '../core/index.ts';
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
 * Help reads nothing but this file, the registry and commander; a command's own module is loaded when it is called.
 */
export async function run(words: readonly string[], world: World): Promise<ExitStatus> {
  const argv = asHelp(words);
  const program = baseProgram(world);
  const wanted = wantedCommand(argv);
  let result: CommandResult | undefined;
  try {
    for (const entry of COMMANDS) {
      const shown = entry.first || words.includes('--all');
      const command = program.command(entry.name, { hidden: !shown }).summary(entry.summary);
      if (entry.name !== wanted) continue;
      const { startCall } = await import('./start-call.ts');
      const definition = await entry.load();
      definition.build(command, async (action) => {
        result = await action(startCall(program.opts(), world));
      });
      quietErrors(command, world);
      refuseUnknownAction(command, argv);
    }
    await program.parseAsync([...argv], { from: 'user' });
    if (result === undefined) return 0;
    const { writeResult } = await import('./write-result.ts');
    return await writeResult(wanted ?? '', result, program.opts(), world);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { writeError } = await import('./write-error.ts');
    return writeError(wanted ?? '', asAppError(error), program.opts(), world);
  }
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
    .version(VERSION, '-V, --version', 'print the version')
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

/**
 * Names the nearest action for a mistyped one; commander would take it as an argument of the default action.
 *
 * @throws {AppError} `usage`.
 */
function refuseUnknownAction(command: Command, argv: readonly string[]): void {
  const word = argv[argv.indexOf(command.name()) + 1];
  const known = command.commands.map((child) => child.name());
  if (word === undefined || word.startsWith('-') || known.length === 0) return;
  if (known.includes(word)) return;
  const near = suggest(word, known);
  throw new AppError('usage', {
    message: `Expected an action of ${command.name()}, got ${JSON.stringify(word)}`,
    hint: near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${near}?`,
  });
}

/** Makes a command throw instead of ending the process, and write where the world says. */
function quietErrors(command: Command, world: World): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => world.stdout.write(text),
    writeErr: (text) => world.stderr.write(text),
    getOutHelpWidth: () => world.stdout.width ?? 100,
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

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const system = error as NodeJS.ErrnoException;
  if (system.code === 'ENOSPC') {
    return new AppError('disk-full', {
      message: 'The disk is full; nothing half-written was kept',
      hint: 'Free some space and run the command again.',
      cause: error,
    });
  }
  if (isNotPermitted(system)) {
    return new AppError('file-not-writable', {
      message: `Not permitted: ${system.path ?? system.syscall ?? 'a file'}`,
      hint: 'Check the owner and mode of the file and of its folder.',
      cause: error,
    });
  }
  return new AppError('internal', {
    message: 'Something unexpected happened; this is a bug of Spendproof, not of your files',
    hint: 'Run again with SPENDPROOF_DEBUG=1 to see where, and report it.',
    cause: error,
  });
}

function isNotPermitted({ code, syscall }: NodeJS.ErrnoException): boolean {
  // Node 20 reports a folder that cannot be made on a read-only file system as ENOENT of a recursive mkdir.
  return (
    ['EACCES', 'EPERM', 'EROFS'].includes(code ?? '') || (code === 'ENOENT' && syscall === 'mkdir')
  );
}
