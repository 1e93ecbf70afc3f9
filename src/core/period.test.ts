import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CalendarStep,
  datesOf,
  isoWeek,
  type Period,
  periodAt,
  periodHolds,
  periodOfDates,
  periodsOverlap,
  precedingPeriod,
  previousPeriod,
} from './period.ts';
import {
  addDays,
  dateIn,
  type Instant,
  instantFromMs,
  instantMs,
  parseInstant,
  parsePlainDate,
  type PlainDate,
  startOfDate,
} from './time.ts';

const at = (text: string): Instant => {
  const instant = parseInstant(text);
  if (instant === undefined) throw new Error(`${text} is no instant`);
  return instant;
};
const date = (text: string): PlainDate => {
  const value = parsePlainDate(text);
  if (value === undefined) throw new Error(`${text} is no date`);
  return value;
};
const hours = (period: Period) => (instantMs(period.end) - instantMs(period.start)) / 3_600_000;

const STEPS = [
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const satisfies readonly CalendarStep[];
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Africa/Cairo',
  'America/New_York',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'America/Santiago',
  'Asia/Beirut',
];
const step = fc.constantFrom(...STEPS);
const zone = fc.constantFrom(...ZONES);
const instant = fc
  .integer({
    min: Date.parse('2013-01-01T00:00:00Z') / 1000,
    max: Date.parse('2040-01-01T00:00:00Z') / 1000,
  })
  .map((seconds) => instantFromMs(seconds * 1000));

describe('periodAt', () => {
  it('holds the instant, and its end is the start of the next one: no gap, no overlap', () => {
    fc.assert(
      fc.property(step, instant, zone, (every, moment, name) => {
        const period = periodAt(every, moment, name);
        expect(periodHolds(period, moment)).toBe(true);
        const next = periodAt(every, period.end, name);
        expect(next.start).toBe(period.end);
        expect(periodsOverlap(period, next)).toBe(false);
        expect(next.end > next.start).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for every instant of the period', () => {
    fc.assert(
      fc.property(
        step,
        instant,
        zone,
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (every, moment, name, share) => {
          const period = periodAt(every, moment, name);
          const length = instantMs(period.end) - instantMs(period.start);
          const inside = instantFromMs(instantMs(period.start) + share * length);
          expect(periodAt(every, inside, name)).toEqual(period);
        },
      ),
    );
  });

  it('tiles the days of 2026 in every zone, through both changes of the clock', () => {
    for (const name of ZONES) {
      let day = periodAt('day', at('2026-01-01T12:00:00Z'), name);
      for (let count = 0; count < 365; count += 1) {
        const next = periodAt('day', day.end, name);
        expect(next.start).toBe(day.end);
        expect(datesOf(next)).toEqual([addDays(datesOf(day)[0] ?? date('1970-01-01'), 1)]);
        day = next;
      }
      expect(datesOf(day)[0]?.slice(0, 4)).toBe('2027');
    }
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25],
    [
      'America/New_York',
      '2026-03-08T12:00:00Z',
      '2026-03-08T05:00:00Z',
      '2026-03-09T04:00:00Z',
      23,
    ],
    [
      'America/New_York',
      '2026-11-01T12:00:00Z',
      '2026-11-01T04:00:00Z',
      '2026-11-02T05:00:00Z',
      25,
    ],
    // Midnight itself is skipped: the day begins at one o'clock.
    ['Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z', 23],
    ['Africa/Cairo', '2026-10-29T12:00:00Z', '2026-10-28T21:00:00Z', '2026-10-29T22:00:00Z', 25],
    ['Asia/Kathmandu', '2026-06-01T12:00:00Z', '2026-05-31T18:15:00Z', '2026-06-01T18:15:00Z', 24],
    ['Pacific/Apia', '2026-06-01T12:00:00Z', '2026-06-01T11:00:00Z', '2026-06-02T11:00:00Z', 24],
  ])('cuts the day of %s around %s at its midnights', (...row) => {
    const [name, moment, start, end, length] = row;
    const day = periodAt('day', at(moment), name);
    expect(day).toEqual({ start, end, zone: name });
    expect(hours(day)).toBe(length);
  });

  it('starts weeks on Monday, quarters in January, April, July and October', () => {
    const first = (every: CalendarStep, moment: string) =>
      datesOf(periodAt(every, at(moment), 'UTC'))[0];
    expect(first('week', '2026-11-23T00:00:00Z')).toBe('2026-11-23');
    expect(first('week', '2026-11-29T23:59:59Z')).toBe('2026-11-23');
    expect(first('quarter', '2026-03-31T23:59:59Z')).toBe('2026-01-01');
    expect(first('quarter', '2026-04-01T00:00:00Z')).toBe('2026-04-01');
    expect(first('quarter', '2026-12-31T00:00:00Z')).toBe('2026-10-01');
    expect(first('year', '2026-12-31T00:00:00Z')).toBe('2026-01-01');
    fc.assert(
      fc.property(instant, zone, (moment, name) => {
        const days = datesOf(periodAt('week', moment, name));
        expect(days).toHaveLength(7);
        expect(new Date(`${days[0] ?? ''}T00:00:00Z`).getUTCDay()).toBe(1);
      }),
    );
  });

  it('counts in the zone, not in UTC', () => {
    expect(periodAt('month', at('2026-11-30T23:30:00Z'), 'Europe/Berlin').start).toBe(
      '2026-11-30T23:00:00Z',
    );
  });

  it('refuses a step that a caller without types made up', () => {
    const every = JSON.parse('"fortnight"') as CalendarStep;
    expect(() => periodAt(every, at('2026-01-01T00:00:00Z'), 'UTC')).toThrow('fortnight');
  });
});

describe('previousPeriod', () => {
  it('is the inverse of going to the next period', () => {
    fc.assert(
      fc.property(step, instant, zone, (every, moment, name) => {
        const period = periodAt(every, moment, name);
        const previous = previousPeriod(every, period);
        expect(previous.end).toBe(period.start);
        expect(previousPeriod(every, periodAt(every, period.end, name))).toEqual(period);
        expect(periodAt(every, previous.end, name)).toEqual(period);
      }),
      { numRuns: 500 },
    );
  });

  it('goes from March to the 29 days of a leap February (budgets.md 10.5)', () => {
    const march = periodAt('month', at('2028-03-10T00:00:00Z'), 'Europe/Berlin');
    const february = datesOf(previousPeriod('month', march));
    expect(february).toHaveLength(29);
    expect(february.at(-1)).toBe('2028-02-29');
  });

  it('steps over a date that the zone skipped', () => {
    const day = periodAt('day', at('2011-12-31T00:00:00Z'), 'Pacific/Apia');
    expect(datesOf(day)).toEqual(['2011-12-31']);
    expect(datesOf(previousPeriod('day', day))).toEqual(['2011-12-29']);
    expect(datesOf(precedingPeriod(day))).toEqual(['2011-12-29']);
  });
});

describe('precedingPeriod', () => {
  it('has as many dates and ends where the period starts', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 60 }), zone, (moment, days, name) => {
        const from = dateIn(moment, name);
        const period = periodOfDates(from, addDays(from, days), name);
        const preceding = precedingPeriod(period);
        expect(preceding.end).toBe(period.start);
        expect(datesOf(preceding)).toHaveLength(days);
        expect(datesOf(preceding).at(-1)).toBe(addDays(from, -1));
      }),
    );
  });
});

