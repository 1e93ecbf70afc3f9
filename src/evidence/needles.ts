import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

/** Says how a scan ended; `unable` means that nothing can be promised, and counts as found. */
export type ScanResult = 'clear' | 'found' | 'unable';

/** A line without white space may be a key: any ten of its characters in a row count; else sixteen. */
const SECRET_WINDOW = 10;
const LINE_WINDOW = 16;
const DEPTH_MAX = 3;
const BUDGET_CHARS = 1_000_000;
const DISTINCT_MIN = 4;
const UNPACKED_MAX = 65_536;

/** Parts that everybody's keys share; a piece that lies wholly inside of one says nothing. */
const PUBLIC_PARTS = [
  '-----beginrsaprivatekey-----',
  '-----beginprivatekey-----',
  '-----endprivatekey-----',
  '-----endrsaprivatekey-----',
  'sk-ant-api03-',
  'sk-proj-',
  't3blbkfj',
  'authorization:bearer',
];

/**
 * Searches a text for needles, plain or under up to three layers of encoding.
 *
 * Lines of fewer than ten characters cannot be searched for; whoever loads secrets refuses such short ones.
 * Undone layers: case, white space and ANSI codes, percent, `\u` and HTML escapes, quoted-printable, base64 and
 * base64url at each offset, hexadecimal, lists of character codes, gzip, rot13, and reversal (design: evidence.md 1.3).
 * A secret is also told by its plain SHA-256, which somebody could confirm a guess with.
 */
export function scanForNeedles(text: string, needles: readonly string[]): ScanResult {
  const pieces = new Map<number, Set<string>>();
  for (const line of needles.flatMap((needle) => needle.split(/[\r\n]+/))) {
    const width = /\s/.test(line.trim()) ? LINE_WINDOW : SECRET_WINDOW;
    addAll(pieces, width, piecesOf(line, width));
    if (width === SECRET_WINDOW) addAll(pieces, LINE_WINDOW, digestPieces(line));
  }
  for (const whole of needles.filter((needle) => /[\r\n]/.test(needle))) {
    addAll(pieces, LINE_WINDOW, digestPieces(whole));
  }
  if (pieces.size === 0) return 'clear';
  const seen = new Set([text]);
  let layer = [text];
  let budget = BUDGET_CHARS;
  for (let depth = 0; depth <= DEPTH_MAX && layer.length > 0; depth += 1) {
    for (const form of layer) {
      budget -= form.length;
      if (budget < 0) return 'unable';
      if (holdsPiece(form, pieces)) return 'found';
    }
    const next = new Set(layer.flatMap((form) => decodings(form)));
    layer = [...next].filter((form) => !seen.has(form));
    for (const form of layer) seen.add(form);
  }
  return 'clear';
}

function addAll(pieces: Map<number, Set<string>>, width: number, more: ReadonlySet<string>): void {
  if (more.size === 0) return;
  const known = pieces.get(width) ?? new Set();
  for (const piece of more) known.add(piece);
  pieces.set(width, known);
}

/** A digest is as good as the secret to whoever can guess it; lines of text have digests that records must hold. */
function digestPieces(secret: string): Set<string> {
  if (secret.length < SECRET_WINDOW) return new Set();
  return piecesOf(createHash('sha256').update(secret).digest('hex'), LINE_WINDOW);
}

function piecesOf(needle: string, width: number): Set<string> {
  const form = normalForm(needle);
  const pieces = new Set<string>();
  for (let at = 0; at + width <= form.length; at += 1) {
    const piece = form.slice(at, at + width);
    const isPublic = PUBLIC_PARTS.some((part) => part.includes(piece));
    if (!isPublic && new Set(piece).size >= DISTINCT_MIN) pieces.add(piece);
  }
  return pieces;
}

function holdsPiece(text: string, pieces: ReadonlyMap<number, ReadonlySet<string>>): boolean {
  const form = normalForm(text);
  const reversed = form.split('').toReversed().join('');
  for (const [width, wanted] of pieces) {
    for (const side of [form, reversed]) {
      for (let at = 0; at + width <= side.length; at += 1) {
        if (wanted.has(side.slice(at, at + width))) return true;
      }
    }
  }
  return false;
}

function normalForm(text: string): string {
  return stripped(text).toLowerCase();
}

/** Drops ANSI codes, white space, zero-width and control characters. */
function stripped(text: string): string {
  return text
    .replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '')
    .replaceAll(/[\s\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]/gu, '');
}

function decodings(text: string): string[] {
  const found = [
    replaceCodes(text, /%([0-9a-fA-F]{2})/g, 16),
    replaceCodes(text, /\\u([0-9a-fA-F]{4})/g, 16),
    replaceCodes(text, /\\x([0-9a-fA-F]{2})/g, 16),
    text.replaceAll(/\\(["\\/])/g, '$1'),
    replaceCodes(text, /&#(\d{1,7});/g, 10),
    replaceCodes(text, /&#[xX]([0-9a-fA-F]{1,6});/g, 16),
    replaceCodes(text, /=([0-9A-Fa-f]{2})/g, 16),
    rotated(text),
    ...listed(text),
  ];
  // Node reads both base64 alphabets; text as JSON breaks it by quotes, so white space goes first.
  const solid = stripped(text);
  for (const [run] of solid.matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/g)) {
    for (let offset = 0; offset < 4; offset += 1) {
      found.push(...readings(Buffer.from(run.slice(offset), 'base64')));
    }
  }
  for (const [run] of solid.matchAll(/[0-9a-fA-F]{20,}/g)) {
    found.push(...readings(Buffer.from(run, 'hex')), ...readings(Buffer.from(run.slice(1), 'hex')));
  }
  return found.filter((form) => form !== text);
}

/** Undoes rot13, the one substitution that every shell has at hand. */
const rotated = (text: string): string =>
  text.replaceAll(/[A-Za-z]/g, (letter) => {
    const code = letter.charCodeAt(0);
    const first = code < 97 ? 65 : 97;
    return String.fromCharCode(((code - first + 13) % 26) + first);
  });

/** Reads lists of character codes, decimal or `0x…`: ten and more of them in a row. */
function listed(text: string): string[] {
  const lists = [
    ...text.matchAll(/(?<![\dA-Za-z.])\d{1,3}(?:[^\dA-Za-z.]{1,3}\d{1,3}){9,}/g),
    ...text.matchAll(/0x[0-9A-Fa-f]{2}(?:[^\dA-Za-z]{1,3}0x[0-9A-Fa-f]{2}){9,}/g),
  ];
  return lists.flatMap(([list]) => {
    const codes = [...list.matchAll(/0x[0-9A-Fa-f]{2}|\d{1,3}/g)].map(([code]) => Number(code));
    return readings(Buffer.from(codes.filter((code) => code < 256)));
  });
}

/** Reads bytes as text, and as UTF-16 by dropping the zero bytes; noise without ten plain characters in a row is left. */
function readings(bytes: Buffer): string[] {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return unpacked(bytes);
  const text = bytes.toString('latin1').replaceAll('\u0000', '');
  return /[\x20-\x7e\r\n\t]{10}/.test(text) ? [text] : [];
}

/** Bounded: what unpacks to more, or breaks off, is read as far as a record could carry it, which is not at all. */
function unpacked(bytes: Buffer): string[] {
  try {
    return [gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX }).toString('latin1')];
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

function replaceCodes(text: string, pattern: RegExp, radix: number): string {
  return text.replaceAll(pattern, (whole, digits: string) => {
    const point = Number.parseInt(digits, radix);
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole;
  });
}
