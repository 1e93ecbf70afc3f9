import { type Decimal, type Measured, subtractDecimal } from '../core/index.ts';
import { measureOf, type UsageQuestion } from '../metrics/index.ts';
import type { MeasureId, PlanBudget, Scope } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { budgetRequest } from './periods.ts';

/**
 * Gives the question for what a budget leaves out: records of its scope that match `exclude` in every key.
 *
 * A record whose key is unknown matches no exclusion, so it counts: what nobody can name is not left out in silence.
 * @returns undefined where nothing is left out.
 */
export function exclusionRequest(budget: PlanBudget): UsageQuestion | undefined {
  const { exclude } = budget;
  if (exclude === undefined || Object.keys(exclude).length === 0) return undefined;
  const filter = both(budget.scope, exclude);
  return filter === undefined ? undefined : { ...budgetRequest(budget), filter };
}

/** Takes the sums of the excluded records from those of the scope; coverage stays that of the scope. */
export function withoutExcluded(whole: Aggregate, excluded: Aggregate): Aggregate {
  const out = new Map(excluded.days.map(({ date, measures }) => [date, measures]));
  return {
    ...whole,
    rows: [],
    total: { ...whole.total, measures: less(whole.total.measures, excluded.total.measures) },
    days: whole.days.map(({ date, measures }) => ({
      date,
      measures: less(measures, out.get(date) ?? {}),
    })),
  };
}

type Sums = Readonly<Partial<Record<MeasureId, Measured>>>;

function less(whole: Sums, excluded: Sums): Sums {
  const left: Partial<Record<MeasureId, Measured>> = { ...whole };
  for (const measure of Object.keys(excluded) as MeasureId[]) {
    const [from, taken] = [measureOf(whole, measure), measureOf(excluded, measure)];
    const [knownRows, totalRows] = [
      from.knownRows - taken.knownRows,
      from.totalRows - taken.totalRows,
    ];
    left[measure] = {
      // Where none of the rows that are left knows it, nothing is left that could be a sum.
      value: knownRows === 0 && totalRows > 0 ? null : valueLess(from.value, taken.value),
      knownRows,
      totalRows,
      ...tokensLess(from, taken),
    };
  }
  return left;
}

const valueLess = (from: Decimal | null, taken: Decimal | null): Decimal | null =>
  from === null || taken === null ? from : subtractDecimal(from, taken);

/** What was not weighed on either side is not weighed of the rest. */
function tokensLess(from: Measured, { tokens, totalRows }: Measured): Pick<Measured, 'tokens'> {
  if (from.tokens === undefined) return {};
  if (totalRows === 0) return { tokens: from.tokens };
  if (tokens === undefined) return {};
  return {
    tokens: {
      known: subtractDecimal(from.tokens.known, tokens.known),
      total: subtractDecimal(from.tokens.total, tokens.total),
    },
  };
}

/** @returns undefined when no record can match both. */
function both(scope: Scope, exclude: Scope): Scope | undefined {
  const filter = new Map<string, readonly string[]>();
  for (const [key, values] of Object.entries(scope)) filter.set(key, values ?? []);
  for (const [key, values] of Object.entries(exclude)) {
    const before = filter.get(key);
    const wanted: readonly string[] = values ?? [];
    const shared = before === undefined ? wanted : wanted.filter((one) => before.includes(one));
    if (shared.length === 0) return undefined;
    filter.set(key, shared);
  }
  // The keys and their values are those of two scopes.
  return Object.fromEntries(filter) as Scope;
}
