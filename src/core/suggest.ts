/**
 * Finds the known word nearest to a mistyped one, at most one edit or a third of its letters away.
 *
 * @example
 * suggest('perod', ['period', 'amount']) // → 'period'
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const scored = known
    // The word comes from outside and may be long; its length alone rules most candidates out.
    .filter((candidate) => Math.abs(candidate.length - word.length) <= editsMax(candidate))
    .map((candidate) => ({ candidate, edits: editDistance(word, candidate) }))
    .filter(({ candidate, edits }) => edits <= editsMax(candidate))
    .toSorted((left, right) => left.edits - right.edits);
  return scored[0]?.candidate;
}

const editsMax = (candidate: string): number => Math.max(1, Math.floor(candidate.length / 3));

/** Counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(
        Math.min(
          cell(last, column) + 1,
          cell(current, column - 1) + 1,
          cell(last, column - 1) + (isSame ? 0 : 1),
          cell(beforeLast, column - 2) + (isSwap ? 1 : Infinity),
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, right.length);
}

const cell = (row: readonly number[], column: number): number => row[column] ?? Infinity;
