/**
 * Reads an item of a list that the caller knows to be there.
 *
 * @throws {RangeError} at a place outside: it is our failure, and what is missing is never a zero.
 */
export function itemAt<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`Expected an item at ${index}, got none`);
  return item;
}
