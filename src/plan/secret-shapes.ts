/** Says where a text looks like a secret; offsets in UTF-16 code units, end exclusive. */
export interface SecretShape {
  readonly shape: string;
  /** Only its randomness speaks for it: an opaque id looks the same. */
  readonly isGuess: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds what looks like a secret in a text, left to right.
 *
 * It knows the published forms of well-known tokens, PEM blocks, credentials in URLs and `Bearer` values, and takes any
 * long random-looking run of letters and digits for one. A slug, a path or a sentence is none.
 */
export function findSecrets(text: string): readonly SecretShape[] {
  const found = SHAPES.flatMap(({ shape, pattern, isSecret, isGuess = false }) =>
    [...text.matchAll(pattern)]
      .filter((match) => isSecret === undefined || isSecret(match[0]))
      .map((match) => ({ shape, isGuess, start: match.index, end: match.index + match[0].length })),
  );
  return found.toSorted((left, right) => left.start - right.start || right.end - left.end);
}

/** Replaces each character of what looks like a secret by `*`, so that columns stay true. Idempotent. */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const { start, end } of findSecrets(text)) {
    masked = masked.slice(0, start) + '*'.repeat(end - start) + masked.slice(end);
  }
  return masked;
}

interface Shape {
  readonly shape: string;
  readonly pattern: RegExp;
  readonly isSecret?: (text: string) => boolean;
  readonly isGuess?: true;
}

// The prefixes are those that the issuers publish for secret scanning.
const SHAPES: readonly Shape[] = [
  { shape: 'API key', pattern: /\bsk-[A-Za-z0-9_-]{8,}/g },
  { shape: 'AWS key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { shape: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g },
  { shape: 'GitLab token', pattern: /\bglpat-[\w-]{16,}/g },
  { shape: 'Slack token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{8,}/g },
  { shape: 'Slack hook', pattern: /hooks\.slack\.com\/services\/[A-Za-z0-9/]+/g },
  { shape: 'Google key', pattern: /\bAIza[\w-]{30,}/g },
  { shape: 'webhook secret', pattern: /\bwhsec_[A-Za-z0-9+/=]{12,}/g },
  { shape: 'JSON Web Token', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g },
  { shape: 'private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*/g },
  {
    shape: 'Bearer value',
    pattern: /\b[Bb]earer\s+[A-Za-z0-9._~+/=-]{8,}/g,
    // "bearer authentication" is a phrase; a token has a digit.
    isSecret: (text) => /\d/.test(text),
  },
  { shape: 'credential in a URL', pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/gi },
  {
    shape: 'key in a URL',
    pattern: /[?&](?:key|api_?key|token|secret|access_token)=[^\s&#"']{6,}/gi,
  },
  {
    shape: 'hexadecimal token',
    pattern: /\b[0-9a-fA-F]{32,}\b/g,
    isSecret: hasLettersAndDigits,
    isGuess: true,
  },
  {
    shape: 'long token',
    pattern: /[A-Za-z0-9+/_=-]{40,}/g,
    isSecret: isRandomLooking,
    isGuess: true,
  },
  {
    shape: 'long token',
    pattern: /[A-Za-z0-9+_=-]{28,}/g,
    isSecret: isRandomLooking,
    isGuess: true,
  },
];

function hasLettersAndDigits(text: string): boolean {
  return /\d/.test(text) && /[a-f]/i.test(text);
}

/** Words joined by hyphens or slashes have few digits and no mixed case inside a word; random text has both. */
function isRandomLooking(text: string): boolean {
  const mixed = text
    .split(/[-_/]/)
    .some((part) => /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part));
  return mixed && entropyBits(text) > 3.8;
}

/** Shannon entropy of the characters, bits a character; English words joined by hyphens stay below 3.8. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
