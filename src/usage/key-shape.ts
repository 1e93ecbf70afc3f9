/** What keys of known makers begin with: a file without any of them needs no closer look. */
export const KEY_MARKS = ['sk-', 'sk_', 'AIza', 'AKIA', 'ghp_', 'glpat-', 'xoxb-'] as const;

/**
 * The shape of a key, for the engine and for JavaScript alike; it must not continue a word, as in `task-…` or `disk-…`.
 */
export const KEY_SHAPE = `(^|[^A-Za-z0-9])(${[
  'g?sk[-_][A-Za-z0-9_-]{16,}',
  'AIza[A-Za-z0-9_-]{30,}',
  'AKIA[0-9A-Z]{16}',
  'ghp_[A-Za-z0-9]{16,}',
  'glpat-[A-Za-z0-9_-]{16,}',
  'xoxb-[A-Za-z0-9-]{16,}',
].join('|')})`;

/** The shortest text that can have the shape of a key. */
export const KEY_LENGTH_MIN = 19;
