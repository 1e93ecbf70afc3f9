import { terminalText } from '../core/index.ts';

const MARKDOWN_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // What GitHub would turn into a mention or a link of its own.
  '@': '&#64;',
};

/**
 * Writes outside text into Markdown so that it stays text: no markup, HTML, link, table cell or line of its own.
 *
 * @example
 * markdownText('a|b <img>') // → 'a\\|b &lt;img&gt;'
 */
export function markdownText(text: string): string {
  return (
    terminalText(text)
      .replace(/[\\`*_{}[\]|~]/g, (mark) => `\\${mark}`)
      .replace(/[&<>@]/g, (mark) => MARKDOWN_ENTITIES[mark] ?? mark)
      .replace(/:\/\//g, '&#58;//')
      .replace(/www\./gi, (start) => `${start.slice(0, -1)}&#46;`)
      // Headings, lists and rules begin a line; a sign before a number does not.
      .replace(/^(\s*)([#+=-])(?=[\s#=-]|$)/, '$1\\$2')
      .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}

/** Writes an address of the plan as a Markdown link; what could end it early is percent-encoded. */
export function markdownUrl(url: string): string {
  if (!/^https?:\/\//.test(url)) return markdownText(url);
  const safe = terminalText(url).replace(/[\s<>()[\]{}\\`|*~"'^]/g, (mark) =>
    [...new TextEncoder().encode(mark)].map(percentByte).join(''),
  );
  return `<${safe}>`;
}

const percentByte = (byte: number): string =>
  `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** Writes a code or an id as inline code; the ids of records and plans hold no backtick, others lose it. */
export const markdownCode = (text: string): string =>
  `\`${terminalText(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Writes outside text into XML content or an attribute; what XML 1.0 cannot hold is shown as `\u{…}` or `?`. */
export function xmlText(text: string): string {
  return terminalText(text)
    .replace(/[\ufffe\uffff]/g, '?')
    .replace(/[&<>"']/g, (mark) => XML_ENTITIES[mark] ?? mark);
}

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

/**
 * Writes a cell of RFC 4180 CSV; text that a spreadsheet would run as a formula begins with an apostrophe.
 *
 * A plain negative number stays a number.
 */
export function csvCell(text: string): string {
  const guarded = !PLAIN_DECIMAL.test(text) && /^\s*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  const safe = terminalText(guarded);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Writes a scalar of YAML; anything but a plain word, date, code or address is quoted. */
export function yamlScalar(text: string): string {
  const safe = terminalText(text);
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._:/?=&%#+-]*$/.test(safe) && !safe.endsWith(':');
  return isPlain ? safe : JSON.stringify(safe);
}
