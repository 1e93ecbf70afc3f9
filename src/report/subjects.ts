import { addDays, parsePlainDate } from '../core/index.ts';
import type { ReviewBody } from './bundle.ts';
import { notCoveredWords } from './words.ts';

type Uncovered = ReviewBody['notCovered'][number];

/** What the subjects of records are called; a kind without words of its own is told by its name. */
const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  assumption: ['assumption', 'assumptions'],
  budget: ['budget', 'budgets'],
  channel: ['notification channel', 'notification channels'],
  claim: ['claim', 'claims'],
  day: ['day', 'days'],
  document: ['document', 'documents'],
  export: ['export', 'exports'],
  guard: ['guard', 'guards'],
  metric: ['metric', 'metrics'],
  smoke: ['smoke test', 'smoke tests'],
};

const OTHERS = 'part:and-others';

/**
 * Names subjects of records (`kind:id`) for people, in as many phrases as there are kinds: `documents pricing and help, days
 * 2026-11-01 to 2026-11-10, and others`. Days that follow each other are one range; `kind:none` is the whole kind.
 */
export function subjectWords(subjects: readonly string[]): string {
  const kinds = new Map<string, string[]>();
  for (const subject of subjects.filter((one) => one !== OTHERS)) {
    const [kind = '', ...id] = subject.split(':');
    kinds.set(kind, [...(kinds.get(kind) ?? []), id.join(':')]);
  }
  const phrases = [...kinds].map(([kind, ids]) => phraseOf(kind, ids));
  return [...phrases, ...(subjects.includes(OTHERS) ? ['and others'] : [])].join(', ');
}

/** Says what is not covered, one line for each reason. */
export function notCoveredLines(gaps: readonly Uncovered[]): readonly string[] {
  const reasons = new Map<Uncovered['why'], string[]>();
  for (const { subject, why } of gaps) reasons.set(why, [...(reasons.get(why) ?? []), subject]);
  return [...reasons].map(
    ([why, subjects]) => `${subjectWords(subjects)}: ${notCoveredWords(why)}`,
  );
}

function phraseOf(kind: string, ids: readonly string[]): string {
  const [one, many] = NOUNS[kind] ?? ['', ''];
  const named = kind === 'day' ? rangesOf(ids) : ids.filter((id) => id !== 'none');
  if (named.length === 0) return many;
  return `${ids.length === 1 ? one : many} ${listed(named)}`.trim();
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Puts dates that follow each other into one range, the earliest first. */
function rangesOf(dates: readonly string[]): readonly string[] {
  const ranges: { readonly first: string; last: string }[] = [];
  for (const date of dates.toSorted()) {
    const range = ranges.at(-1);
    if (range !== undefined && nextOf(range.last) === date) range.last = date;
    else ranges.push({ first: date, last: date });
  }
  return ranges.map(({ first, last }) => (first === last ? first : `${first} to ${last}`));
}

function nextOf(text: string): string | undefined {
  const date = parsePlainDate(text);
  return date === undefined ? undefined : addDays(date, 1);
}
