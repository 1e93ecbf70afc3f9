import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** One way in which a secret can stand in a text. */
export type Encode = (secret: string) => string;

const b64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64');
const each = (secret: string, write: (code: number, letter: string) => string): string =>
  secret
    .split('')
    .map((letter) => write(letter.codePointAt(0) ?? 0, letter))
    .join('');
const hex = (code: number): string => code.toString(16).padStart(2, '0');
const bytesOf = (secret: string): readonly number[] => [...Buffer.from(secret)];
const cut = (secret: string, width: number, by: string): string =>
  secret.replaceAll(new RegExp(`(.{${width}})`, 'gs'), `$1${by}`);

function hexdump(secret: string): string {
  const bytes = bytesOf(secret);
  const lines = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
    const part = bytes.slice(row * 16, row * 16 + 16);
    const left = part.slice(0, 8).map(hex).join(' ');
    const right = part.slice(8).map(hex).join(' ');
    const text = part
      .map((code) => (code >= 32 && code < 127 ? String.fromCodePoint(code) : '.'))
      .join('');
    return `${(row * 16).toString(16).padStart(8, '0')}  ${left}  ${right}  |${text}|`;
  });
  return lines.join('\n');
}

/** The 37 encodings of the design's leak matrix (evidence.md 1.5), by name. */
export const ENCODINGS: Readonly<Record<string, Encode>> = {
  plain: (s) => s,
  'URL query': (s) => `https://example.com/?key=${encodeURIComponent(s)}`,
  XML: (s) =>
    `<k>${s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</k>`,
  JSON: (s) => JSON.stringify({ s }),
  'JSON in JSON': (s) => JSON.stringify(JSON.stringify({ s })),
  'double percent': (s) => encodeURIComponent(encodeURIComponent(s)),
  'percent all': (s) => each(s, (code) => `%${hex(code)}`),
  '\\uXXXX': (s) => each(s, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
  'HTML decimal': (s) => each(s, (code) => `&#${code};`),
  base64: b64,
  'base64 of user:password': (s) => b64(`user:${s}`),
  'base64 shift 1': (s) => b64(`x${s}`),
  'base64 shift 2': (s) => b64(`xy${s}`),
  base64url: (s) => Buffer.from(s).toString('base64url'),
  'base64 twice': (s) => b64(b64(s)),
  'base64 MIME wrapped': (s) => cut(b64(s), 76, '\r\n'),
  hex: (s) => Buffer.from(s).toString('hex'),
  HEX: (s) => Buffer.from(s).toString('hex').toUpperCase(),
  '0x list': (s) =>
    bytesOf(s)
      .map((code) => `0x${hex(code)}`)
      .join(', '),
  'hexdump -C': hexdump,
  'Buffer JSON': (s) => JSON.stringify(Buffer.from(s)),
  'character codes': (s) => bytesOf(s).join(','),
  'UTF-16 base64': (s) => b64(Buffer.from(s, 'utf16le')),
  'gzip base64': (s) => b64(gzipSync(s)),
  'quoted-printable': (s) =>
    cut(
      each(s, (code, letter) =>
        /[A-Za-z0-9-]/.test(letter) ? letter : `=${hex(code).toUpperCase()}`,
      ),
      60,
      '=\r\n',
    ),
  'wrapped at 20': (s) => cut(s, 20, '\n'),
  'chunks of 8': (s) => cut(s, 8, ' '),
  'two lines': (s) => `${s.slice(0, s.length / 2)}\n${s.slice(s.length / 2)}`,
  ANSI: (s) => cut(s, 6, '\u001b[31m'),
  'zero width': (s) => cut(s, 1, '\u200b'),
  reversed: (s) => s.split('').toReversed().join(''),
  upper: (s) => s.toUpperCase(),
  'first 60 %': (s) => s.slice(0, Math.floor(s.length * 0.6)),
  'first 12': (s) => s.slice(0, 12),
  'last 4': (s) => s.slice(-4),
  rot13: (s) =>
    each(s, (code, letter) =>
      /[a-z]/i.test(letter)
        ? String.fromCodePoint(((code - (code < 97 ? 65 : 97) + 13) % 26) + (code < 97 ? 65 : 97))
        : letter,
    ),
  'SHA-256': (s) => createHash('sha256').update(s).digest('hex'),
};

const random = (count: number): string =>
  randomBytes(count * 2)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, count);

/** Makes one secret of each of the six kinds; every one is new, so none stands in this repository. */
export function makeSecrets(): Readonly<Record<string, string>> {
  const dashes = '-'.repeat(5);
  const kind = ['PRIVATE', 'KEY'].join(' ');
  return {
    'OpenAI project key': ['sk', 'proj', `${random(40)}T3BlbkFJ${random(20)}`].join('-'),
    'key of 48': ['sk', random(48)].join('-'),
    'Anthropic key': ['sk', 'ant', 'api03', random(80)].join('-'),
    'hexadecimal 32': randomBytes(16).toString('hex'),
    password: `pä"<&${random(6)}\\'%+/=>${random(6)}!`.replace('ä', '$'),
    PEM: [
      `${dashes}BEGIN ${kind}${dashes}`,
      random(64),
      random(64),
      random(40),
      `${dashes}END ${kind}${dashes}`,
    ].join('\n'),
  };
}
