import { realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { OptionValues } from 'commander';
import { AppError } from '../core/index.ts';
import { PLAN_FILE } from '../plan/index.ts';
import { writeWhole } from '../review/index.ts';
import type { World } from './world.ts';

/**
 * Finds out whether `--out` names a file that a result may be written to, before the command does anything.
 *
 * @throws {AppError} `file-missing` when its folder is not there, `usage` for a folder, the plan or the project's state.
 */
export async function checkOut(options: OptionValues, world: World): Promise<void> {
  const path = outPath(options, world);
  if (path === undefined) return;
  const folder = await real(dirname(path));
  if (folder === undefined || (await kindOf(folder)) !== 'folder') {
    throw new AppError('file-missing', {
      message: `Expected a folder for --out, found no ${dirname(path)}`,
      hint: 'Make the folder first, or name another file.',
    });
  }
  if ((await kindOf(path)) === 'folder')
    throw refused(path, 'is a folder', 'Name a file in it, such as report.html.');
  const target = (await real(path)) ?? resolve(folder, basename(path));
  const named = [options['config'], world.env['SPENDPROOF_PLAN']].map((file) =>
    typeof file === 'string' && file !== '' ? resolve(world.cwd, file) : '',
  );
  if (basename(target) === PLAN_FILE || named.includes(path) || named.includes(target))
    throw refused(path, 'is the plan', 'A plan is never overwritten: name another file.');
  // Views can be made again; nothing else there can.
  if (/[/\\]\.spendproof[/\\](?!views[/\\])/.test(target))
    throw refused(path, 'is the project’s own state', 'Name a file outside .spendproof.');
}

/** Writes a result to `--out`: whole or not at all, but to pipes and devices as it comes. */
export async function writeOut(path: string, text: string): Promise<void> {
  if ((await kindOf(path)) === 'other') await writeFile(path, text);
  else await writeWhole((await real(path)) ?? path, text);
}

/** Names the file of `--out`, absolute; `undefined` for stdout. */
export function outPath(options: OptionValues, { cwd }: World): string | undefined {
  const out: unknown = options['out'];
  return typeof out === 'string' && out !== '-' ? resolve(cwd, out) : undefined;
}

function refused(path: string, what: string, hint: string): AppError {
  return new AppError('usage', {
    message: `Expected --out to name a file for the result, but ${path} ${what}`,
    hint,
  });
}

async function kindOf(path: string): Promise<'none' | 'file' | 'folder' | 'other'> {
  try {
    const found = await stat(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'other';
  } catch {
    // What cannot be looked at is told when it is written.
    return 'none';
  }
}

async function real(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
