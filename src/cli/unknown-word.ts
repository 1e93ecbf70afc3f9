import { AppError, suggest } from '../core/index.ts';

/**
 * Makes the error for a word that an option does not know.
 *
 * @param otherwise what to do where no known word is near.
 */
export function unknownWord(
  option: string,
  word: string,
  known: readonly string[],
  otherwise?: string,
): AppError {
  const near = suggest(word, known);
  const hint = near === undefined ? otherwise : `Did you mean ${near}?`;
  return new AppError('usage', {
    message: `Expected ${option} to be one of ${known.join(', ')}, got ${JSON.stringify(word)}`,
    ...(hint !== undefined && { hint }),
  });
}
