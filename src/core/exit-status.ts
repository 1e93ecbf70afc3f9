/**
 * Says how a command ended: 0 pass, 1 our failure, 2 usage or plan, 3 finding, 4 credentials or permission,
 * 5 evidence gap, 6 paused, 7 integrity, 130 interrupted.
 */
export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 130;

/** Worst first: when several things went wrong, the first of these wins (design: product.md, "Words that nest"). */
const WORST_FIRST: readonly ExitStatus[] = [130, 7, 1, 2, 4, 3, 6, 5, 0];

/**
 * Picks the status that a command with several results must end in.
 *
 * @example
 * worstExit([0, 5, 3]) // → 3, a finding outranks an evidence gap
 */
export function worstExit(statuses: readonly ExitStatus[]): ExitStatus {
  return WORST_FIRST.find((status) => statuses.includes(status)) ?? 0;
}
