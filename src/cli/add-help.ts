import type { Command } from 'commander';
import type { CommandDefinition, CommandEntry } from './command.ts';

/** Ends the help of a command, and of each of its actions, with examples, the forms of its results, and exit statuses. */
export function addHelp(
  command: Command,
  { formats = [] }: Pick<CommandEntry, 'formats'>,
  { examples, exits }: CommandDefinition,
): void {
  command.addHelpText('afterAll', ({ command: shown }) => {
    const words = pathOf(shown);
    // What stands before belongs to the command: one of another command, that it needs.
    const own =
      shown === command
        ? examples
        : examples.filter((line) => line === words || line.startsWith(`${words} `));
    const forms =
      formats.length === 0
        ? 'table, json'
        : `table, json; where the result has the form: ${formats.join(', ')}`;
    return [
      '',
      own.length === 1 ? 'Example:' : 'Examples:',
      ...own.map((line) => `  ${line}`),
      '',
      `Written as (--format): ${forms}`,
      `Exit status: ${exits}`,
      'Of every command: 1 our failure · 2 usage or plan · 4 credentials or permission; spendproof --help, docs/errors.md',
    ].join('\n');
  });
}

/** Names a command as it is typed: `spendproof usage import`. */
function pathOf(command: Command): string {
  const above = command.parent;
  return above === null ? command.name() : `${pathOf(above)} ${command.name()}`;
}
