import { readChunks } from './read-chunks.ts';

const BREAK = 0x0a;
const RETURN = 0x0d;

/** Lists the lines of a text file that hold nothing, from 1: a reader of tables passes over them and numbers none. */
export async function blankLines(path: string): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  let line = 1;
  let isBlank = true;
  await readChunks(path, (chunk) => {
    for (const byte of chunk) {
      if (byte === BREAK) {
        if (isBlank) found.add(line);
        line += 1;
        isBlank = true;
      } else if (byte !== RETURN) isBlank = false;
    }
  });
  return found;
}
