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
  let rest = line;
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(rest);
    const end = quoted === null ? rest.indexOf(delimiter) : quoted[0].length;
    const isLast = quoted === null ? end === -1 : end === rest.length;
    const raw = quoted?.[1]?.replaceAll('""', '"') ?? (isLast ? rest : rest.slice(0, end));
    if (quoted === null && raw.includes('"')) return undefined;
    names.push(quoted === null ? raw.trim() : raw);
    if (isLast) return names;
    if (!rest.startsWith(delimiter, end)) return undefined;
    rest = rest.slice(end + delimiter.length);
  }
}
