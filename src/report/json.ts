import type { Rendered, RenderInput } from './renderer.ts';

/** Writes the records of a review as they are, keys sorted, decimals as texts. */
export const renderJson = ({ bundle }: RenderInput): Rendered => ({
  text: `${JSON.stringify({ schema: 'spendproof/review/v1', ...bundle }, sortKeys, 2)}\n`,
  mediaType: 'application/json',
});

/** Objects are written with sorted keys, so that two renderings of one review are the same bytes. */
function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
