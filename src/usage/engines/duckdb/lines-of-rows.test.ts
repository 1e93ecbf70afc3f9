import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { blankLines } from '../../blank-lines.ts';
import { linesOfRows } from './lines-of-rows.ts';
import { type Mark, MarksAhead } from './marks-ahead.ts';

/** A record of a file: a blank line, one that is no row, or a row with so many breaks in its fields. */
type Kind = 'blank' | 'rejected' | 0 | 1 | 3;
const kind = fc.constantFrom<Kind>(0, 0, 0, 0, 0, 0, 'blank', 'rejected', 1, 3);

/** Counts the pages that were asked for. */
function pages(marks: readonly Mark[], size: number) {
  const asked = { count: 0, isClosed: false };
  async function* all(): AsyncGenerator<readonly Mark[]> {
    try {
      for (let from = 0; from < marks.length; from += size) {
        asked.count += 1;
        // A page may be empty: a chunk of a file without a blank line.
        yield [];
        yield marks.slice(from, from + size);
      }
    } finally {
      asked.isClosed = true;
    }
  }
  return { marks: new MarksAhead(all()), asked };
}

it('names rows and rejected records by the lines on which they begin', async () => {
  const file = fc.record({
    kinds: fc.array(kind, { maxLength: 60 }),
    header: fc.constantFrom(0, 1),
    size: fc.integer({ min: 1, max: 5 }),
    share: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(file, async ({ kinds, header, size, share }) => {
      const marks = { blank: [] as Mark[], rejected: [] as Mark[], breaks: [] as Mark[] };
      const [ofRow, ofRecord] = [new Map<number, number>(), new Map<number, number>()];
      let line = header + 1;
      let row = 0;
      kinds.forEach((one, index) => {
        const record = header + 1 + index;
        if (one === 'blank') marks.blank.push({ at: line, count: 1 });
        else if (one === 'rejected') {
          marks.rejected.push({ at: record, count: 1 });
          ofRecord.set(record, line);
        } else {
          row += 1;
          ofRow.set(row, line);
          if (one > 0) marks.breaks.push({ at: row, count: one });
          // A blank line inside of a field is no record.
          if (one > 1) marks.blank.push({ at: line + 1, count: 1 });
          line += one;
        }
        line += 1;
      });
      const some = (all: ReadonlyMap<number, number>) =>
        [...all].filter((_, index) => index % share === 0);
      const wanted = {
        rows: some(ofRow).map(([number]) => number),
        records: some(ofRecord).map(([number]) => number),
      };
      const found = await linesOfRows(wanted, {
        header,
        blank: pages(marks.blank, size).marks,
        rejected: pages(marks.rejected, size).marks,
        breaks: pages(marks.breaks, size).marks,
      });
      expect([...found.ofRow]).toEqual(some(ofRow));
      expect([...found.ofRecord]).toEqual(some(ofRecord));
    }),
  );
});

it('reads no further than to the last row that is wanted, and takes no step for each line', async () => {
  const far = Array.from({ length: 1000 }, (_, index) => ({ at: (index + 1) * 1e9, count: 1 }));
  const blank = pages(far, 1);
  const found = await linesOfRows(
    { rows: [5, 4_999_999_999], records: [] },
    {
      header: 1,
      blank: blank.marks,
      rejected: pages([], 1).marks,
      breaks: pages([{ at: 7, count: 2 }], 1).marks,
    },
  );
  // Behind the header, four blank lines and two breaks.
  expect([...found.ofRow]).toEqual([
    [5, 6],
    [4_999_999_999, 5_000_000_007],
  ]);
  expect(blank.asked.count).toBeLessThan(8);
  await blank.marks.close();
  expect(blank.asked.isClosed).toBe(true);
});

it('ends where a wanted record is in no file', async () => {
  const none = () => pages([], 1).marks;
  const found = await linesOfRows(
    { rows: [3], records: [9] },
    { header: 0, blank: none(), rejected: none(), breaks: none() },
  );
  expect([[...found.ofRow], [...found.ofRecord]]).toEqual([[[3, 3]], []]);
});

it('lists blank lines by chunks, however lines end and wherever a chunk does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blank-'));
  const path = join(folder, 'x.csv');
  const long = 'x'.repeat(262_143);
  await writeFile(path, `a\n\nb\r\n\r\n${long}\n \n\n\r\r\nend\n\r`);
  const found: (readonly number[])[] = [];
  for await (const lines of blankLines(path)) found.push(lines);
  expect(found.flat()).toEqual([2, 4, 7, 8]);
  expect(found).toHaveLength(2);
});
