import { systemCode } from '../core/index.ts';
import type { Dirent } from 'node:fs';
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
  await walk({ root, found, visited: new Set() }, { path: folder, real: root }, parts);
  return [...found].toSorted();
}

interface Walk {
  readonly root: string;
  readonly found: Set<string>;
  /** Folder and rest of the pattern, so that `**` beside a looping link ends. */
  readonly visited: Set<string>;
}

/** A folder or file as the pattern reaches it, and as it is without links. */
interface Place {
  readonly path: string;
  readonly real: string;
}

async function walk(state: Walk, folder: Place, parts: readonly string[]): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  const key = `${folder.real}\0${parts.join('/')}`;
  if (state.visited.has(key)) return;
  state.visited.add(key);
  if (part === '**') await walk(state, folder, rest.length === 0 ? ['*'] : rest);
  for (const entry of await entriesIn(folder.path)) {
    if (part !== '**' && !nameMatches(entry.name, part)) continue;
    await visit(state, await placeOf(state.root, folder, entry), { part, rest, parts });
  }
}

async function visit(
  state: Walk,
  place: (Place & Kind) | undefined,
  { part, rest, parts }: { part: string; rest: readonly string[]; parts: readonly string[] },
): Promise<void> {
  if (place === undefined) return;
  if (place.isFolder) {
    await walk(state, place, part === '**' ? parts : rest);
    return;
  }
  if (!place.isFile || part === '**' || rest.length > 0) return;
  state.found.add(place.path);
  if (state.found.size > FILES_MAX) throw new RangeError('A pattern matches at most 100,000 files');
}

async function entriesIn(folder: string): Promise<Dirent[]> {
  const entries = await unlessGone(readdir(folder, { withFileTypes: true }));
  return (entries ?? []).filter(({ name }) => !LEFT_OUT.has(name));
}

interface Kind {
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

/** Only a link needs a closer look; one that dangles or leads out of the project is no file of it. */
async function placeOf(
  root: string,
  folder: Place,
  entry: Dirent,
): Promise<(Place & Kind) | undefined> {
  const path = join(folder.path, entry.name);
  if (!entry.isSymbolicLink()) {
    const real = join(folder.real, entry.name);
    return { path, real, isFolder: entry.isDirectory(), isFile: entry.isFile() };
  }
  const real = await unlessGone(realpath(path));
  if (real === undefined) return undefined;
  const inner = relative(root, real);
  if (inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) return undefined;
  const info = await unlessGone(stat(path));
  return info && { path, real, isFolder: info.isDirectory(), isFile: info.isFile() };
}

async function unlessGone<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    const code = systemCode(error);
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
