import { AppError, systemCode } from '../core/index.ts';

/** Turns the answer of opening an export into an error with a code: `file-missing` or `export-unreadable`. */
export function openError(error: unknown, name: string): unknown {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('file-missing', {
      message: `There is no file ${pathOf(error) ?? name}`,
      hint: 'Check the path; a pattern in quotes is not expanded by the shell.',
      file: name,
    });
  }
  if (code === 'EISDIR') {
    return new AppError('export-unreadable', {
      message: `${name} is a folder`,
      hint: 'Name its files, for example with FOLDER/*.json.',
      file: name,
      cause: error,
    });
  }
  if (code === 'EACCES') {
    return new AppError('export-unreadable', {
      message: `${name} cannot be read by this user`,
      hint: 'Ask its owner for the right to read it.',
      file: name,
      cause: error,
    });
  }
  return error;
}

/** The path that was tried; a name alone does not say in which folder. */
const pathOf = (error: unknown): string | undefined =>
  error instanceof Error && 'path' in error && typeof error.path === 'string'
    ? error.path
    : undefined;

/** Makes the error of an export that is there and cannot be read. */
export function unreadable(name: string, what: string, cause?: unknown): AppError {
  return new AppError('export-unreadable', {
    message: `${name} ${what}`,
    hint: 'Export the file again.',
    file: name,
    cause,
  });
}

/**
 * A file of lines of which not one is whole yet, `export-unreadable`: whoever writes it may still be at it. Beside others of its
 * kind it is passed over; alone it does not say what it is.
 */
export class BegunFile extends AppError {
  constructor(name: string, what: 'is empty' | 'holds only the beginning of its first line') {
    super('export-unreadable', {
      message: `${name} ${what}`,
      hint: 'Read it again when its first line is whole; where nothing writes it any more, export the file again.',
      file: name,
    });
  }
}

/**
 * A page whose list of rows is empty, `export-unreadable`: nothing was used in the time that it was asked for. Beside others of
 * its export it is one of them; alone it does not say what it is.
 */
export class BlankPage extends AppError {
  constructor(name: string) {
    super('export-unreadable', {
      message: `${name} holds a list without rows`,
      hint: 'Nothing was used in the time that was asked for, or the query asked for something else. Beside other files of its export it is read.',
      file: name,
    });
  }
}

const FORMS = [
  { magic: [0x1f, 0x8b], what: 'is compressed with gzip', hint: 'Unpack it first: gunzip FILE.' },
  {
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    what: 'is compressed with zstd',
    hint: 'Unpack it first: unzstd FILE.',
  },
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    what: 'is a ZIP or a workbook',
    hint: 'Unpack it, or save the sheet as CSV.',
  },
  { magic: [0xff, 0xfe], what: 'is UTF-16', hint: 'Save it as UTF-8, for example with iconv.' },
  { magic: [0xfe, 0xff], what: 'is UTF-16', hint: 'Save it as UTF-8, for example with iconv.' },
];

/** Makes the error of bytes that are no text, and says what they are where their first ones tell. */
export function unreadableBytes(name: string, head: Buffer): AppError | undefined {
  const known = FORMS.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  if (known !== undefined) {
    const { what, hint } = known;
    return new AppError('export-unreadable', { message: `${name} ${what}`, hint, file: name });
  }
  return head.includes(0) ? unreadable(name, 'holds binary data that is no Parquet') : undefined;
}
