import { basename } from 'node:path';
import type { Connection } from './engines/duckdb/connection.ts';
import { BegunFile, BlankPage } from './file-error.ts';
import { type RecognisedFile, recogniseFile, type RecogniseOptions } from './shape.ts';

/** Files that are known, in their order, up to the first that is not, and what is wrong with that one. */
export interface RecognisedFiles {
  readonly recognised: readonly RecognisedFile[];
  readonly refused: unknown;
}

/**
 * Recognises files up to the first that is not known.
 *
 * A session whose first line is not whole yet is read as the session before it, else as the one after it: an import of the
 * folder takes it for one of its kind too. Where there is no other it is not known. So is a page without rows, where an
 * adapter is declared.
 */
export async function recogniseAll(
  connection: Connection,
  paths: readonly string[],
  options: RecogniseOptions,
): Promise<RecognisedFiles> {
  const found: (RecognisedFile | Begun)[] = [];
  let refused: unknown;
  for (const path of paths) {
    try {
      found.push(await recogniseFile(connection, path, options));
    } catch (error) {
      if (error instanceof BegunFile || error instanceof BlankPage) {
        found.push({ path, error });
        continue;
      }
      refused = error;
      break;
    }
  }
  const recognised: RecognisedFile[] = [];
  for (const [index, file] of found.entries()) {
    const known = 'error' in file ? asOther(file, recognised, found.slice(index + 1)) : file;
    if (known === undefined) return { recognised, refused: 'error' in file ? file.error : refused };
    recognised.push(known);
  }
  return { recognised, refused };
}

interface Begun {
  readonly path: string;
  readonly error: BegunFile | BlankPage;
}

function asOther(
  { path, error }: Begun,
  before: readonly RecognisedFile[],
  after: readonly (RecognisedFile | Begun)[],
): RecognisedFile | undefined {
  if (error instanceof BlankPage) {
    const page = before.at(-1) ?? after.find((file) => 'adapter' in file);
    return page && { ...page, path, name: basename(path) };
  }
  const other = before.findLast(isSession) ?? after.find(isSession);
  return other && { ...other, path, name: basename(path), isBegun: true };
}

const isSession = (file: RecognisedFile | Begun): file is RecognisedFile =>
  'adapter' in file && file.adapter.readsTogether === true;
