import { pathMatches } from './path-pattern.ts';
import type { RawChange } from './raw-diff.ts';
import { guardAnswer, type GuardFinding, type GuardResult } from './result.ts';

/** What a change is held to. */
export interface Scope {
  /** Patterns that the failing signals allow, relative to the folder of the plan, as the base of the change had them. */
  readonly allowed: readonly string[];
  /** The folder of the plan in the repository: empty, or ending with `/`. */
  readonly prefix: string;
  /** The plan's own file, relative to its folder. */
  readonly planFile: string;
  /** Whether the change touches what guards: the plan's `guards` differ between base and head. */
  readonly guardsChanged: boolean;
}

/** What a change of the repository was found to be. */
export interface ScopeJudgement {
  readonly result: GuardResult;
  readonly findings: readonly GuardFinding[];
  readonly changed: number;
  /** Changes that are not allowed, whatever the reason. */
  readonly outside: number;
}

/**
 * Files that decide whether and how guards run, wherever the plan's areas reach: whoever changes the judge is not judged by it.
 */
export const PROTECTED_PATHS = [
  '.github/**',
  '.gitlab-ci.yml',
  '.gitlab/**',
  '.circleci/**',
  '.ci/**',
  '.husky/**',
  'Jenkinsfile',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  '**/.gitattributes',
  '**/.gitmodules',
  '**/CODEOWNERS',
  '**/.spendproof/**',
] as const;

/** Records that teammates hand in; one job adds them to the ledger (design: evidence.md 2.3). */
const INBOX = '.spendproof/ledger/inbox/*';

const REGULAR = new Set(['100644', '100755']);

/**
 * Judges which files a change touches: both ends of a rename count, links and submodules never pass, a changed mode makes
 * data run, and the guards' own files are protected.
 *
 * @param changes undefined when they could not be read: then the change is not judged, and does not pass.
 */
export function scopeDrift(
  changes: readonly RawChange[] | undefined,
  scope: Scope,
): ScopeJudgement {
  if (changes === undefined) {
    const result = guardAnswer('scope-drift', 'fail', ['scope-drift', 'evidence-gap']);
    const message =
      'the list of changes could not be read whole, so nothing about it can be trusted';
    const finding = { ruleId: 'scope-drift/uncountable', level: 'error', message } as const;
    return { result, findings: [finding], changed: 0, outside: 0 };
  }
  const judged = changes.map((change) => judgeChange(change, scope));
  const outside = judged.filter((found) => found.length > 0).length;
  const own = scope.guardsChanged ? [guardsChanged(scope)] : [];
  const findings = [...judged.flat(), ...own];
  const result =
    findings.length === 0
      ? guardAnswer('scope-drift', 'pass')
      : guardAnswer('scope-drift', 'fail', ['scope-drift']);
  return { result, findings, changed: changes.length, outside };
}

const guardsChanged = ({ prefix, planFile }: Scope): GuardFinding => ({
  ruleId: 'scope-drift/guards',
  level: 'error',
  message:
    'the change edits `guards` of the plan, by which it is judged; that needs a change of its own',
  file: `${prefix}${planFile}`,
});

function judgeChange(change: RawChange, scope: Scope): readonly GuardFinding[] {
  const paths = change.from === undefined ? [change.path] : [change.from, change.path];
  const found = [...formOf(change), ...paths.flatMap((path) => placeOf(path, change, scope))];
  return found.map((finding) => ({ ...finding, file: finding.file ?? change.path }));
}

/** What a change is, whatever its path. */
function formOf({ oldMode, newMode, status }: RawChange): readonly GuardFinding[] {
  const modes = [oldMode, newMode];
  if (modes.includes('120000')) {
    return [error('symlink', 'a symbolic link leads elsewhere than its path says')];
  }
  if (modes.includes('160000')) {
    return [error('submodule', 'a submodule brings files that this change does not show')];
  }
  const isKnown = modes.every((mode) => mode === '000000' || REGULAR.has(mode));
  if (!isKnown || status === 'T') return [error('unknown', 'the kind of this change is not known')];
  const isSwitched = !modes.includes('000000') && oldMode !== newMode;
  const isNewProgram = oldMode === '000000' && newMode === '100755';
  return isSwitched || isNewProgram
    ? [error('mode', `the file mode ${isNewProgram ? 'is' : 'becomes'} ${newMode}`)]
    : [];
}

function placeOf(path: string, change: RawChange, scope: Scope): readonly GuardFinding[] {
  const { prefix, allowed } = scope;
  const inside = path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
  if (change.status === 'A' && inside !== undefined && pathMatches(inside, INBOX)) return [];
  // On many machines `.GitHub` and `.github` are one folder.
  const folded = path.toLowerCase();
  if (PROTECTED_PATHS.some((pattern) => pathMatches(folded, pattern.toLowerCase()))) {
    return [error('protected', 'this file decides how guards run', path)];
  }
  if (inside !== undefined && allowed.some((pattern) => pathMatches(inside, pattern))) return [];
  return [error('outside', 'the failing signal does not allow a change of this file', path)];
}

const error = (rule: string, message: string, file?: string): GuardFinding => ({
  ruleId: `scope-drift/${rule}`,
  level: 'error',
  message,
  ...(file === undefined ? {} : { file }),
});
