/** No documented path is longer; what is would make patterns slow. */
const TOKEN_MAX_LENGTH = 500;

/** Cuts a text into what could be paths: without scheme and host, shell variables, query, and closing punctuation. */
export function pathTokens(text: string): readonly string[] {
  return text
    .split(/[\s"'`|,()[\]]+/)
    .filter((token) => token.length <= TOKEN_MAX_LENGTH)
    .map((token) =>
      token
        .replace(/^[<*]+|[>*.;:!]+$/g, '')
        .replace(/^https?:\/\/[^/]+/i, '')
        .replace(/^(?:\$\{?\w+\}?|\{\{?\w+\}?\})(?=\/)/, '')
        .replace(/[?#].*$/, ''),
    )
    .filter((token) => token.startsWith('/'));
}

/** Compares a path with a template segment by segment; `{x}` in the template stands for any one segment. */
export function matchesPath(path: string, template: string): boolean {
  const found = segmentsOf(path);
  const wanted = segmentsOf(template);
  return (
    found.length === wanted.length &&
    wanted.every(
      (segment, index) =>
        (/^\{[^{}]*\}$/.test(segment) && found[index] !== '') || segment === found[index],
    )
  );
}

const segmentsOf = (path: string): readonly string[] => path.replace(/\/$/, '').split('/');