describe('datesOf', () => {
  it('counts 28 to 31 dates a month, 365 or 366 a year, in every zone', () => {
    fc.assert(
      fc.property(instant, zone, (moment, name) => {
        const year = Number(dateIn(moment, name).slice(0, 4));
        const month = Number(dateIn(moment, name).slice(5, 7));
        const expected = new Date(Date.UTC(year, month, 0)).getUTCDate();
        const days = datesOf(periodAt('month', moment, name));
        expect(days).toHaveLength(expected);
        expect([28, 29, 30, 31]).toContain(days.length);
        expect(days).toEqual([...new Set(days)].toSorted());
        for (const day of days) expect(dateIn(startOfDate(day, name), name)).toBe(day);
      }),
      { numRuns: 50 },
    );
    const yearOf = (text: string) => datesOf(periodAt('year', at(text), 'Africa/Cairo')).length;
    expect([yearOf('2026-06-01T00:00:00Z'), yearOf('2028-06-01T00:00:00Z')]).toEqual([365, 366]);
  });

  it('leaves out a date that the zone skipped', () => {
    const days = datesOf(periodAt('month', at('2011-12-10T00:00:00Z'), 'Pacific/Apia'));
    expect(days).toHaveLength(30);
    expect(days).not.toContain('2011-12-30');
  });

  it('refuses a period that no plan has', () => {
    const period = periodOfDates(date('2000-01-01'), date('2020-01-01'), 'UTC');
    expect(() => datesOf(period)).toThrow(RangeError);
  });

  it('is empty for an empty period', () => {
    expect(datesOf(periodOfDates(date('2026-01-01'), date('2026-01-01'), 'UTC'))).toEqual([]);
  });
});

describe('periodHolds and periodsOverlap', () => {
  const day = periodAt('day', at('2026-11-23T08:00:00Z'), 'UTC');

  it('holds its start and not its end', () => {
    expect(periodHolds(day, day.start)).toBe(true);
    expect(periodHolds(day, day.end)).toBe(false);
    expect(periodHolds(day, at('2026-11-22T23:59:59Z'))).toBe(false);
  });

  it('overlaps a longer period around it, both ways', () => {
    const month = periodAt('month', day.start, 'UTC');
    expect([periodsOverlap(day, month), periodsOverlap(month, day)]).toEqual([true, true]);
  });
});

describe('isoWeek', () => {
  it.each([
    ['2026-01-01T00:00:00Z', 'UTC', '2026-W01'],
    ['2025-12-29T00:00:00Z', 'UTC', '2026-W01'],
    ['2025-12-28T23:30:00Z', 'UTC', '2025-W52'],
    ['2025-12-28T23:30:00Z', 'Europe/Berlin', '2026-W01'],
    ['2027-01-01T12:00:00Z', 'UTC', '2026-W53'],
    ['2027-01-04T00:00:00Z', 'UTC', '2027-W01'],
    ['2026-11-20T00:00:00Z', 'UTC', '2026-W47'],
  ])('names the week of %s in %s as %s', (moment, name, expected) => {
    expect(isoWeek(at(moment), name)).toBe(expected);
  });
});
