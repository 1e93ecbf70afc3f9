import { AppError } from '../core/index.ts';
import type { StagedFile } from './engines/duckdb/stage.ts';
import type { RecognisedFile } from './shape.ts';

/** A file and what was read of it. */
export interface ReadFile {
  readonly recognised: RecognisedFile;
  readonly staged: StagedFile;
}

/** Makes the error of files of which every row was left out, `export-unreadable`: a unit or a format is not what was said. */
export function nothingReadable(files: readonly ReadFile[]): AppError {
  const odd = files.find(({ staged }) => staged.quarantinedRows.length > 0) ?? files[0];
  if (odd === undefined) throw new TypeError('There is at least one file');
  const { name, reading } = odd.recognised;
  const [first] = odd.staged.quarantinedRows;
  const { line = 1, reason = 'bad-row' } = first ?? {};
  const field = Object.entries(reading.fields).find(
    ([column]) => `bad-${column.replaceAll('_', '-')}` === reason,
  )?.[1];
  const where = field === undefined ? '' : `, in ${JSON.stringify(field.from)}`;
  const count = files.reduce((sum, { staged }) => sum + staged.quarantined, 0);
  const of = files.length === 1 ? 'its' : `the ${files.length} files’`;
  return new AppError('export-unreadable', {
    message: `${name}: none of ${of} ${count} rows could be read; the first says ${reason}${where}`,
    hint: TIMES.has(field?.kind ?? '')
      ? 'Expected times as the source writes them; a spreadsheet may have rewritten them. Export the file again and do not save it from a spreadsheet.'
      : 'Check the units and formats of its columns.',
    file: name,
    line,
  });
}

const TIMES: ReadonlySet<string> = new Set(['instant', 'date']);
