/** Holds the rules of one `robots.txt` that are meant for us. */
export interface RobotsRules {
  readonly rules: readonly RobotsRule[];
}

interface RobotsRule {
  readonly allows: boolean;
  /** The path pattern, percent-encoded one way only. */
  readonly pattern: string;
}

/** RFC 9309 2.5: at least this much is to be read; what follows is left out. */
export const ROBOTS_MAX_BYTES = 500 * 1024;

/**
 * Reads the rules of `robots.txt` for one product: its own groups together, else those for `*` (RFC 9309 2.2.1).
 *
 * @param product the name in our user agent, compared without regard to letter case.
 */
export function parseRobots(text: string, product: string): RobotsRules {
  const own: RobotsRule[] = [];
  const everyone: RobotsRule[] = [];
  let agents: string[] = [];
  let inRules = false;
  let isNamed = false;
  for (const { field, value } of fieldsOf(text)) {
    if (field === 'user-agent') {
      // Lines of agents that stand together share the rules that follow.
      agents = inRules ? [value.toLowerCase()] : [...agents, value.toLowerCase()];
      inRules = false;
      isNamed ||= agentIs(value, product);
      continue;
    }
    inRules = true;
    const rule = { allows: field === 'allow', pattern: oneEncoding(value) };
    // An empty pattern matches nothing (RFC 9309 2.2.2).
    if (rule.pattern === '') continue;
    if (agents.some((agent) => agentIs(agent, product))) own.push(rule);
    if (agents.includes('*')) everyone.push(rule);
  }
  return { rules: isNamed ? own : everyone };
}

const FIELDS: readonly string[] = ['user-agent', 'allow', 'disallow'];

/** Other fields are no part of a group (RFC 9309 2.2.4). */
const fieldsOf = (text: string) =>
  text
    .slice(0, ROBOTS_MAX_BYTES)
    .split(/\r\n?|\n/)
    .flatMap((line) => {
      const [, name = '', value = ''] = /^\s*([\w-]{1,40})\s*:\s*([^#]*)/.exec(line) ?? [];
      const field = name.toLowerCase();
      return FIELDS.includes(field) ? [{ field, value: value.trim() }] : [];
    });

/** Tells whether the rules allow a path with its query: the longest match wins, and of equals the one that allows. */
export function isAllowedByRobots({ rules }: RobotsRules, path: string): boolean {
  if (path === '/robots.txt') return true;
  const target = oneEncoding(path);
  let best: RobotsRule | undefined;
  for (const rule of rules) {
    if (!matchesPattern(target, rule.pattern)) continue;
    const [length, longest] = [rule.pattern.length, best?.pattern.length ?? -1];
    if (length > longest || (length === longest && rule.allows)) best = rule;
  }
  return best?.allows ?? true;
}

/** The product token is what stands before a slash or a space; `Spendproof/1.0` is meant for `spendproof`. */
const agentIs = (agent: string, product: string): boolean =>
  /^[a-z_-]*/.exec(agent.trim().toLowerCase())?.[0] === product.toLowerCase();

/**
 * Matches with `*` for any run and `$` at the end, piece by piece and without going back, so that no pattern is slow.
 */
function matchesPattern(path: string, pattern: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const pieces = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  const last = pieces.length - 1;
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    if (index === 0) {
      if (!path.startsWith(piece)) return false;
      at = piece.length;
    } else if (isAnchored && index === last) {
      return path.length - piece.length >= at && path.endsWith(piece);
    } else {
      const found = path.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
  }
  return !isAnchored || at === path.length;
}

/**
 * Writes a path so that equal ones are the same text: unreserved characters plain, others as upper-case `%XX` of UTF-8
 * (RFC 9309 2.2.2, RFC 3986 6.2.2).
 */
function oneEncoding(path: string): string {
  return path.replace(/%[0-9a-f]{2}|[^\x21-\x7e]/giu, (found) => {
    if (!found.startsWith('%')) return encodeText(found);
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : found.toUpperCase();
  });
}

const encodeText = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
