import { Temporal } from 'temporal-polyfill';

declare const instantBrand: unique symbol;
declare const dateBrand: unique symbol;

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const DAY_MS = 86_400_000;
const END_MS = Date.parse('9999-12-31T23:59:59Z') + 1000;

/** Holds an instant as `YYYY-MM-DDTHH:MM:SSZ`, whole seconds; texts compare as instants do. */
export type Instant = string & { readonly [instantBrand]: true };

/** Holds a calendar date as `YYYY-MM-DD`; it belongs to whatever zone its context names. */
export type PlainDate = string & { readonly [dateBrand]: true };

/** Reads an ISO 8601 instant with an offset, of the years 0 to 9999; fractions of a second are cut off. `undefined` for any other text. */
export function parseInstant(text: string): Instant | undefined {
  if (isInstant(text)) return text;
  try {
    return instantFromMs(Temporal.Instant.from(text).epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Tells the one form in which instants are written here; every record has one, and Temporal takes much longer for it. */
function isInstant(text: string): text is Instant {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text)) return false;
  const ms = Date.parse(text);
  // A day that does not exist is another one when it is written again.
  return ms >= FIRST_MS && ms < END_MS && instantFromMs(ms) === text;
}

/**
 * Makes an instant of milliseconds since 1970, cut to whole seconds.
 *
 * @throws {RangeError} outside the years 0 to 9999, where texts no longer compare as instants do.
 */
export function instantFromMs(ms: number): Instant {
  if (!(ms >= FIRST_MS && ms < END_MS))
    throw new RangeError(`Expected a year of four digits, got ${ms} ms`);
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z` as Instant;
}

/** Gives milliseconds since 1970. */
export const instantMs = (instant: Instant): number => Date.parse(instant);

/** Reads a date that exists, `YYYY-MM-DD`; `undefined` for any other text. */
export function parsePlainDate(text: string): PlainDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // A day that does not exist is another one when it is written again.
  return !Number.isNaN(ms) && dateOfMs(ms) === text ? (text as PlainDate) : undefined;
}

const dateOfMs = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Tells whether a text names a time zone of the IANA data base, such as `Europe/Berlin` or `UTC`. */
export function isZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text)) return false;
  try {
    Temporal.Instant.from('2026-01-01T00:00:00Z').toZonedDateTimeISO(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Gives the date that a clock in the zone shows at an instant. */
export function dateIn(instant: Instant, zone: string): PlainDate {
  // A question about a year asks for each of its dates, and Temporal takes a hundred times as long to say this.
  if (zone === 'UTC') return instant.slice(0, 10) as PlainDate;
  return Temporal.Instant.from(instant)
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString() as PlainDate;
}

/** Starts of dates by zone and date: questions of one review ask for the same ones again and again. */
const STARTS = new Map<string, Instant>();
const STARTS_MAX = 20_000;

/** Gives the first instant of a date in a zone; where midnight is skipped, the first instant that exists. */
export function startOfDate(date: PlainDate, zone: string): Instant {
  if (zone === 'UTC' && date.length === 10) return `${date}T00:00:00Z` as Instant;
  const name = `${zone} ${date}`;
  const known = STARTS.get(name);
  if (known !== undefined) return known;
  const start = instantFromMs(
    Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }).startOfDay()
      .epochMilliseconds,
  );
  if (STARTS.size >= STARTS_MAX) STARTS.clear();
  STARTS.set(name, start);
  return start;
}

/**
 * Gives the first instant after another at which a clock in the zone shows a time of day, `HH:MM`.
 *
 * A time that a change of the clock skips counts as much later as it skipped; one that comes twice counts once, the first
 * time.
 */
export function nextTimeOfDay(after: Instant, time: string, zone: string): Instant {
  const plainTime = Temporal.PlainTime.from(time);
  let date = Temporal.PlainDate.from(dateIn(after, zone));
  for (;;) {
    const found = date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
    if (found > instantMs(after)) return instantFromMs(found);
    date = date.add({ days: 1 });
  }
}

/** Gives the date that lies a number of days later (or earlier, when negative). */
export function addDays(date: PlainDate, days: number): PlainDate {
  const ms = Date.parse(`${date}T00:00:00Z`) + days * DAY_MS;
  if (Number.isInteger(days) && ms >= FIRST_MS && ms < END_MS) return dateOfMs(ms) as PlainDate;
  return Temporal.PlainDate.from(date).add({ days }).toString() as PlainDate;
}

/** Adds hours, minutes or seconds to an instant; `duration` as the plan writes it: `36h`, `30m`, `20s`, `9d` (of 24 h). */
export function addDuration(instant: Instant, duration: string): Instant {
  return instantFromMs(instantMs(instant) + durationMs(duration));
}

/**
 * Reads a duration of the plan, `20s`, `30m`, `36h` or `9d`, as milliseconds; a day is 24 hours.
 *
 * @throws {RangeError} for another form; the plan's schema has refused it before.
 */
export function durationMs(duration: string): number {
  const match = /^(\d{1,6})(ms|s|m|h|d)$/.exec(duration);
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] ?? ''];
  if (unit === undefined) throw new RangeError(`Expected a duration such as 36h, got ${duration}`);
  return Number(match?.[1]) * unit;
}
