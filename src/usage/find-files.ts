import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

/** Folders that no export lies in and that may be large. */
const LEFT_OUT = new Set(['.git', '.spendproof', 'node_modules']);
const FILES_MAX = 100_000;

/**
 * Finds the files of a project that match a pattern: `*` stands for part of one name, `**` for any folders.
 *
 * Absolute paths, sorted by code units. Links that lead out of the project and folders such as `.git` are left out. A
 * pattern without a star gives the file or nothing.
 *
 * @throws {RangeError} for a pattern that is absolute or leads upwards, which no plan holds, and beyond 100,000 files.
 */
export async function findFiles(folder: string, pattern: string): Promise<readonly string[]> {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  if (isAbsolute(pattern) || parts.includes('..')) {
    throw new RangeError('A pattern stays inside the project');
  }
  const root = await realpath(folder);
  const found = new Set<string>();
  await walk({ root, found, visited: new Set() }, folder, parts);
  return [...found].toSorted();
}

interface Walk {
  readonly root: string;
  readonly found: Set<string>;
  /** Folder and rest of the pattern, so that `**` beside a looping link ends. */
  readonly visited: Set<string>;
}

async function walk(state: Walk, folder: string, parts: readonly string[]): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  const key = `${await realpath(folder)}\0${parts.join('/')}`;
  if (state.visited.has(key)) return;
  state.visited.add(key);
  if (part === '**') await walk(state, folder, rest.length === 0 ? ['*'] : rest);
  for (const name of await namesIn(folder)) {
    if (part !== '**' && !nameMatches(name, part)) continue;
    await visit(state, join(folder, name), { part, rest, parts });
  }
}

async function visit(
  state: Walk,
  path: string,
  { part, rest, parts }: { part: string; rest: readonly string[]; parts: readonly string[] },
): Promise<void> {
  const info = await infoInside(state.root, path);
  if (info === undefined) return;
  if (info.isDirectory()) {
    await walk(state, path, part === '**' ? parts : rest);
    return;
  }
  if (!info.isFile() || part === '**' || rest.length > 0) return;
  state.found.add(path);
  if (state.found.size > FILES_MAX) throw new RangeError('A pattern matches at most 100,000 files');
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await unlessGone(readdir(folder));
  return (names ?? []).filter((name) => !LEFT_OUT.has(name));
}

/** A link that dangles or leads out of the project is no file of it. */
async function infoInside(root: string, path: string) {
  const real = await unlessGone(realpath(path));
  if (real === undefined) return undefined;
  const inner = relative(root, real);
  if (inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) return undefined;
  return await unlessGone(stat(path));
}

async function unlessGone<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
    throw error;
  }
}

/** A star never takes a leading dot: hidden files are no exports. */
function nameMatches(name: string, part: string): boolean {
  if (!part.includes('*')) return name === part;
  if (name.startsWith('.') && !part.startsWith('.')) return false;
  const pieces = part.split('*');
  const [head = '', ...others] = pieces;
  const tail = others.pop() ?? '';
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length)
    return false;
  // Each middle piece is found as early as possible: no pattern makes this slow.
  let rest = name.slice(head.length, name.length - tail.length);
  for (const piece of others) {
    const at = rest.indexOf(piece);
    if (at === -1) return false;
    rest = rest.slice(at + piece.length);
  }
  return true;
}
