import type { Command } from 'commander';
import { AppError, suggest } from '../core/index.ts';

/**
 * Names the nearest action for a mistyped one; commander would take it as an argument of the default action.
 *
 * @throws {AppError} `usage`.
 */
export function refuseUnknownAction(command: Command, argv: readonly string[]): void {
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
