import type { DailySeries } from './read.ts';

/** One whole month of a daily series, `[from, until)` of its days. */
export interface Month {
  readonly id: string;
  readonly from: number;
  readonly until: number;
}

/** Lists the calendar months that a series holds whole. */
export function wholeMonths({ dates }: DailySeries): readonly Month[] {
  const found: Month[] = [];
  for (let from = 0; from < dates.length;) {
    const id = dates[from]!.slice(0, 7);
    let until = from;
    while (dates[until]?.startsWith(id) === true) until += 1;
    const length = new Date(
      Date.UTC(Number(id.slice(0, 4)), Number(id.slice(5, 7)), 0),
    ).getUTCDate();
    if (until - from === length) found.push({ id, from, until });
    from = until;
  }
  return found;
}

/** Tells whether a month has no gap. */
export const isWhole = ({ values }: DailySeries, { from, until }: Month): boolean =>
  !values.slice(from, until).some((value) => Number.isNaN(value));

/** Sums days of a series; gaps count nothing. */
export const sumOf = ({ values }: DailySeries, from: number, until: number): number =>
  values.slice(from, until).reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
