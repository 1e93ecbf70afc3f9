/** Stands before the id of a shared cost whose rows are not split yet. */
export const SHARED = 'shared/';

/** No rule takes the row, and nothing else says whose it is. */
export const NO_RULE = 'unallocated/no-rule';
/** Rules look at keys, and none names this one. */
export const UNKNOWN_KEY = 'unallocated/unknown-key';
/** The export names a workload that the plan does not know. */
export const UNKNOWN_WORKLOAD = 'unallocated/unknown-workload';
/** Shared cost of a day on which no target has any weight. */
export const ZERO_WEIGHT = 'unallocated/zero-weight';
/** Shared cost of a day on which the weight of a target is not known: to guess it would move money. */
export const UNKNOWN_WEIGHT = 'unallocated/unknown-weight';

/** Tells whether a label of a workload stands for cost that nobody was given. */
export const isUnallocated = (workload: string): boolean => workload.startsWith('unallocated/');
