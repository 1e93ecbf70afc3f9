/**
 * Reduces link targets to host and path, each once and sorted: what follows `?` and `#` differs from one visitor to the next.
 *
 * Links inside the page, to mail and to scripts are left out.
 */
export function linkTargets(targets: readonly string[], base: string): readonly string[] {
  const found = new Set<string>();
  for (const target of targets) {
    if (target === '' || target.startsWith('#') || !URL.canParse(target, base)) continue;
    const url = new URL(target, base);
    if (url.protocol === 'https:' || url.protocol === 'http:') found.add(url.host + url.pathname);
  }
  return [...found].toSorted();
}
