import {
  addDays,
  dateIn,
  decimal,
  divideDecimal,
  formatDecimal,
  type Instant,
  parseInstant,
  type ReasonId,
  REASONS,
} from '../core/index.ts';
import type { ReviewBundle } from '../evidence/index.ts';
import type { BudgetBody, MetricBody, ReviewBody } from './bundle.ts';
import { percent } from './numbers.ts';

type Why = ReviewBody['notCovered'][number]['why'];

const NOT_COVERED: Readonly<Record<Why, string>> = {
  'field-not-in-export': 'no approved export holds the field',
  'never-reconciled': 'usage was never compared with an invoice',
  'no-export': 'no approved export can support it',
  'no-series': 'no approved series holds its units',
  'not-enabled': 'it is switched off',
  'not-in-plan': 'the plan does not ask for it',
  'not-listed': 'the record has no room to name them, `spendproof plan` does',
  'not-linked': 'no approved export shows the usage of the test',
  'short-history': 'too few days of data',
  'forecast-poor': 'its forecast did no better than repeating last week',
  'zone-unknown': 'the export does not say in which time zone its days are',
};

const NEXT: Readonly<Record<ReviewBody['nextAction'], string>> = {
  'keep-monitoring': 'keep monitoring',
  'update-runbook': 'update the runbook',
  'escalate-review': 'escalate the review',
};

const UNITS: Readonly<Record<MetricBody['counted'], string>> = {
  attempts: 'attempts',
  operations: 'requests',
  series: 'units',
  seats: 'seats',
  tokens: 'tokens',
  workloads: 'workloads',
};

/** Puts the reason for which something is not covered in words. */
export const notCoveredWords = (why: Why): string => NOT_COVERED[why];

/** Says when an invoice last agreed with the usage, or that none ever did. */
export const reconciledWords = ({ reconciled, reconciledOn }: ReviewBody['usage']): string =>
  `Reconciled with an invoice: ${reconciledOn ?? reconciled}.`;

/** Puts the next action in words. */
export const nextActionWords = (action: ReviewBody['nextAction']): string => NEXT[action];

/** Names what was counted; attempts that stand in for requests keep their own name. */
export const unitWords = (counted: MetricBody['counted']): string => UNITS[counted];

/** Puts reasons in words, as one phrase; empty without any. */
export const reasonWords = (reasons: readonly ReasonId[]): string =>
  reasons.map((reason) => REASONS[reason]).join('; ');

/** Labels a number that rests on held assumptions; empty when none is held. */
export const heldWords = (held: BudgetBody['held']): string =>
  held.map(({ assumption, since }) => `held since ${since} (${assumption})`).join(', ');

/** Says which share of a sum is known, in rows and, where they are told, in tokens: `75 % of rows, 12 % of known tokens`. */
export function coverageWords({ knownRows, totalRows, tokens }: MetricBody['numerator']): string {
  const share = fraction({ known: String(knownRows), total: String(totalRows) });
  return share === undefined ? 'no rows' : `${percent(share)} of rows${tokenWords(tokens)}`;
}

/** Labels a sum that is not all known with the share that is; empty where all of it is. */
export const partWords = (measured: MetricBody['numerator']): string =>
  measured.knownRows < measured.totalRows ? ` (${coverageWords(measured)})` : '';

function tokenWords(tokens: MetricBody['numerator']['tokens']): string {
  const share = tokens && fraction(tokens);
  return share === undefined ? '' : `, ${percent(share)} of known tokens`;
}

function fraction({ known, total }: { readonly known: string; readonly total: string }) {
  const share = divideDecimal(decimal(known), decimal(total));
  return share === undefined ? undefined : formatDecimal(share);
}

/** Says how many of the days that ended are present. */
export const daysWords = ({ present, expected }: BudgetBody['coverage']): string =>
  `${present} of ${expected} ${expected === 1 ? 'day' : 'days'}`;

/** Names the first and the last date of a half-open period in its zone. */
export function periodWords({ start, end, zone }: BudgetBody['period']): string {
  const first = dayOf(start, zone);
  const last = addDays(dateIn(instantOf(end), zone), -1);
  return first === last ? first : `${first} to ${last}`;
}

/** Gives the date of an instant of a record, in a zone. */
export const dayOf = (instant: string, zone: string): string => dateIn(instantOf(instant), zone);

/** The record's schema has checked it: anything else is a bug. */
function instantOf(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new RangeError('Expected an instant in a record');
  return instant;
}

/**
 * Says who has cosigned a review; the operator's own cosignature is no second pair of eyes.
 *
 * @param shown writes a name for the format, such as in code marks.
 */
export function cosignedWords(
  { cosigners = [], review }: Pick<ReviewBundle, 'cosigners' | 'review'>,
  shown: (name: string) => string = (name) => name,
): string {
  const others = cosigners.filter((name) => !name.endsWith(`/${review.context.operator}`));
  if (others.length === 0) return 'Not cosigned by a second reviewer.';
  return `Cosigned by ${others.map(shown).join(', ')}.`;
}
