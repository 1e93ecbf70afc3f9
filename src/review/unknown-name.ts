import { AppError, suggest } from '../core/index.ts';

/** Makes the error for a name that the plan does not have; `what` is a noun, such as `export`. */
export function unknownName(what: string, name: string, known: readonly string[]): AppError {
  const near = suggest(name, known);
  const all =
    known.length === 0 ? `The plan has no ${what}.` : `The plan has: ${known.join(', ')}.`;
  return new AppError('usage', {
    message: `Expected the name of ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} of the plan, got ${JSON.stringify(name)}`,
    hint: near === undefined ? all : `Did you mean ${near}?`,
  });
}
