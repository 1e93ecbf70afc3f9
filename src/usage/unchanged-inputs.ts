import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError, systemCode } from '../core/index.ts';
import type { NewInput } from './import-work.ts';
import { markOf } from './seen-inputs.ts';

/** Says that files changed between the first look at them and the last byte that was read: digest and rows may differ. */
export class ChangedInputs extends Error {
  readonly paths: readonly string[];
  /** No other new file stood still. */
  readonly isAll: boolean;

  constructor(paths: readonly string[], isAll: boolean) {
    super('Files changed while they were read');
    this.paths = paths;
    this.isAll = isAll;
  }
}

/**
 * Looks again at files that were read: a session that is still written to would else be known by bytes whose rows nobody has.
 *
 * @throws {ChangedInputs} naming those that changed or are gone.
 */
export function refuseChanged(fresh: readonly NewInput[]): void {
  const changed = fresh
    .filter(({ path, stamp }) => stampOf(path) !== stamp)
    .map(({ path }) => path);
  if (changed.length > 0) throw new ChangedInputs(changed, changed.length === fresh.length);
}

function stampOf(path: string): string | undefined {
  try {
    return markOf(statSync(path, { bigint: true }), 0).stamp;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Tells a person that a file never stood still. */
export const neverStill = ([path = '']: readonly string[]): AppError =>
  new AppError('export-unreadable', {
    message: `${basename(path)} changed each time while it was read, so it was not imported`,
    hint: 'Import it again when nothing writes to it.',
    file: basename(path),
  });
