import {
  addDays,
  addDecimals,
  dateIn,
  datesOf,
  type Decimal,
  decimal,
  divideDecimal,
  formatDecimal,
  type Instant,
  multiplyDecimal,
  type Period,
  wholeDecimal,
} from '../core/index.ts';
import type { SeriesValues } from '../metrics/index.ts';
import type { DriverAmount, PlanBudget, PlanMetric } from '../plan/index.ts';

/** The amount that holds for a period, and who approved it where it was revised. */
export interface AmountInForce {
  /** Null where the quantity that it follows from is not known. */
  readonly amount: string | null;
  readonly approvedBy: string | null;
  /** What it follows from; null where the plan writes the amount itself. */
  readonly driver: DriverInForce | null;
}

/** Units at a unit cost: the fields are those of the budget-verdict record. */
export interface DriverInForce {
  readonly metric: string;
  readonly target: string;
  readonly quantity: string | null;
  readonly series: string | null;
  /** Digests of the files that the series was read from. */
  readonly inputs: readonly string[];
}

/** What amounts can follow from: the plan's metrics, and the series that were read. */
export interface Drivers {
  readonly metrics: readonly Pick<PlanMetric, 'id' | 'scale'>[];
  readonly series: readonly (SeriesValues & { readonly inputs: readonly string[] })[];
}

/** For plans that write every amount out. */
export const NO_DRIVERS: Drivers = { metrics: [], series: [] };

/**
 * Gives the amount of a budget for a period: the latest revision whose day has come, as of now or of the period's last day,
 * whichever is earlier; else the first amount. A revision in the middle of a period counts for the whole of it.
 *
 * An amount by driver is target × quantity ÷ the metric's scale.
 */
export function amountOf(
  budget: Pick<PlanBudget, 'amount' | 'amounts'>,
  period: Period,
  now: Instant,
  drivers: Drivers = NO_DRIVERS,
): AmountInForce {
  const { amount, approvedBy } = writtenAmount(budget, period, now);
  if (typeof amount === 'string') return { amount, approvedBy, driver: null };
  const { unitMetric: metric, target, quantity } = amount;
  const known = quantityOf(quantity, period, drivers);
  const scale = drivers.metrics.find(({ id }) => id === metric)?.scale ?? 1;
  const product =
    known === undefined
      ? undefined
      : divideDecimal(multiplyDecimal(decimal(target), known), wholeDecimal(scale));
  return {
    amount: product === undefined ? null : formatDecimal(product),
    approvedBy,
    driver: {
      metric,
      target,
      quantity: known === undefined ? null : formatDecimal(known),
      series: seriesIn(quantity),
      inputs: drivers.series.find(({ id }) => id === seriesIn(quantity))?.inputs ?? [],
    },
  };
}

const seriesIn = (quantity: DriverAmount['quantity']): string | null =>
  typeof quantity === 'number' ? null : quantity.series;

/** Names the series that the amounts of a budget follow from, each once. */
export const seriesOfAmounts = ({
  amount,
  amounts = [],
}: Pick<PlanBudget, 'amount' | 'amounts'>): readonly string[] => [
  ...new Set(
    [amount, ...amounts.map((one) => one.amount)].flatMap((one) =>
      typeof one === 'string' ? [] : (seriesIn(one.quantity) ?? []),
    ),
  ),
];

function writtenAmount(
  { amount, amounts = [] }: Pick<PlanBudget, 'amount' | 'amounts'>,
  period: Period,
  now: Instant,
): { readonly amount: PlanBudget['amount']; readonly approvedBy: string | null } {
  if (amounts.length === 0) return { amount, approvedBy: null };
  const last = addDays(dateIn(period.end, period.zone), -1);
  const today = dateIn(now, period.zone);
  const day = today < last ? today : last;
  const revision = amounts
    .filter(({ from }) => from <= day)
    .toSorted((left, right) => (left.from < right.from ? -1 : 1))
    .at(-1);
  return revision === undefined ? { amount, approvedBy: null } : revision;
}

/**
 * Reads the quantity of a period from a series: one row dated the first day stands for all of it; else each day has a row,
 * and a flow is summed, a stock averaged or its last row taken.
 *
 * @returns undefined where a day has none: half a plan of quantities would make half an amount.
 */
function quantityOf(
  quantity: DriverAmount['quantity'],
  period: Period,
  drivers: Drivers,
): Decimal | undefined {
  if (typeof quantity === 'number') return wholeDecimal(quantity);
  const series = drivers.series.find(({ id }) => id === seriesIn(quantity));
  if (series === undefined) return undefined;
  const dates = datesOf(period);
  const wanted = new Set<string>(dates);
  const rows = series.days.filter(({ date }) => wanted.has(date));
  const [first] = rows;
  if (rows.length === 1 && first?.date === dates[0]) return first?.amount;
  if (rows.length < dates.length) return undefined;
  if (series.stock === 'last') return rows.at(-1)?.amount;
  const sum = addDecimals(...rows.map((row) => row.amount));
  return series.stock === undefined ? sum : divideDecimal(sum, wholeDecimal(rows.length));
}
