import { gitIn, isObjectName, line } from './git-changes.ts';

/** A file as one commit had it. */
export interface FileVersion {
  readonly commit: string;
  readonly bytes: Uint8Array;
}

/** How far a history reaches. */
export type FileHistory =
  | { readonly kind: 'whole'; readonly versions: readonly FileVersion[] }
  | { readonly kind: 'cut-off' | 'none' };

/** More versions of one file than a ledger has checkpoints in decades; each is a start of git. */
const VERSIONS_MAX = 20_000;

/**
 * Reads every version of a file in the history of `HEAD`, the newest first; merged branches count, others do not.
 *
 * @param path in the folder.
 * @returns `cut-off` for a shallow clone, of which nobody can say what came before; `none` without git, a repository, or a
 * version.
 */
export async function readFileHistory(
  folder: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<FileHistory> {
  const git = gitIn(folder, env);
  const isShallow = line(await git(['rev-parse', '--is-shallow-repository']));
  if (isShallow === undefined) return { kind: 'none' };
  if (isShallow !== 'false') return { kind: 'cut-off' };
  const listed = line(await git(['log', '--full-history', '--format=%H', 'HEAD', '--', path]));
  const commits = (listed ?? '').split('\n').filter(isObjectName);
  if (commits.length > VERSIONS_MAX) return { kind: 'cut-off' };
  const versions: FileVersion[] = [];
  for (const commit of commits) {
    // A commit that took the file away has none.
    const bytes = await git(['cat-file', 'blob', `${commit}:./${path}`]);
    if (bytes !== undefined) versions.push({ commit, bytes });
  }
  return versions.length === 0 ? { kind: 'none' } : { kind: 'whole', versions };
}
