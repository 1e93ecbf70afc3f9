import { isNode } from 'yaml';

/** Gives where a thing that was read stands in its text; the first place for what stands nowhere, such as an empty plan. */
export const rangeOf = (thing: unknown): readonly [number, number] =>
  isNode(thing) && thing.range ? [thing.range[0], thing.range[1]] : [0, 1];
