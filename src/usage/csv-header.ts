/** Holds a header record and the delimiter that separated it. */
export interface CsvHeader {
  readonly header: readonly string[];
  readonly delimiter: string;
}

/**
 * Reads the first record of a CSV text: byte order mark, CRLF and quoted names are understood.
 *
 * Without a declared delimiter the one of `,` `;` tab `|` that gives the most names is taken.
 *
 * @returns `undefined` when the record does not end within the text, spans lines, or repeats or lacks a name.
 */
export function readCsvHeader(text: string, delimiter?: string): CsvHeader | undefined {
  const line = /^\uFEFF?([^\r\n]*)(?:\r\n|\n|$)/.exec(text)?.[1];
  if (line === undefined || line === '') return undefined;
  const candidates = delimiter === undefined ? [',', ';', '\t', '|'] : [delimiter];
  const read = candidates.map((mark) => ({ header: splitRecord(line, mark), delimiter: mark }));
  const best = read.reduce((left, right) =>
    (right.header?.length ?? 0) > (left.header?.length ?? 0) ? right : left,
  );
  if (best.header === undefined) return undefined;
  if (best.header.some((name) => name === '')) return undefined;
  const folded = best.header.map((name) => name.toLowerCase());
  // The engine's names are case-insensitive, so two that differ in case alone are one to it.
  if (new Set(folded).size !== folded.length) return undefined;
  return { header: best.header, delimiter: best.delimiter };
}

function splitRecord(line: string, delimiter: string): string[] | undefined {
  const names: string[] = [];
  let rest: string | undefined = line;
  while (rest !== undefined) {
    const field = takeField(rest, delimiter);
    if (field === undefined) return undefined;
    names.push(field.name);
    rest = field.rest;
  }
  return names;
}

function takeField(
  text: string,
  delimiter: string,
): { name: string; rest: string | undefined } | undefined {
  const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(text);
  if (quoted !== null) {
    const after = text.slice(quoted[0].length);
    if (after !== '' && !after.startsWith(delimiter)) return undefined;
    const name = (quoted[1] ?? '').replaceAll('""', '"');
    return { name, rest: after === '' ? undefined : after.slice(delimiter.length) };
  }
  const end = text.indexOf(delimiter);
  const name = (end === -1 ? text : text.slice(0, end)).trim();
  if (name.includes('"')) return undefined;
  return { name, rest: end === -1 ? undefined : text.slice(end + delimiter.length) };
}
