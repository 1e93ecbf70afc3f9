/** Names a place in a plan's raw data: keys and list positions from the root. */
export type Path = readonly (string | number)[];

/** Holds a map of raw data whose values nobody has checked. */
export type RawMap = Readonly<Record<string, unknown>>;

/** Holds a value and where it stands. */
export interface Found {
  readonly path: Path;
  readonly value: unknown;
}

/** Tells whether raw data is a map. */
export const isMap = (value: unknown): value is RawMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Tells whether raw data is a list. */
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/**
 * Finds what stands at the places that a pattern names; `*` stands for every item of a list or value of a map.
 *
 * @example
 * findAll({ budgets: [{ owner: 'a' }] }, 'budgets.*.owner') // → [{ path: ['budgets', 0, 'owner'], value: 'a' }]
 */
export function findAll(root: unknown, pattern: string): readonly Found[] {
  let found: Found[] = [{ path: [], value: root }];
  for (const segment of pattern.split('.')) {
    found = found.flatMap(({ path, value }) =>
      childrenOf(value)
        .filter(([key]) => segment === '*' || key === segment)
        .map(([key, child]) => ({ path: [...path, key], value: child })),
    );
  }
  return found;
}

/** Finds the texts at the places that a pattern names. */
export function findTexts(
  root: unknown,
  pattern: string,
): readonly (Found & { readonly value: string })[] {
  return findAll(root, pattern).flatMap(({ path, value }) =>
    typeof value === 'string' ? [{ path, value }] : [],
  );
}

/** Finds the maps at the places that a pattern names. */
export function findMaps(
  root: unknown,
  pattern: string,
): readonly (Found & { readonly value: RawMap })[] {
  return findAll(root, pattern).flatMap(({ path, value }) =>
    isMap(value) ? [{ path, value }] : [],
  );
}

/** Gives the text at a chain of keys, or `undefined` when another thing or nothing is there. */
export function textAt(root: unknown, ...keys: readonly string[]): string | undefined {
  let value: unknown = root;
  for (const key of keys) value = isMap(value) ? value[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Lists the children of a map or list with their keys or positions. */
export function childrenOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (isList(value)) return value.map((item, index) => [index, item] as const);
  return isMap(value) ? Object.entries(value) : [];
}

/** Writes a path as people read it: `budgets[0].amount`. */
export function pathText(path: Path): string {
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : `${index === 0 ? '' : '.'}${segment}`,
    )
    .join('');
}
