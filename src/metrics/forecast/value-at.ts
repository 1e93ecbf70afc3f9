/**
 * Reads a day of a series that the caller knows to be there; of lists, `itemAt` does. One for both took a third more time.
 *
 * @throws {RangeError} at a place outside: it is our failure, and what is missing is never a zero.
 */
export function valueAt(values: Float64Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`Expected a value at ${index}, got none`);
  return value;
}
