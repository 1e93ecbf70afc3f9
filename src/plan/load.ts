import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError, type Digest, itemAt, sha256, systemCode, VERSION } from '../core/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PlanContext } from './draft.ts';
import { planDigest } from './expanded-yaml.ts';
import { parsePlan } from './parse.ts';
import { renderDiagnostics } from './render.ts';
import type { Plan } from './schema/plan.ts';

/** Holds a plan, where it came from, and what records say of it. */
export interface LoadedPlan {
  readonly plan: Plan;
  /** Absolute. */
  readonly path: string;
  /** The folder that the plan's paths start from; absolute. */
  readonly folder: string;
  readonly text: string;
  /** Of the file's bytes; guards compare it. */
  readonly fileDigest: Digest;
  /** Of the expanded plan's canonical JSON. */
  readonly planDigest: Digest;
  /** The release that expanded it. */
  readonly version: string;
  readonly warnings: readonly Diagnostic[];
}

/** The largest plan, bytes. */
export const PLAN_BYTES_MAX = 1_048_576;

/** The name of a plan that nobody named. */
export const PLAN_FILE = 'spendproof.yaml';

/**
 * Reads one plan file and nothing else.
 *
 * @throws {AppError} `plan-missing` when there is no such file; otherwise the code of the first mistake, with all of them
 * rendered in `details`.
 */
export async function loadPlan(path: string, context: PlanContext): Promise<LoadedPlan> {
  const absolute = resolve(path);
  const bytes = await readPlanFile(absolute);
  const text = decode(bytes, path);
  const { plan, warnings } = acceptPlan(text, path, context);
  return {
    plan,
    path: absolute,
    folder: dirname(absolute),
    text,
    fileDigest: sha256(bytes),
    planDigest: planDigest(plan),
    version: VERSION,
    warnings,
  };
}

/**
 * Reads the text of a plan that may not be on the disk yet.
 *
 * @param file the name that diagnostics show.
 * @throws {AppError} the code of the first mistake, with all of them rendered in `details`.
 */
export function acceptPlan(
  text: string,
  file: string,
  context: PlanContext,
): { readonly plan: Plan; readonly warnings: readonly Diagnostic[] } {
  const result = parsePlan(text, { file, ...context });
  if (result.kind === 'bad') throw badPlan(result.diagnostics, text, file);
  return result;
}

/** What names a plan beside the folder. */
export interface FindPlanOptions {
  /** The value of `--config`; relative to the folder. */
  readonly config?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the plan: `--config`, else `SPENDPROOF_PLAN`, else `spendproof.yaml` from the folder up to the git root.
 *
 * Outside a git repository only the folder itself is looked at.
 *
 * @throws {AppError} `plan-missing` when none is found; a named file is not looked for here but by {@link loadPlan}.
 */
export async function findPlan(cwd: string, { config, env }: FindPlanOptions): Promise<string> {
  const named = config ?? env['SPENDPROOF_PLAN'];
  if (named !== undefined && named !== '') return resolve(cwd, named);
  for (const folder of await foldersUpwards(resolve(cwd))) {
    const path = join(folder, PLAN_FILE);
    if (await exists(path)) return path;
  }
  throw new AppError('plan-missing', {
    message: `Expected a ${PLAN_FILE} in ${cwd} or above it in the git repository, found none`,
    hint: 'Run `spendproof init`, or name a plan with `--config FILE`.',
  });
}

async function foldersUpwards(cwd: string): Promise<readonly string[]> {
  const folders: string[] = [];
  let folder = cwd;
  while (!(await exists(join(folder, '.git')))) {
    folders.push(folder);
    const parent = dirname(folder);
    if (parent === folder) return [cwd];
    folder = parent;
  }
  return [...folders, folder];
}

const exists = async (path: string): Promise<boolean> =>
  await stat(path).then(
    () => true,
    () => false,
  );

async function readPlanFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await regularFile(path);
    if (size > PLAN_BYTES_MAX) {
      const message = `Expected a plan of at most ${PLAN_BYTES_MAX} bytes, got ${size}`;
      throw new AppError('plan-syntax', { message, file: path });
    }
    return await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || error instanceof AppError) throw error;
    throw new AppError('plan-missing', {
      message:
        code === 'ENOENT'
          ? 'Expected a plan, found no file of this name'
          : `Expected a plan that can be read, got ${code}`,
      hint: 'Run `spendproof init`, or name a plan with `--config FILE`.',
      file: path,
      cause: error,
    });
  }
}

/** A pipe or device has no end to wait for. */
async function regularFile(path: string): Promise<{ readonly size: number }> {
  const found = await stat(path);
  if (found.isFile()) return found;
  throw new AppError('plan-missing', {
    message: 'Expected a plan file, got no regular file',
    file: path,
  });
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const message = 'Expected a plan in UTF-8, got other bytes';
    throw new AppError('plan-syntax', { message, file, cause });
  }
}

function badPlan(diagnostics: readonly Diagnostic[], text: string, file: string): AppError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const { code, path, message, line, column, hint } = itemAt(errors, 0);
  return new AppError(code, {
    message: path === '' ? message : `${path}: ${message}`,
    file,
    line,
    column,
    ...(hint === undefined ? {} : { hint }),
    details: renderDiagnostics(diagnostics, text).trimEnd().split('\n'),
  });
}
