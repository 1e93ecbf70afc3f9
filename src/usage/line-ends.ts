import { AppError } from '../core/index.ts';
import { chunksOf } from './read-chunks.ts';

const BREAK = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;

type End = 'CRLF' | 'LF' | 'CR';

/**
 * Makes the error of a table whose lines do not all end alike, `export-unreadable`, or gives `undefined` where they do: the
 * engine reads such a table strictly not at all, and otherwise it loses fields beside a return that stands alone (DuckDB
 * 1.5.6). Ends inside of quoted fields are text.
 */
export async function mixedEnds(path: string, name: string): Promise<AppError | undefined> {
  const found = await findOther(path);
  if (found === undefined) return undefined;
  const { usual, other, line } = found;
  return new AppError('export-unreadable', {
    message: `${name}: its first line ends in ${usual}, line ${line} in ${other}`,
    hint:
      usual === 'CR' || other === 'CR'
        ? 'Save it with one kind of line end, which text editors offer, and read that file.'
        : "Save it with one kind of line end, for example with sed 's/\\r$//' FILE > NEW, and read that file.",
    file: name,
    line,
  });
}

interface Other {
  readonly usual: End;
  readonly other: End;
  /** The first line that ends otherwise than the first. */
  readonly line: number;
}

async function findOther(path: string): Promise<Other | undefined> {
  let usual: End | undefined;
  let line = 1;
  let isQuoted = false;
  let isReturn = false;
  for await (const chunk of chunksOf(path)) {
    for (const byte of chunk) {
      if (byte === QUOTE) isQuoted = !isQuoted;
      const end = isReturn && byte !== BREAK ? 'CR' : endOf(byte, isReturn);
      isReturn = byte === RETURN && !isQuoted;
      if (end === undefined) continue;
      if (!isQuoted || end === 'CR') {
        usual ??= end;
        if (end !== usual) return { usual, other: end, line };
      }
      line += 1;
    }
  }
  return undefined;
}

function endOf(byte: number, isReturn: boolean): End | undefined {
  if (byte !== BREAK) return undefined;
  return isReturn ? 'CRLF' : 'LF';
}
