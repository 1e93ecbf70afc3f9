/** Stands where a secret stood. */
const REDACTED = '<redacted>';

/** Keys of known makers, told by their prefix; the prefix must not continue a word (`risk-…`). */
const PREFIXED = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    '[sr]k[-_][A-Za-z0-9_-]{10,}',
    '(?:AKIA|ASIA)[0-9A-Z]{16,}',
    'gh[pousr]_[A-Za-z0-9]{16,}',
    'github_pat_[A-Za-z0-9_]{16,}',
    'glpat-[A-Za-z0-9_-]{16,}',
    '(?:gsk|hf|npm)_[A-Za-z0-9]{16,}',
    'xox[a-z]-[A-Za-z0-9-]{8,}',
    'AIza[A-Za-z0-9_-]{30,}',
    'whsec_[A-Za-z0-9+/=]{16,}',
    // The form of a ledger's own signing key (C2SP signed-note).
    'PRIVATE\\+KEY\\+\\S+',
    'eyJ[A-Za-z0-9_-]{8,1000}\\.[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*)?',
  ].join('|')})`,
  'g',
);

/** Armoured keys and certificates; one whose end was cut off reaches to the end of the text. */
const PEM = /-----BEGIN [A-Z0-9 ]*-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|$)/g;

const URL_CREDENTIALS = /(?<=:\/\/)[^\s/?#"]*@/g;

/** Addresses that are secrets themselves: who knows them may post. */
const SECRET_PATH = /(?<=\bhooks\.slack\.com\/)[^\s"'<>]+/g;

const SECRET_NAME =
  '(?:[\\w.%-]{0,40}[_.-])?(?:api|access|auth|client)?(?:key|token|secret|password|passwd|pwd|signature|sig|auth|credentials?)';
const NO_DIGEST = '(?!sha256:[0-9a-f]{64}(?![0-9A-Za-z]))';
const QUERY_VALUE = new RegExp(`(?<=[?&;#]${SECRET_NAME}=)${NO_DIGEST}[^\\s&;#"'<>]+`, 'gi');

/** Assignments outside a query; the value must hold a digit, so that `password: required` stays readable. */
const ASSIGNED = new RegExp(
  `(?<=(?:api[_-]?key|secret|password|passwd|(?:access|auth)[_-]?token)["']?\\s{0,3}[=:]\\s{0,3}["']?)` +
    `${NO_DIGEST}(?=[^\\s"',;<>{}]{0,200}\\d)[^\\s"',;<>{}]{8,}`,
  'gi',
);

/** A header's value always; a mere `bearer` only before what is no plain word. */
const AUTHORIZATION =
  /(?<=\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token)\s{1,3})[^\s"',<>]+/gi;
const BEARER =
  /(?<=\bbearer\s{1,3})(?=[A-Za-z._~+/=-]{0,200}\d|[A-Za-z0-9._~+/=-]{24})[A-Za-z0-9._~+/=-]{8,}/gi;

const RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,}={0,2}/g;
const DIGEST_MARK = 'sha256:';
const DIGEST_HEX = /^[0-9a-f]{64}(?![0-9A-Za-z])/;
const ULID = /(?<![A-Za-z0-9])([0-7][0-9A-HJKMNP-TV-Z]{25})(?![A-Za-z0-9])/g;

/**
 * Replaces what has the shape of a key by `<redacted>`: keys of known makers, bearer tokens, JWTs, PEM blocks,
 * credentials in URLs and queries, and random-looking runs of 40 characters or more.
 *
 * It is the last net, not the first: callers never pass a secret on. Digests (`sha256:…`), ULIDs, paths and words stay.
 * Applying it twice changes nothing more.
 * @example
 * redactSecrets('GET https://user:pass@example.com/?key=abc') // → 'GET https://<redacted>@example.com/?key=<redacted>'
 */
export function redactSecrets(text: string): string {
  let before = text;
  let after = redactOnce(before);
  // A replaced part can leave its neighbour standing alone; every round takes characters away, so this ends.
  while (after !== before) {
    before = after;
    after = redactOnce(before);
  }
  return after;
}

function redactOnce(text: string): string {
  return text
    .replace(PEM, REDACTED)
    .replace(URL_CREDENTIALS, `${REDACTED}@`)
    .replace(SECRET_PATH, REDACTED)
    .replace(PREFIXED, REDACTED)
    .replace(AUTHORIZATION, REDACTED)
    .replace(BEARER, REDACTED)
    .replace(QUERY_VALUE, REDACTED)
    .replace(ASSIGNED, REDACTED)
    .replace(RUN, redactRun);
}

function redactRun(run: string, offset: number, text: string): string {
  if (offset >= DIGEST_MARK.length && text.startsWith(DIGEST_MARK, offset - DIGEST_MARK.length)) {
    const digest = DIGEST_HEX.exec(run)?.[0];
    if (digest !== undefined) return digest + redactPart(run.slice(digest.length));
  }
  return redactPart(run);
}

/** Takes a random-looking part whole, else only its unbroken pieces, so that a path keeps its folders. */
function redactPart(part: string): string {
  const rest = part.replace(ULID, '');
  if (rest.length >= 40 && looksRandom(rest)) {
    return part
      .split(ULID)
      .map((piece, index) => (index % 2 === 1 || piece === '' ? piece : REDACTED))
      .join('');
  }
  return part.replace(/[A-Za-z0-9]{40,}={0,2}/g, REDACTED);
}

/**
 * Tells base64 from paths and slugs: it mixes cases and digits within its pieces. In random base64 about 60 % of
 * neighbours differ in kind, in camel case words a quarter, in paths of lower case hardly any.
 */
function looksRandom(part: string): boolean {
  if (!/[a-z]/.test(part) || !/[A-Z]/.test(part) || !/\d/.test(part)) return false;
  const kinds = part.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/\d/g, '0');
  const changes = [...kinds.matchAll(/(?=aA|a0|Aa|A0|0a|0A)/g)].length;
  return changes >= part.length * 0.35;
}
