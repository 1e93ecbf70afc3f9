/** Holds a text whose ever-changing parts were replaced, and the names of the masks that did it. */
export interface MaskedText {
  readonly text: string;
  readonly masks: readonly string[];
}

interface Mask {
  readonly name: string;
  readonly pattern: RegExp;
  readonly into: string;
}

const UNIT = '(?:second|minute|hour|day|week|month|year)';
const AGO = String.raw`(?:(?:over|about|almost|nearly|more than|less than) )?(?:\d{1,4}|an?|one|(?:a )?few|several) ${UNIT}s? ago`;
const ID_WORD = '(?:trace|request|build|session|correlation|ray)[ -]id';

/** Replaces what differs from one visit to the next by itself; the list is part of the normaliser's version. */
const MASKS: readonly Mask[] = [
  {
    name: 'relative-time',
    pattern: new RegExp(
      String.raw`^${AGO}$|(\b(?:updated|modified|edited|published|reviewed|changed)(?: on)?:? ?)(?:${AGO}|just now|yesterday|today|(?:this|last) ${UNIT})\b`,
      'giu',
    ),
    into: '$1<relative-time>',
  },
  {
    // What link marks say to screen readers comes and goes with the site's components.
    name: 'link-mark',
    pattern: / ?\(opens in (?:a )?new (?:window|tab)\)/giu,
    into: '',
  },
  {
    name: 'copyright-year',
    pattern: /(©|\(c\)|\bcopyright)( ?)(?:© ?)?\d{4}(?: ?[-–] ?\d{4})?/giu,
    into: '$1$2<year>',
  },
  {
    name: 'visit-id',
    pattern: new RegExp(
      String.raw`(\b${ID_WORD}:? ?#?)(?=[0-9a-f-]*\d)[0-9a-f][0-9a-f-]{7,63}(?![\w-])`,
      'giu',
    ),
    into: '$1<id>',
  },
];

/** A word of each mask's pattern: most texts have none, and are looked through once instead of for each mask. */
const MASKABLE = new RegExp(
  String.raw`ago\b|just now|day\b|(?:this|last) |\(opens|©|\(c\)|copyright|${ID_WORD}`,
  'iu',
);

/** Names of all masks: what a record may say was replaced. */
export const MASK_NAMES: readonly string[] = MASKS.map(({ name }) => name);

/** Normalises running text: NFC, no zero-width marks or soft hyphens, one space for any white space. */
export const cleanText = (text: string): string => {
  const visible = stripInvisible(text);
  return (WIDE_SPACE.test(visible) ? visible.replace(/\s+/gu, ' ') : visible).trim();
};

/** White space that is more than one space between words. */
const WIDE_SPACE = /[^\S ]|  /u;

/** Normalises code: NFC, no invisible marks, lines ended by a line feed and without white space at their ends. */
export const cleanCode = (text: string): string =>
  stripInvisible(text)
    .replace(/\r\n?/g, '\n')
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd();

/** Replaces relative times, copyright years and ids of one visit by typed placeholders. */
export function maskText(text: string): MaskedText {
  if (!MASKABLE.test(text)) return { text, masks: [] };
  const masks: string[] = [];
  let masked = text;
  for (const mask of MASKS) {
    const next = masked.replace(mask.pattern, mask.into);
    if (next !== masked) masks.push(mask.name);
    masked = next;
  }
  return { text: masked, masks };
}

const BEYOND_ASCII = /[^\0-\u007f]/;

// A lone surrogate has no place in canonical JSON (RFC 8785), so it becomes the replacement character.
const stripInvisible = (text: string): string =>
  BEYOND_ASCII.test(text)
    ? text
        .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/gu, '')
        .replace(/[\u{d800}-\u{dfff}]/gu, '\ufffd')
        .normalize('NFC')
    : text;
