import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { promisify } from 'node:util';

/** What git says of a change, read without a shell and without running anything that a repository configures. */
export interface GitChange {
  /** Whole object names. */
  readonly base: string;
  readonly head: string;
  /** The folder in the repository: empty, or ending with `/`. */
  readonly prefix: string;
  /** The output of `git diff --raw -z` between the two, as bytes. */
  readonly raw: Uint8Array;
}

const BYTES_MAX = 67_108_864;
const TIMEOUT_MS = 60_000;

/** Repository settings that could start programs or hide changes. */
const SETTINGS = [
  'core.commitGraph=false',
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  `core.attributesFile=${devNull}`,
  'diff.ignoreSubmodules=none',
  'diff.external=',
  'safe.directory=*',
  'submodule.recurse=false',
];

/**
 * Reads what changed between the merge base with `base` and `HEAD`.
 *
 * @returns undefined when git is not there, the folder is no repository, the revision is not known, or the list is too long.
 */
export async function readGitChange(
  folder: string,
  base: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitChange | undefined> {
  const git = gitIn(folder, env);
  const from = line(
    await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${base}^{commit}`]),
  );
  const head = line(await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']));
  const prefix = line(await git(['rev-parse', '--show-prefix']));
  if (!isObjectName(from) || !isObjectName(head) || prefix === undefined) return undefined;
  const common = line(await git(['merge-base', from, head]));
  if (!isObjectName(common)) return undefined;
  const raw = await git([
    'diff',
    '--raw',
    '-z',
    '-M',
    '-l0',
    '--no-abbrev',
    '--no-ext-diff',
    '--no-textconv',
    '--no-relative',
    '--ignore-submodules=none',
    common,
    head,
    '--',
  ]);
  return raw === undefined ? undefined : { base: common, head, prefix, raw };
}

/**
 * Reads a file as a commit had it.
 *
 * @returns undefined when the commit has no such file, or git cannot be asked.
 */
export async function readFileAt(
  folder: string,
  place: { readonly commit: string; readonly path: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const bytes = await gitIn(folder, env)(['cat-file', 'blob', `${place.commit}:${place.path}`]);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/** Runs git and gives what it wrote; undefined where it cannot say. */
export type Git = (words: readonly string[]) => Promise<Uint8Array | undefined>;

/** Binds git to a folder, with nothing of the caller's or the repository's settings that could start a program. */
export function gitIn(folder: string, env: Readonly<Record<string, string | undefined>>): Git {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  return async (words) => {
    try {
      const { stdout } = await promisify(execFile)('git', [...settings, ...words], {
        cwd: folder,
        encoding: 'buffer',
        env: gitEnv(env),
        maxBuffer: BYTES_MAX,
        timeout: TIMEOUT_MS,
      });
      return new Uint8Array(stdout);
    } catch (error) {
      // Whatever the reason is: what git does not say must not pass, and its words may quote the repository.
      if (error instanceof Error) return undefined;
      throw error;
    }
  };
}

/** Nothing of the caller's `GIT_*` reaches git: it could point at another repository, or at another list of changes. */
const gitEnv = ({ PATH, SYSTEMROOT }: Readonly<Record<string, string | undefined>>) => ({
  PATH,
  SYSTEMROOT,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  // A graft gives a commit other parents, and with them the change another base.
  GIT_GRAFT_FILE: devNull,
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
});

/** Reads one line that git wrote. */
export const line = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8').replace(/\n$/, '');

/** Tells a whole object name from anything else. */
export const isObjectName = (text: string | undefined): text is string =>
  text !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
