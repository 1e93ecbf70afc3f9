import { sqlText } from './quote.ts';

/**
 * Writes a reader over a JSON Lines file, or over a list of them: `select`, of each line's `item`, and `item_number`, from 1 with
 * empty lines counted, through all files. A line that is no JSON has a null `item`.
 *
 * A file streams through the CSV reader; read as one text and split it would take many times its size. What is selected is
 * taken out of a line before anything else sees it, so that no more lines are in memory than the reader holds: it gives them
 * out by 8 MB, and a filter or a sort above would put them together again. Numbering makes it read in the order of the file.
 */
export function jsonLinesSql(
  file: string,
  select: readonly string[] = ['item'],
  more: readonly string[] = [],
): string {
  const options = [...OPTIONS, ...more].join(', ');
  return `(SELECT * EXCLUDE (is_blank) FROM (SELECT *, row_number() OVER () AS item_number FROM
    (SELECT ${select.join(', ')}, coalesce(trim(line), '') = '' AS is_blank
      FROM (SELECT *, TRY_CAST(line AS JSON) AS item FROM read_csv(${file}, ${options}))))
    WHERE NOT is_blank)`;
}

/** What is no UTF-8 is set aside, as of a CSV: a line that broke off inside a letter must not cost all others. */
export const SET_ASIDE: readonly string[] = ['store_rejects = true'];

/** No JSON text holds a control character, so that this leaves one column; a single one has empty lines, which are counted. */
const NO_DELIMITER = '\u001E\u001F\u001E\u001F';
const LINE_BYTES_MAX = 16_777_216;

const OPTIONS = [
  'auto_detect = false',
  'header = false',
  `delim = ${sqlText(NO_DELIMITER)}`,
  "quote = ''",
  "escape = ''",
  'strict_mode = false',
  // Any of the two ends, mixed too, is one: told the shorter, the reader takes the longer for two.
  "new_line = '\\r\\n'",
  `max_line_size = ${LINE_BYTES_MAX}`,
  // Left unsaid it is sixteen times the longest line.
  `buffer_size = ${LINE_BYTES_MAX}`,
  "columns = {line: 'VARCHAR'}",
];
