import { accessSync, constants } from 'node:fs';
import { CommanderError } from 'commander';
import { AppError, systemCode } from '../core/index.ts';

/**
 * Makes an error with a code of whatever was thrown: a command line that
 * cannot be read, the system's errors that a user can mend, else a bug of ours.
 */
export function asAppError(error: unknown, command?: string, isBarred = isUnreadable): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof CommanderError) {
    const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
    return new AppError('usage', {
      message,
      hint:
        suggestion?.replace(/^\((.*)\)$/, '$1') ??
        (command === undefined
          ? 'See spendproof help --all.'
          : `See spendproof ${command} --help.`),
    });
  }
  const system = error as NodeJS.ErrnoException;
  if (system.code === 'ENOSPC') {
    return new AppError('disk-full', {
      message: 'The disk is full; nothing half-written was kept',
      hint: 'Free some space and run the command again.',
      cause: error,
    });
  }
  if (isNotPermitted(system)) return notPermitted(system, isBarred);
  return new AppError('internal', {
    message: 'Something unexpected happened; this is a bug of Spendproof, not of your files',
    hint: 'Run again with SPENDPROOF_DEBUG=1 to see where, and report it.',
    cause: error,
  });
}

function notPermitted(
  system: NodeJS.ErrnoException,
  isBarred: (path: string) => boolean,
): AppError {
  const { path, syscall } = system;
  const isReading = path !== undefined && isBarred(path);
  return new AppError(isReading ? 'file-not-readable' : 'file-not-writable', {
    message: `Not permitted to ${isReading ? 'read' : 'write'}: ${path ?? syscall ?? 'a file'}`,
    hint: 'Check the owner and mode of the file and of its folder.',
    cause: system,
  });
}

/** The system's error does not say whether reading or writing was refused. */
function isUnreadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return false;
  } catch (error) {
    return systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM';
  }
}

function isNotPermitted({ code, syscall }: NodeJS.ErrnoException): boolean {
  // Node 20 reports a folder that cannot be made on a read-only file system as ENOENT of a recursive mkdir.
  return (
    ['EACCES', 'EPERM', 'EROFS'].includes(code ?? '') || (code === 'ENOENT' && syscall === 'mkdir')
  );
}
