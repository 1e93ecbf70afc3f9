/**
 * Tells whether a path matches a pattern of the plan: `*` stands for part of one name, `**` for any folders.
 *
 * Compared by code units and whole; no other character has a meaning, so that a path cannot bend a pattern.
 */
export function pathMatches(path: string, pattern: string): boolean {
  return matchParts(path.split('/'), pattern.split('/'));
}

function matchParts(names: readonly string[], parts: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return names.length === 0;
  if (part === '**') {
    if (rest.length === 0) return names.length > 0;
    return names.some((_, index) => matchParts(names.slice(index), rest));
  }
  const [name, ...others] = names;
  return name !== undefined && matchName(name, part) && matchParts(others, rest);
}

/** Each middle piece is found as early as possible: no pattern makes this slow. */
function matchName(name: string, part: string): boolean {
  const [head = '', ...pieces] = part.split('*');
  const tail = pieces.pop();
  if (tail === undefined) return name === part;
  if (!name.startsWith(head) || !name.endsWith(tail)) return false;
  if (name.length < head.length + tail.length) return false;
  let rest = name.slice(head.length, name.length - tail.length);
  for (const piece of pieces) {
    const at = rest.indexOf(piece);
    if (at === -1) return false;
    rest = rest.slice(at + piece.length);
  }
  return true;
}
