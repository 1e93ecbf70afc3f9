import { AppError, suggest } from '../core/index.ts';

/** Makes the error for a word that an option does not know. */
export function unknownWord(option: string, word: string, known: readonly string[]): AppError {
  const near = suggest(word, known);
  return new AppError('usage', {
    message: `Expected ${option} to be one of ${known.join(', ')}, got ${JSON.stringify(word)}`,
    ...(near !== undefined && { hint: `Did you mean ${near}?` }),
  });
}
