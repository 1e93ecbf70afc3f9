import { chunksOf } from './read-chunks.ts';

const BREAK = 0x0a;
const RETURN = 0x0d;

/**
 * Lists the lines of a text file that hold nothing, from 1 and in their order, those of one chunk at a time: a reader of tables
 * passes over them and numbers none.
 */
export async function* blankLines(path: string): AsyncGenerator<readonly number[]> {
  let line = 1;
  let isBlank = true;
  for await (const chunk of chunksOf(path)) {
    const found: number[] = [];
    for (let at = 0; at < chunk.length;) {
      const next = chunk.indexOf(BREAK, at);
      const end = next === -1 ? chunk.length : next;
      // The first mark of a line tells almost always.
      for (let mark = at; isBlank && mark < end; mark += 1) isBlank = chunk[mark] === RETURN;
      if (next !== -1) {
        if (isBlank) found.push(line);
        line += 1;
        isBlank = true;
      }
      at = end + 1;
    }
    yield found;
  }
}
