import { isAscii, isUtf8 } from 'node:buffer';

/** Holds a decoded text and whether the bytes fitted the charset. */
export interface DecodedText {
  readonly text: string;
  readonly charset: string;
  /** Replacement characters that decoding had to put in. */
  readonly broken: number;
}

const SNIFF_BYTES = 4096;

/**
 * Decodes a page: byte order mark, then the header, then `<meta>`, then UTF-8.
 *
 * A single-byte charset is overruled when the bytes are valid UTF-8 beyond ASCII: no text of another charset is that by chance,
 * and mojibake would pass for a changed page.
 */
export function decodeText(body: Uint8Array, contentType: string): DecodedText {
  const marked = charsetOfMark(body);
  const declared = marked ?? charsetOf(contentType) ?? charsetOfMeta(body) ?? 'utf-8';
  const isUtf8Text = isUtf8(body);
  const isUtf8BeyondAscii = marked === undefined && isUtf8Text && !isAscii(body);
  const charset = isUtf8BeyondAscii ? 'utf-8' : usable(declared);
  const text =
    charset === 'utf-8' && isUtf8Text ? decodeValid(body) : new TextDecoder(charset).decode(body);
  return { text, charset, broken: countBroken(text) };
}

/** Bytes that are known to be UTF-8 need no decoder that looks for errors; the mark is no text. */
const decodeValid = (body: Uint8Array): string =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString('utf8')
    .replace(/^\ufeff/, '');

function countBroken(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) count += 1;
  return count;
}

function charsetOfMark(body: Uint8Array): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return undefined;
}

const charsetOf = (text: string): string | undefined =>
  /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(text)?.[1]?.toLowerCase();

function charsetOfMeta(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.subarray(0, SNIFF_BYTES)).toString('latin1');
  const meta = /<meta\b[^>]{0,200}charset\s*=\s*["']?[\w.:-]{1,40}/i.exec(head)?.[0];
  return meta === undefined ? undefined : charsetOf(meta);
}

function usable(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    if (error instanceof RangeError) return 'utf-8';
    throw error;
  }
}
