import {
  addDecimals,
  DECIMAL_SCALE,
  type Decimal,
  fromAtto,
  type Instant,
  type Measured,
  type PlainDate,
  NOT_MEASURED,
  parseCurrency,
} from '../../core/index.ts';
import type { MeasureId } from '../../plan/index.ts';
import type { Aggregate } from '../../usage/index.ts';

/** What views are compared in. */
export const COMPARED = ['cost', 'requests', 'tokens'] as const;
export type ComparedMeasure = (typeof COMPARED)[number];

/** The measure of the store behind each. */
export const COMPARED_MEASURE = {
  cost: 'chargedCost',
  requests: 'requests',
  tokens: 'tokens',
} as const satisfies Record<ComparedMeasure, MeasureId>;

/** One day of one thing, such as a key; null is unknown. */
export interface ViewCell {
  readonly date: PlainDate;
  /** Empty where things are not told apart. */
  readonly thing: string;
  readonly values: Readonly<Record<ComparedMeasure, Decimal | null>>;
  /** Measures that some of its rows do not say: their value is what is known of them, or null. */
  readonly lacks: readonly ComparedMeasure[];
  readonly rows: number;
}

/** One export's view of a bill. */
export interface BillView {
  readonly export: string;
  readonly invoice: boolean;
  readonly currency: string | null;
  readonly cells: readonly ViewCell[];
  readonly totals: Readonly<Record<ComparedMeasure, Measured>>;
  /** The step of its amounts: what its source declares, else the last decimal that they were seen to have; null without any. */
  readonly quantum: Decimal | null;
  /** Dates on which it delivered something. */
  readonly present: ReadonlySet<PlainDate>;
  readonly completeThrough: Instant | null;
  /** Its days may be cut at another midnight than the period's, and nobody can say which rows that moves. */
  readonly mayShift: boolean;
}

/** Makes a view of one export's answer, grouped by day and perhaps one thing more. */
export function billView(
  answer: Aggregate,
  of: {
    readonly export: string;
    readonly invoice: boolean;
    readonly thing: 'key' | 'model' | null;
  },
): BillView {
  const [currency = null, ...others] = answer.currencies;
  const cells = answer.rows.map(({ group, measures }): ViewCell => ({
    // The store names dates of the period and nothing else.
    date: (group.day ?? '') as PlainDate,
    thing: of.thing === null ? '' : (group[of.thing] ?? ''),
    values: {
      cost: measures.chargedCost?.value ?? null,
      requests: measures.requests?.value ?? null,
      tokens: measures.tokens?.value ?? null,
    },
    lacks: COMPARED.filter((measure) => {
      const sum = measures[COMPARED_MEASURE[measure]];
      return sum !== undefined && sum.knownRows < sum.totalRows;
    }),
    rows: Math.max(0, ...Object.values(measures).map(({ knownRows }) => knownRows)),
  }));
  const total = (measure: ComparedMeasure): Measured =>
    answer.total.measures[COMPARED_MEASURE[measure]] ?? NOT_MEASURED;
  return {
    export: of.export,
    invoice: of.invoice,
    currency: others.length > 0 ? null : currency,
    cells,
    totals: { cost: total('cost'), requests: total('requests'), tokens: total('tokens') },
    quantum:
      answer.quantum ??
      quantumOf(
        cells.flatMap(({ values }) => values.cost ?? []),
        currency,
      ),
    present: new Set(answer.days.map(({ date }) => date)),
    completeThrough: answer.coverage.completeThrough,
    mayShift: answer.flags.some(
      (flag) => flag === 'zone-unknown' || flag === 'bucket-zone-differs',
    ),
  };
}

/** Adds the things of each day up, for views that do not both tell them apart. */
export function byDay(cells: readonly ViewCell[]): readonly ViewCell[] {
  return [...new Set(cells.map(({ date }) => date))].map((date) => {
    const ofDay = cells.filter((cell) => cell.date === date);
    const sum = (measure: ComparedMeasure): Decimal | null => {
      const values = ofDay.flatMap(({ values: each }) => each[measure] ?? []);
      // Of a thing without rows that could say it, such as a tax, there is nothing to know.
      const isUnknown = ofDay.some(
        ({ values: each, lacks }) => each[measure] === null && lacks.includes(measure),
      );
      return isUnknown || values.length === 0 ? null : addDecimals(...values);
    };
    return {
      date,
      thing: '',
      values: { cost: sum('cost'), requests: sum('requests'), tokens: sum('tokens') },
      lacks: COMPARED.filter((measure) => ofDay.some(({ lacks }) => lacks.includes(measure))),
      rows: ofDay.reduce((count, { rows }) => count + rows, 0),
    };
  });
}

/**
 * The last decimal that any amount has: a sum has no finer digits than its rows, and may have coarser ones by chance, so no step
 * is taken to be coarser than the currency's own. A zero shows no digit.
 */
function quantumOf(amounts: readonly Decimal[], currency: string | null): Decimal | null {
  const shown = amounts.filter((amount) => amount !== 0n);
  if (shown.length === 0) return null;
  let step = 10n ** BigInt(DECIMAL_SCALE - decimalsOf(currency));
  while (shown.some((amount) => amount % step !== 0n)) step /= 10n;
  return fromAtto(step);
}

const CENTS = 2;

/** Decimals of a currency by ISO 4217: two of most, none of the yen. */
function decimalsOf(text: string | null): number {
  const currency = parseCurrency(text ?? '');
  if (currency === undefined) return CENTS;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? CENTS;
}
