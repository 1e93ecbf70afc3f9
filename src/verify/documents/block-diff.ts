import { itemAt } from '../../core/index.ts';
import type { Block } from './normalised.ts';

/** Holds one step from the old blocks to the new ones. */
export type BlockStep =
  | { readonly kind: 'kept'; readonly block: Block }
  | { readonly kind: 'added'; readonly block: Block }
  | { readonly kind: 'removed'; readonly block: Block }
  | { readonly kind: 'edited'; readonly before: Block; readonly after: Block };

/** Beyond this many comparisons blocks are matched as a set: the order of a huge section is not worth the memory. */
const CELLS_MAX = 4_000_000;
/** Words that two blocks must share to count as one that was edited. */
const EDITED_MIN = 0.3;

/** Compares two lists of blocks by a longest common subsequence and pairs what was edited in place. */
export function diffBlocks(
  before: readonly Block[],
  after: readonly Block[],
): readonly BlockStep[] {
  let start = 0;
  while (start < before.length && start < after.length && isSame(before[start], after[start])) {
    start += 1;
  }
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    isSame(before[before.length - 1 - end], after[after.length - 1 - end])
  ) {
    end += 1;
  }
  const left = before.slice(start, before.length - end);
  const right = after.slice(start, after.length - end);
  const middle =
    left.length * right.length > CELLS_MAX ? diffAsSet(left, right) : diffInOrder(left, right);
  const kept = (block: Block): BlockStep => ({ kind: 'kept', block });
  return [
    ...before.slice(0, start).map(kept),
    ...pairEdits(middle),
    ...before.slice(before.length - end).map(kept),
  ];
}

/** Gives the share of words that two texts have in common, 0 to 1 (Dice). */
export function wordSimilarity(left: string, right: string): number {
  const [one, two] = [wordsOf(left), wordsOf(right)];
  if (one.length + two.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const word of one) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of two) {
    const count = counts.get(word) ?? 0;
    if (count > 0) shared += 1;
    counts.set(word, count - 1);
  }
  return (2 * shared) / (one.length + two.length);
}

const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const isSame = (left: Block | undefined, right: Block | undefined): boolean =>
  left !== undefined && left.kind === right?.kind && left.text === right.text;

function diffInOrder(left: readonly Block[], right: readonly Block[]): readonly BlockStep[] {
  const lengths = commonLengths(left, right);
  const width = right.length + 1;
  const steps: BlockStep[] = [];
  let column = 0;
  for (const [row, block] of left.entries()) {
    // New blocks come first as long as leaving them out loses nothing in common.
    const isBetter = (): boolean =>
      itemAt(lengths, (row + 1) * width + column) < itemAt(lengths, row * width + column + 1);
    while (column < right.length && !isSame(block, right[column]) && isBetter()) {
      steps.push(...right.slice(column, column + 1).map(added));
      column += 1;
    }
    if (isSame(block, right[column])) {
      steps.push({ kind: 'kept', block });
      column += 1;
    } else steps.push({ kind: 'removed', block });
  }
  return [...steps, ...right.slice(column).map(added)];
}

const added = (block: Block): BlockStep => ({ kind: 'added', block });

/** Holds, for every pair of rests, how many blocks they have in common in order. */
function commonLengths(left: readonly Block[], right: readonly Block[]): Uint32Array {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      lengths[at] = isSame(left[row], right[column])
        ? itemAt(lengths, at + width + 1) + 1
        : Math.max(itemAt(lengths, at + width), itemAt(lengths, at + 1));
    }
  }
  return lengths;
}

function diffAsSet(left: readonly Block[], right: readonly Block[]): readonly BlockStep[] {
  const key = (block: Block): string => `${block.kind} ${block.text}`;
  const [old, fresh] = [new Set(left.map(key)), new Set(right.map(key))];
  return [
    ...left
      .filter((block) => !fresh.has(key(block)))
      .map((block): BlockStep => ({ kind: 'removed', block })),
    ...right.filter((block) => !old.has(key(block))).map(added),
  ];
}

/** Joins a removed and an added block of one gap into an edit when they share enough words. */
function pairEdits(steps: readonly BlockStep[]): readonly BlockStep[] {
  const paired: BlockStep[] = [];
  let gap: BlockStep[] = [];
  const close = (): void => {
    paired.push(...pairGap(gap));
    gap = [];
  };
  for (const step of steps) {
    if (step.kind === 'kept') {
      close();
      paired.push(step);
    } else gap.push(step);
  }
  close();
  return paired;
}

function pairGap(gap: readonly BlockStep[]): readonly BlockStep[] {
  const fresh = gap.flatMap((step) => (step.kind === 'added' ? [step.block] : []));
  const steps = gap.flatMap((step): BlockStep[] => {
    if (step.kind !== 'removed') return [];
    const at = fresh.findIndex(
      (block) =>
        block.kind === step.block.kind && wordSimilarity(step.block.text, block.text) >= EDITED_MIN,
    );
    const [after] = at < 0 ? [] : fresh.splice(at, 1);
    return [after === undefined ? step : { kind: 'edited', before: step.block, after }];
  });
  return [...steps, ...fresh.map(added)];
}
