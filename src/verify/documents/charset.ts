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
  const charset = marked === undefined && isUtf8BeyondAscii(body) ? 'utf-8' : usable(declared);
  const text = new TextDecoder(charset).decode(body);
  const broken = text.split('\ufffd').length - 1;
  return { text, charset, broken };
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

function isUtf8BeyondAscii(body: Uint8Array): boolean {
  if (!body.some((byte) => byte > 127)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function usable(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    if (error instanceof RangeError) return 'utf-8';
    throw error;
  }
}
