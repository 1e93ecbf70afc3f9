import type { Place, RawColumn, Reading } from '../../adapters/adapter.ts';
import { sqlName, sqlPath, sqlText } from './quote.ts';

/** Members of JSON objects, down to texts. */
interface Members {
  readonly [name: string]: Members | 'text';
}

/**
 * Writes a reader over many JSON Lines files that takes the wanted places out of each line in one step, and nothing else.
 *
 * It raises an error where a line is no object or a place holds something of another kind: those files are read line by line.
 *
 * @param namesFiles gives the path of each row's file as `filename`.
 */
export function togetherSql(
  paths: readonly string[],
  { raw }: Reading,
  namesFiles: boolean,
): string {
  const members = raw.flatMap(placesOf).reduce<Members>(withPlace, {});
  const columns = Object.entries(members).map(
    ([name, inner]) => `${sqlText(name)}: ${sqlText(typeOf(inner))}`,
  );
  return `read_json([${paths.map(sqlPath).join(', ')}], format = 'newline_delimited', compression = 'uncompressed',
    maximum_object_size = ${LINE_BYTES_MAX},${namesFiles ? ' filename = true,' : ''} columns = {${columns.join(', ')}})`;
}

/** A longer line makes its file be read line by line. */
const LINE_BYTES_MAX = 16_777_216;

/** Gives the texts of a raw column in the order in which they count. */
export const togetherTexts = (column: RawColumn): readonly string[] =>
  placesOf(column).map((names) => names.map(sqlName).join('.'));

const placesOf = (column: RawColumn): readonly (readonly string[])[] =>
  [column, ...(column.or ?? [])].map((place: Place) => place.path ?? [column.name]);

function withPlace(members: Members, [name = '', ...rest]: readonly string[]): Members {
  const inner = members[name];
  if (rest.length === 0) return { ...members, [name]: 'text' };
  return {
    ...members,
    [name]: withPlace(inner === undefined || inner === 'text' ? {} : inner, rest),
  };
}

function typeOf(inner: Members | 'text'): string {
  if (inner === 'text') return 'VARCHAR';
  const fields = Object.entries(inner).map(([name, type]) => `${sqlName(name)} ${typeOf(type)}`);
  return `STRUCT(${fields.join(', ')})`;
}
