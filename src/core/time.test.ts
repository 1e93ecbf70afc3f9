import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addDuration,
  dateIn,
  durationMs,
  instantFromMs,
  instantMs,
  isZone,
  nextTimeOfDay,
  parseInstant,
  parsePlainDate,
  startOfDate,
} from './time.ts';

const MIN = Date.parse('0000-01-01T00:00:00Z');
const MAX = Date.parse('9999-12-31T23:59:59Z');
const ms = fc.integer({ min: MIN, max: MAX });

describe('parseInstant', () => {
  it('reads back every instant, and texts compare as instants do', () => {
    fc.assert(
      fc.property(ms, ms, (left, right) => {
        const [a, b] = [instantFromMs(left), instantFromMs(right)];
        expect(a).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        expect(parseInstant(a)).toBe(a);
        expect(instantMs(a)).toBe(Math.floor(left / 1000) * 1000);
        expect(a < b).toBe(instantMs(a) < instantMs(b));
      }),
    );
  });

  it.each([
    ['2026-11-23T09:00:00+01:00', '2026-11-23T08:00:00Z'],
    ['2026-11-23T08:00:00.999Z', '2026-11-23T08:00:00Z'],
    ['1969-12-31T23:59:59.5Z', '1969-12-31T23:59:59Z'],
    ['2026-11-23T08:00Z', '2026-11-23T08:00:00Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  it.each([
    '',
    '2026-11-23',
    '2026-11-23T08:00:00',
    '2026-02-30T00:00:00Z',
    '2026-11-23T25:00:00Z',
    'now',
    '1763884800',
    '+010000-01-01T00:00:00Z',
    '-000001-12-31T23:59:59Z',
    '+999999-01-01T00:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it.each([NaN, Infinity, MIN - 1, MAX + 1000])('makes no instant of %d ms', (value) => {
    expect(() => instantFromMs(value)).toThrow(RangeError);
  });
});

describe('parsePlainDate', () => {
  it('reads every date that exists', () => {
    fc.assert(
      fc.property(ms, (value) => {
        const text = new Date(value).toISOString().slice(0, 10);
        expect(parsePlainDate(text)).toBe(text);
      }),
    );
  });

  it.each([
    '2026-02-30',
    '2026-02-29',
    '2026-7-5',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '20260101',
    '2026-01-01T00:00:00Z',
    ' 2026-01-01',
    '2026-01-01\n',
    '+002026-01-01',
    '',
  ])('refuses %j', (text) => {
    expect(parsePlainDate(text)).toBeUndefined();
  });

  it('reads the leap day of a leap year', () => {
    expect(parsePlainDate('2028-02-29')).toBe('2028-02-29');
  });
});

describe('isZone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+1'])(
    'knows %s',
    (text) => {
      expect(isZone(text)).toBe(true);
    },
  );

  it.each([
    '',
    'Z',
    '+01:00',
    '2026-01-01T00:00Z[Europe/Berlin]',
    'Europe/Nowhere',
    'Europe Berlin',
    '../etc',
  ])('does not know %j', (text) => {
    expect(isZone(text)).toBe(false);
  });
});

describe('dates in zones', () => {
  const day = (text: string) => parsePlainDate(text) ?? expect.fail(`${text} is no date`);
  const at = (text: string) => parseInstant(text) ?? expect.fail(`${text} is no instant`);

  it('shows the date of the clock in the zone', () => {
    const moment = at('2026-11-23T23:30:00Z');
    expect(dateIn(moment, 'UTC')).toBe('2026-11-23');
    expect(dateIn(moment, 'Europe/Berlin')).toBe('2026-11-24');
    expect(dateIn(moment, 'America/New_York')).toBe('2026-11-23');
  });

  it('starts a date without midnight at its first instant', () => {
    const start = startOfDate(day('2026-04-24'), 'Africa/Cairo');
    expect(start).toBe('2026-04-23T22:00:00Z');
    expect(dateIn(start, 'Africa/Cairo')).toBe('2026-04-24');
    expect(dateIn(instantFromMs(instantMs(start) - 1000), 'Africa/Cairo')).toBe('2026-04-23');
  });

  it('says of UTC what it says of a zone that is UTC, and counts days as the calendar does', () => {
    fc.assert(
      fc.property(ms, fc.integer({ min: -4000, max: 4000 }), (value, days) => {
        const moment = instantFromMs(value);
        const date = dateIn(moment, 'UTC');
        expect(date).toBe(dateIn(moment, 'Etc/UTC'));
        expect(startOfDate(date, 'UTC')).toBe(startOfDate(date, 'Etc/UTC'));
        const later = Temporal.PlainDate.from(date).add({ days });
        expect(addDays(date, days)).toBe(later.toString());
      }),
    );
    const last = day('9999-12-31');
    expect(() => startOfDate(addDays(last, 1), 'UTC')).toThrow(RangeError);
    expect(() => addDays(last, 0.5)).toThrow(RangeError);
  });

  it('adds days across months, leap days and years, and takes them away again', () => {
    expect(addDays(day('2028-02-28'), 2)).toBe('2028-03-01');
    expect(addDays(day('2026-12-31'), 1)).toBe('2027-01-01');
    fc.assert(
      fc.property(fc.integer({ min: -3000, max: 3000 }), (count) => {
        expect(addDays(addDays(day('2026-06-15'), count), -count)).toBe('2026-06-15');
      }),
    );
  });

  it('throws on what only a cast could have made, and does not call it unknown', () => {
    expect(() => parseInstant(JSON.parse('5') as string)).toThrow(TypeError);
  });
});

describe('durationMs', () => {
  it.each([
    ['250ms', 250],
    ['20s', 20_000],
    ['30m', 1_800_000],
    ['36h', 129_600_000],
    ['9d', 777_600_000],
    ['0s', 0],
  ])('reads %s as %i', (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });

  it.each(['', '5', 's', '-1s', '1.5h', '1w', '1 h', '1234567s', '5toString'])(
    'refuses %j',
    (text) => {
      expect(() => durationMs(text)).toThrow(RangeError);
    },
  );

  it('adds to an instant', () => {
    const moment = parseInstant('2026-03-28T12:00:00Z') ?? expect.fail('no instant');
    expect(addDuration(moment, '1d')).toBe('2026-03-29T12:00:00Z');
  });
});

describe('nextTimeOfDay', () => {
  const next = (after: string, time: string, zone = 'Europe/Berlin') =>
    nextTimeOfDay(parseInstant(after) ?? expect.fail('no instant'), time, zone);

  it('gives today when the time is still to come, else tomorrow', () => {
    expect(next('2026-11-23T07:59:59Z', '09:00')).toBe('2026-11-23T08:00:00Z');
    expect(next('2026-11-23T08:00:00Z', '09:00')).toBe('2026-11-24T08:00:00Z');
  });

  it('moves a time that the clock skips by as much as it skips', () => {
    expect(next('2026-03-29T00:00:00Z', '02:30')).toBe('2026-03-29T01:30:00Z');
  });

  it('gives a time that comes twice once, the first time', () => {
    expect(next('2026-10-24T23:00:00Z', '02:30')).toBe('2026-10-25T00:30:00Z');
    expect(next('2026-10-25T00:30:00Z', '02:30')).toBe('2026-10-26T01:30:00Z');
  });

  it('knows zones without a whole hour', () => {
    expect(next('2026-11-23T00:00:00Z', '09:00', 'Asia/Kathmandu')).toBe('2026-11-23T03:15:00Z');
  });
});
