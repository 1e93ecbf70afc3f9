import {
  addMeasured,
  type Measured,
  MEASURED_ZERO,
  NOT_MEASURED,
  type PlainDate,
  untold,
} from '../core/index.ts';
import type { DimensionId, MeasureId } from '../plan/index.ts';
import type { AggregateRequest, AggregateRow } from './aggregate.ts';
import type { ExportDays } from './aggregate-days.ts';
import { isCost } from './columns.ts';
import type { SeatRows } from './engines/duckdb/seats.ts';
import { fills, type TableExport } from './views.ts';

/** A partial sum of one export, date and group. */
export interface TallyRow {
  readonly export: string;
  readonly date: string;
  readonly group: readonly (string | null)[];
  readonly currency: string | null;
  /** The export knows every dimension of the filter. */
  readonly isTold: boolean;
  readonly measures: readonly (readonly [MeasureId, Measured])[];
}

type Sums = Partial<Record<MeasureId, Measured>>;

/** Adds partial sums up in total, by group and by day; exact in every order. */
export class Tally {
  readonly #request: AggregateRequest;
  readonly #days: readonly ExportDays[];
  readonly #chosen: ReadonlyMap<MeasureId, readonly TableExport[]>;
  readonly #total: Sums = {};
  readonly #groups = new Map<string, { group: readonly (string | null)[]; sums: Sums }>();
  readonly #byDay = new Map<string, Sums>();
  readonly #exports = new Set<string>();
  readonly #currencies = new Set<string>();

  constructor(
    request: AggregateRequest,
    days: readonly ExportDays[],
    chosen: ReadonlyMap<MeasureId, readonly TableExport[]>,
  ) {
    this.#request = request;
    this.#days = days;
    this.#chosen = chosen;
  }

  add(row: TallyRow): void {
    this.#exports.add(row.export);
    const group = this.#groupOf(row.group);
    const day = this.#dayOf(row.date);
    for (const [measure, measured] of row.measures) {
      const told = row.isTold ? measured : untold(measured);
      if (isCost(measure) && told.knownRows > 0 && row.currency !== null)
        this.#currencies.add(row.currency);
      for (const sums of [this.#total, group, day])
        sums[measure] = addMeasured(sums[measure], told);
    }
  }

  /** Distinct users are counted at each level apart: they do not add. */
  addSeats({ total, groups, days }: SeatRows): void {
    if (total === undefined) return;
    this.#total.seats = total;
    for (const { group, seats } of groups) this.#groupOf(group).seats = seats;
    for (const { date, seats } of days) this.#dayOf(date).seats = seats;
  }

  /** Writes the sums out; a date without rows is a measured zero where every source has delivered it. */
  result(present: readonly PlainDate[]) {
    const rows = [...this.#groups.values()]
      .toSorted((left, right) => compareGroups(left.group, right.group))
      .map(({ group, sums }) => ({
        group: this.#named(group),
        measures: this.#written(sums, NOT_MEASURED),
      }));
    const dates = [...new Set([...present, ...this.#byDay.keys()])].toSorted();
    return {
      rows,
      total: { group: {}, measures: this.#totals() } satisfies AggregateRow,
      days: dates.map((date) => ({ date: date as PlainDate, measures: this.#ofDay(date) })),
      currencies: [...this.#currencies].toSorted(),
      exports: [...this.#exports].toSorted(),
    };
  }

  #totals(): Sums {
    const anyDay = this.#days.flatMap(({ present }) => [...present]);
    return this.#each((measure) => {
      const known = this.#total[measure];
      if (known !== undefined) return this.#refuseMixed(measure, known);
      return anyDay.length > 0 && this.#areFilled(measure) ? MEASURED_ZERO : NOT_MEASURED;
    });
  }

  #ofDay(date: string): Sums {
    const sums = this.#byDay.get(date) ?? {};
    return this.#each((measure) => {
      const known = sums[measure];
      if (known !== undefined) return this.#refuseMixed(measure, known);
      const isDelivered = (this.#chosen.get(measure) ?? []).every((of) =>
        this.#days.some(({ id, present }) => id === of.id && present.has(date as PlainDate)),
      );
      return isDelivered && this.#areFilled(measure) ? MEASURED_ZERO : NOT_MEASURED;
    });
  }

  #areFilled(measure: MeasureId): boolean {
    const views = this.#chosen.get(measure) ?? [];
    return views.length > 0 && views.every((of) => fills(of, measure));
  }

  #written(sums: Sums, absent: Measured): Sums {
    return this.#each((measure) => this.#refuseMixed(measure, sums[measure] ?? absent));
  }

  #each(of: (measure: MeasureId) => Measured): Sums {
    return Object.fromEntries(this.#request.measures.map((measure) => [measure, of(measure)]));
  }

  /** Currencies are never added. */
  #refuseMixed(measure: MeasureId, measured: Measured): Measured {
    return isCost(measure) && this.#currencies.size > 1 ? untold(measured) : measured;
  }

  #groupOf(group: readonly (string | null)[]): Sums {
    const key = JSON.stringify(group);
    const found = this.#groups.get(key) ?? { group, sums: {} };
    this.#groups.set(key, found);
    return found.sums;
  }

  #dayOf(date: string): Sums {
    const found = this.#byDay.get(date) ?? {};
    this.#byDay.set(date, found);
    return found;
  }

  #named(group: readonly (string | null)[]): Partial<Record<DimensionId, string | null>> {
    return Object.fromEntries(
      this.#request.by.map((dimension, index) => [dimension, group[index] ?? null]),
    );
  }
}

/** Orders groups by code units; what nobody said stands last. */
export function compareGroups(
  left: readonly (string | null)[],
  right: readonly (string | null)[],
): number {
  for (const [index, one] of left.entries()) {
    const other = right[index] ?? null;
    if (one === other) continue;
    if (one === null || other === null) return one === null ? 1 : -1;
    return one < other ? -1 : 1;
  }
  return 0;
}
