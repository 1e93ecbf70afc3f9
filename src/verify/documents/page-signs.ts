import { foldText, type NormalisedDocument, textLength } from './normalised.ts';

/** Says what an answer really is: the page, or something served in its place. */
export type PageSign = 'page' | 'missing' | 'blocked' | 'degraded';

/** Holds what a readable answer is judged by. */
export interface SignSubject {
  readonly document: NormalisedDocument;
  readonly asksForPassword: boolean;
  readonly mustContain: readonly string[];
  /** The language asked for, such as `en` or `pt-BR`. */
  readonly locale: string | undefined;
  /** Letters of the part that is compared. */
  readonly comparedLength: number;
  /** Letters of the accepted text; undefined when none is known. */
  readonly acceptedLength: number | undefined;
}

/** A page with fewer letters and no accepted text proves nothing. */
const LENGTH_MIN = 100;
/** A page that lost more than this of its accepted text is taken for broken, not for changed. */
const LENGTH_SHARE_MIN = 0.4;
/** What stands in for a page says little. */
const SHORT_LENGTH = 1500;
const STUB_LENGTH = 600;

const MISSING_TITLE =
  /(?:^|[\s|–—:-])(?:(?:error )?404(?: error)?|page not found|not found|page (?:does not|doesn.t) exist)(?:$|[\s|–—:!.-])/i;
const LOGIN_TITLE =
  /^(?:sign|log)[ -]?(?:in|on)\b|\b(?:sign|log)[ -]?in (?:to|required)\b|^login\b/i;
const WALL_TITLE =
  /just a moment|attention required|access denied|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|security check|before you continue|captcha/i;
const ERROR_PHRASE =
  /application error: a client-side exception|this page isn.t available|something went wrong|unexpected error|enable javascript|^redirecting to\b|redirecting\.\.\.|temporarily unavailable|service unavailable|internal server error|bad gateway|under maintenance/i;

/**
 * Tells a page from a login form, a challenge, a consent wall, an error text or a "not found" that came with status 200.
 *
 * (design: documents.md 1.5, 3.6)
 */
export function signOf(subject: SignSubject): PageSign {
  const length = textLength(subject.document);
  const titles = titlesOf(subject.document);
  const isCanaryThere = subject.mustContain.every((text) => holdsText(subject.document, text));
  const proven = subject.mustContain.length > 0 && isCanaryThere;
  const suspicious = !proven && (length < SHORT_LENGTH || !isCanaryThere);
  if (isWall(subject, titles, suspicious)) return 'blocked';
  if (suspicious && titles.some((title) => MISSING_TITLE.test(title))) return 'missing';
  if (!isCanaryThere || isCollapsed(subject) || isWrongLanguage(subject)) return 'degraded';
  return length < STUB_LENGTH && hasErrorPhrase(subject.document) ? 'degraded' : 'page';
}

function isWall(subject: SignSubject, titles: readonly string[], suspicious: boolean): boolean {
  const asksLogin = titles.some((title) => LOGIN_TITLE.test(title));
  if (asksLogin && subject.asksForPassword) return true;
  if (!suspicious) return false;
  return asksLogin || subject.asksForPassword || titles.some((title) => WALL_TITLE.test(title));
}

function isCollapsed({ comparedLength, acceptedLength }: SignSubject): boolean {
  return acceptedLength === undefined
    ? comparedLength < LENGTH_MIN
    : comparedLength < LENGTH_SHARE_MIN * acceptedLength;
}

function isWrongLanguage({ document, locale }: SignSubject): boolean {
  if (locale === undefined || document.language === '') return false;
  return document.language !== locale.toLowerCase().split('-')[0];
}

/** The title of the window and the headings of the first level. */
const titlesOf = (document: NormalisedDocument): readonly string[] => [
  document.title,
  ...document.sections.filter(({ level }) => level === 1).map(({ heading }) => heading),
];

function hasErrorPhrase(document: NormalisedDocument): boolean {
  return document.sections.some(
    ({ heading, blocks }) =>
      ERROR_PHRASE.test(heading) || blocks.some(({ text }) => ERROR_PHRASE.test(text)),
  );
}

function holdsText(document: NormalisedDocument, text: string): boolean {
  const wanted = foldText(text);
  return document.sections.some(
    ({ heading, blocks }) =>
      foldText(heading).includes(wanted) ||
      blocks.some((block) => foldText(block.text).includes(wanted)),
  );
}
