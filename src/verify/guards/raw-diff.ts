import { itemAt } from '../../core/index.ts';
/** One line of `git diff --raw -z`. */
export interface RawChange {
  /** `A` added, `C` copied, `D` deleted, `M` changed, `R` renamed, `T` of another type. */
  readonly status: 'A' | 'C' | 'D' | 'M' | 'R' | 'T';
  /** Modes as git writes them: `100644`, `100755`, `120000` (link), `160000` (submodule), `000000` (none). */
  readonly oldMode: string;
  readonly newMode: string;
  readonly path: string;
  /** Where it was before, of a rename or a copy. */
  readonly from?: string;
}

const HEAD =
  /^:(\d{6}) (\d{6}) ([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([ACDMRT])(\d{0,3})$/;

/**
 * Reads the output of `git diff --raw -z --no-abbrev`.
 *
 * @returns undefined for anything else: an unknown status, a path that is no UTF-8, a list that breaks off. What cannot be
 * counted must not pass.
 */
export function parseRawDiff(output: Uint8Array): readonly RawChange[] | undefined {
  const text = decoded(output);
  if (text === undefined) return undefined;
  if (text === '') return [];
  if (!text.endsWith('\0')) return undefined;
  const fields = text.slice(0, -1).split('\0');
  const changes: RawChange[] = [];
  for (let at = 0; at < fields.length;) {
    const change = changeAt(fields, at);
    if (change === undefined) return undefined;
    changes.push(change);
    at += change.from === undefined ? 2 : 3;
  }
  return changes;
}

function changeAt(fields: readonly string[], at: number): RawChange | undefined {
  const match = HEAD.exec(itemAt(fields, at));
  const status = STATUSES.find((one) => one === match?.[5]);
  if (match === null || status === undefined) return undefined;
  const hasTwo = status === 'R' || status === 'C';
  const paths = fields.slice(at + 1, at + (hasTwo ? 3 : 2));
  if (paths.length !== (hasTwo ? 2 : 1) || paths.some((path) => !isPlain(path))) return undefined;
  const [, oldMode = '', newMode = ''] = match;
  return { status, oldMode, newMode, ...placesOf(paths) };
}

function placesOf([first = '', second]: readonly string[]): Pick<RawChange, 'path' | 'from'> {
  return second === undefined ? { path: first } : { path: second, from: first };
}

const STATUSES = ['A', 'C', 'D', 'M', 'R', 'T'] as const;

/** A path of git is relative and never leads upwards; what does is no path to trust. */
const isPlain = (path: string): boolean =>
  path !== '' && !path.startsWith('/') && !path.split('/').some((name) => /^\.{0,2}$/.test(name));

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
