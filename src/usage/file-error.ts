import { AppError } from '../core/index.ts';

/** Turns the answer of opening an export into an error with a code: `file-missing` or `export-unreadable`. */
export function openError(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('file-missing', {
      message: `There is no file ${name}`,
      hint: 'Check the path; a pattern in quotes is not expanded by the shell.',
      file: name,
    });
  }
  if (code === 'EACCES' || code === 'EISDIR') return unreadable(name, 'cannot be read', error);
  return error;
}

/** Makes the error of an export that is there and cannot be read. */
export function unreadable(name: string, what: string, cause?: unknown): AppError {
  return new AppError('export-unreadable', {
    message: `${name} ${what}`,
    hint: 'Export the file again.',
    file: name,
    cause,
  });
}
